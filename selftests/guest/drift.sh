# SPDX-License-Identifier: GPL-2.0-only
# Helpers that compare the JSON of a running gmemtop with kernel memory, as a fresh gmemtop scans it.
# Sourced after tap.sh.

. selftests/guest/ledger.sh

# shows FILE FILTER: succeeds if the filter is true of the last refresh.
shows()
{
	last_of "$1" | jq_true "$2"
}

# refreshed NAME FILE N: waits for N more refreshes, which show data collected after the call.
refreshed()
{
	local lines

	lines=$(wc -l < "$2")
	at_least() { [ "$(wc -l < "$1")" -ge "$2" ]; }
	await "$1: gmemtop continues to refresh" 240 at_least "$2" $((lines + $3))
}

# maps_of FILE: prints from the last refresh the state in which two gmemtops must agree. It has no VM
# numbers: on some kernels each tool assigns its own. Fails without VMs.
maps_of()
{
	last_of "$1" | jq -cS '[.vms[] | select(.ended | not) |
		{ pid, map_state, private_extents, private_bytes, shared_bytes,
		  slots: (.slots | map(del(.seen_ns)) | sort_by(.base_gfn)),
		  files: (.files | map({ ino, size_bytes }) | sort_by(.ino)) }] | sort' | grep -vx '\[\]'
}

# no_drift NAME FILE [OPTION..]: tests that a gmemtop that follows events, and writes FILE, shows the
# same maps as a fresh one. Nothing may convert meanwhile; the last events may take a few refreshes.
no_drift()
{
	local name=$1 file=$2 fresh status maps

	shift 2
	fresh=$(mktemp)
	"${GMEMTOP:-build/gmemtop}" --json -n 1 -d 0.1 "$@" > "$fresh"
	status=$?
	maps=$(maps_of "$fresh")
	maps_are() { [ "$(maps_of "$1")" = "$2" ]; }
	if [ $status -ne 0 ] || [ -z "$maps" ]; then
		not_ok "$name: no drift: a fresh gmemtop scans maps in kernel memory" "status $status: $(head -c 300 "$fresh")"
	else
		wait_for "${PATIENCE:-20}" maps_are "$file" "$maps" || :
		is "$name: no drift: maps from events equal kernel memory" "$(maps_of "$file")" "$maps"
	fi
	rm -f "$fresh"
}
