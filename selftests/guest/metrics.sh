#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The metrics of each probe set on this kernel are those that docs/metrics.md lists.
. selftests/tap.sh
. selftests/guest/ledger.sh
dir=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null' EXIT

# documented SET: prints from the table each metric, and yes or no for this probe set
documented() {
	awk -F' *[|] *' -v set="$1" '
		/^\| metric / { for (i = 1; i <= NF; i++) if ($i == set) column = i }
		/^\| `/ && column { gsub("`", "", $2); print $2, $column }' docs/metrics.md | sort
}

# shown FILE: prints from the last refresh each metric, and whether it has a value
shown() {
	last_of "$1" | jq -r '.vms[0] | to_entries[] | "\(.key) \(if .value == null then "no" else "yes" end)"' |
		grep -vE '^(slots|files|operations_inflight|private_extents|ended|map_state|read_took_ns|process_start_ns|lost_records|holders|orphan|partial|stale) ' | sort
}

# The load converts all the time: the median of no values is null.
build/gmemload --mem 16M --pattern flip4k --rate 200 --duration 600 -q &
load=$!
runs() { build/gmemtop --json -n 1 -d 0.1 | jq_true '.vms[0].slot_bytes == 16777216'; }
await "the VM runs" 240 runs
for set in tracepoints stock; do
	# Rates are unknown in the first refresh.
	build/gmemtop --json -n 3 -d 0.5 --phases --faults --invalidations --backing --probes $set > "$dir/$set" 2> "$dir/err"
	status=$?
	if [ $set$status = tracepoints6 ] && ! ls -d /sys/kernel/tracing/events/kvm/kvm_gmem_* > /dev/null 2>&1; then
		skip "probe set $set has the documented metrics" "$(head -1 "$dir/err")"
	else
		is "probe set $set has the documented metrics" "$status $(shown "$dir/$set")" "0 $(documented $set)"
	fi
done
build/gmemtop --json -n 1 -d 0.1 > "$dir/plain"
is "phases are null without --phases" "$(jq '.vms[0].to_private_zap_ns' "$dir/plain")" null
is "faults are null without --faults" "$(jq '.vms[0].fault_count' "$dir/plain")" null
is "invalidations are null without --invalidations" "$(jq -c '.vms[0] | [.invalidate_count, .window_count]' "$dir/plain")" '[null,null]'
kill $load
plan
