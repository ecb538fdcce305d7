# SPDX-License-Identifier: GPL-2.0-only
# Reads what a running gmemtop prints as JSON, and compares it with what is in kernel memory now.
# Sourced, after tap.sh.

. selftests/guest/ledger.sh

# shows FILE FILTER: succeeds if the filter is true of the last refresh.
shows()
{
	last_of "$1" | jq_true "$2"
}

# refreshed NAME FILE N: waits for N refreshes more: what they show was collected from now on.
refreshed()
{
	local lines

	lines=$(wc -l < "$2")
	at_least() { [ "$(wc -l < "$1")" -ge "$2" ]; }
	await "$1: gmemtop goes on" 240 at_least "$2" $((lines + $3))
}

# maps_of FILE: what two gmemtops that look at once must agree on, of the last refresh. VMs have
# numbers of the tool's own on some kernels, so they are told apart by all the rest. Fails without VMs.
maps_of()
{
	last_of "$1" | jq -cS '[.vms[] | select(.ended | not) |
		{ pid, map_state, private_extents, private_bytes, shared_bytes,
		  slots: (.slots | map(del(.seen_ns)) | sort_by(.base_gfn)),
		  files: (.files | map({ ino, size_bytes }) | sort_by(.ino)) }] | sort' | grep -vx '\[\]'
}

# no_drift NAME FILE [OPTION..]: FILE is written by a gmemtop that followed events. Nothing
# converts now. It may need some refreshes to take in what came last.
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
		not_ok "$name: no drift: a fresh gmemtop reads maps from kernel memory" "status $status: $(head -c 300 "$fresh")"
	else
		wait_for "${PATIENCE:-20}" maps_are "$file" "$maps" || :
		is "$name: no drift: events led to what is in kernel memory" "$(maps_of "$file")" "$maps"
	fi
	rm -f "$fresh"
}
