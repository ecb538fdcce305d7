# SPDX-License-Identifier: GPL-2.0-only
# Does the state that events led to equal what is in kernel memory now? Sourced, after tap.sh.

# maps_of FILE: of its last line, what any two who look at once must agree on. VMs have
# numbers of the tool's own on some kernels, so they are told apart by all the rest.
maps_of()
{
	# It may be being written: whole lines only.
	grep "}$" "$1" | tail -1 | jq -cS '[.vms[] | select(.ended | not) |
		{ pid, map_state, private_extents, private_bytes, shared_bytes,
		  slots: (.slots | map(del(.seen_ns)) | sort_by(.base_gfn)),
		  files: (.files | map({ ino, size_bytes }) | sort_by(.ino)) }] | sort'
}

# no_drift NAME FILE [OPTION..]: FILE is written by a gmemtop that followed events. Nothing
# converts now. It may need a refresh or two to take in what came last.
no_drift()
{
	local name=$1 file=$2 fresh i

	shift 2
	fresh=$(mktemp)
	build/gmemtop --json -n 1 -d 0.1 "$@" > "$fresh" || not_ok "$name: a fresh gmemtop reads kernel memory"
	for i in 1 2 3 4 5 6; do
		[ "$(maps_of "$file")" != "$(maps_of "$fresh")" ] || break
		sleep 1
	done
	is "$name: no drift: events led to what is in kernel memory" "$(maps_of "$file")" "$(maps_of "$fresh")"
	rm -f "$fresh"
}
