#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# docs/metrics.md says which metric exists with which probes: so it is on this kernel.
. selftests/tap.sh
dir=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null' EXIT

# column of the table: name of the metric, and yes or no
documented() { # set
	awk -F' *[|] *' -v set="$1" '
		/^\| metric / { for (i = 1; i <= NF; i++) if ($i == set) column = i }
		/^\| `/ && column { gsub("`", "", $2); print $2, $column }' docs/metrics.md | sort
}

shown() { # file
	tail -n 1 "$1" | jq -r '.vms[0] | to_entries[] | "\(.key) \(if .value == null then "no" else "yes" end)"' |
		grep -vE '^(slots|files|operations_inflight|private_extents|ended|map_state|read_took_ns|process_start_ns|lost_records|holders|orphan|partial|stale) ' | sort
}

# Converts all the time: there is no median of nothing.
build/gmemload --mem 16M --pattern flip4k --rate 200 --duration 600 -q &
load=$!
sleep 2
for set in tracepoints stock; do
	# Two refreshes: rates are known from then on.
	if ! build/gmemtop --json -n 3 -d 0.5 --phases --faults --invalidations --backing --probes $set > "$dir/$set" 2> "$dir/err"; then
		skip "$set as documented" "$(head -1 "$dir/err")"
		continue
	fi
	is "$set as documented" "$(shown "$dir/$set")" "$(documented $set)"
done
build/gmemtop --json -n 1 -d 0.1 > "$dir/plain"
is "without --phases there are none" "$(jq '.vms[0].to_private_zap_ns' "$dir/plain")" null
is "without --faults there are none" "$(jq '.vms[0].fault_count' "$dir/plain")" null
is "without --invalidations there are none" "$(jq -c '.vms[0] | [.invalidate_count, .window_count]' "$dir/plain")" '[null,null]'
kill $load
plan
