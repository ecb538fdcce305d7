#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Inside the VM: runs a scenario REPEATS times and prints a JSON line of its figures for each.
# Usage: suite-in-vm.sh SCENARIO REPEATS OPTION..
set -u
scenario=$1 repeats=$2
shift 2
dir=$(mktemp -d)

# Prints what a report of the load has: mean times, of operations that happened.
recorded()
{
	build/gmemtrace record --phases --faults --ringbuf 64 -o "$dir/load" -- build/gmemload --quiet --seed 3 "$@" \
		> "$dir/out" 2> "$dir/err" || { cat "$dir/err" >&2; return 1; }
	build/gmemtrace report --json "$dir/load" | jq -c '
		if (.lost | add) > 0 then error("records were lost") else . end |
		.total | ({ conversion: .conversions } + .latency) | [to_entries[] | .key as $what | .value // {} | to_entries[] |
		select((.value.count? // 0) > 0) | { name: "\($what).\(.key)", unit: "ns", value: (.value.total_ns / .value.count) }]'
}

# Prints what the scan of a VM costs that has existed before.
scanned()
{
	mkfifo "$dir/end"
	build/gmemload --quiet --seed 3 --hold "$@" < "$dir/end" > "$dir/out" &
	exec {end}> "$dir/end"
	until grep -q holding "$dir/out"; do sleep 0.1; done
	build/gmemtop --json -n 1 -d 0.1 > "$dir/top" || return
	exec {end}>&-
	wait
	rm "$dir/end"
	jq -c '[{ name: "scan.time", unit: "ns", value: .cost.scan_ns }, { name: "scan.longest_run", unit: "ns", value: .cost.scan_max_ns },
		{ name: "extents", unit: "count", value: .vms[0].extents }]' "$dir/top"
}

for ((i = 0; i < repeats; i++)); do
	case $scenario in
	late-*)	scanned "$@" || exit ;;
	*)	recorded "$@" || exit ;;
	esac
done
