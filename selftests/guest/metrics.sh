#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# docs/metrics.md says which metric exists with which probes: so it is on this kernel.
. selftests/tap.sh
. selftests/guest/ledger.sh
dir=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null' EXIT

# column of the table: name of the metric, and yes or no
documented() { # set
	awk -F' *[|] *' -v set="$1" '
		/^\| metric / { for (i = 1; i <= NF; i++) if ($i == set) column = i }
		/^\| `/ && column { gsub("`", "", $2); print $2, $column }' docs/metrics.md | sort
}

shown() { # file
	last_of "$1" | jq -r '.vms[0] | to_entries[] | "\(.key) \(if .value == null then "no" else "yes" end)"' |
		grep -vE '^(slots|files|operations_inflight|private_extents|ended|map_state|read_took_ns|process_start_ns|lost_records|holders|orphan|partial|stale) ' | sort
}

# Converts all the time: there is no median of no values.
build/gmemload --mem 16M --pattern flip4k --rate 200 --duration 600 -q &
load=$!
runs() { build/gmemtop --json -n 1 -d 0.1 | jq_true '.vms[0].slot_bytes == 16777216'; }
await "the VM runs" 240 runs
for set in tracepoints stock; do
	# Two refreshes: rates are known from then on.
	build/gmemtop --json -n 3 -d 0.5 --phases --faults --invalidations --backing --probes $set > "$dir/$set" 2> "$dir/err"
	status=$?
	if [ $set$status = tracepoints6 ] && ! ls -d /sys/kernel/tracing/events/kvm/kvm_gmem_* > /dev/null 2>&1; then
		skip "$set as documented" "$(head -1 "$dir/err")"
	else
		is "$set as documented" "$status $(shown "$dir/$set")" "0 $(documented $set)"
	fi
done
build/gmemtop --json -n 1 -d 0.1 > "$dir/plain"
is "without --phases there are none" "$(jq '.vms[0].to_private_zap_ns' "$dir/plain")" null
is "without --faults there are none" "$(jq '.vms[0].fault_count' "$dir/plain")" null
is "without --invalidations there are none" "$(jq -c '.vms[0] | [.invalidate_count, .window_count]' "$dir/plain")" '[null,null]'
kill $load
plan
