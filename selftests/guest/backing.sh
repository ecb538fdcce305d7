#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Double-backed pages: gmemtop --backing equals the ledger for every --discard, whether it attaches
# before or after the load, and reports the cost of its scans.
. selftests/tap.sh
. selftests/guest/drift.sh
dir=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null' EXIT

for discard in none private shared both; do
	build/gmemtop --json -d 0.5 --backing=0.5 > "$dir/early" 2> "$dir/err" &
	top=$!
	wait_for 240 test -s "$dir/early" || not_ok "gmemtop starts" "$(cat "$dir/err")"
	build/gmemload --vms 2 --vcpus 2 --mem 64M --count 300 --pattern mix --by mix --touch all \
		--discard $discard --hold --ledger "$dir/ledger" < <(exec sleep 600) > "$dir/load" &
	load=$!
	wait_for 200 grep -q holding "$dir/load" || not_ok "the load completes"
	comes_to_equal "--discard $discard: gmemtop attached before the load equals the ledger" "$dir/ledger" map "$dir/early"
	build/gmemtop --json -n 1 -d 0.1 --backing > "$dir/late"
	verdict "--discard $discard: gmemtop attached after the load equals the ledger" "$(ledger_differs "$dir/ledger" map "$dir/late")"
	no_drift "--discard $discard" "$dir/early"
	kill -TERM $top
	wait $top
	kill -TERM $load
	wait $load
	tail -1 "$dir/early" > "$dir/last"
	check "--discard $discard: both gmemtops have scanned both VMs" \
		jq_true '.vms | length == 2 and all(.double_backed_private_bytes != null)' "$dir/last" "$dir/late"
	double_backed=$(jq '[.vms[] | .double_backed_private_bytes + .double_backed_shared_bytes] | add' "$dir/late")
	comment "--discard $discard: $double_backed bytes are double-backed"
	if [ $discard = both ]; then
		is "--discard both: no memory is double-backed" "$double_backed" 0
	else
		check "--discard $discard: memory is double-backed" test "$double_backed" -gt 0
	fi
done
# VMs that never stop, with a VMM that always discards the other side: memory is double-backed only
# while the VMM gets no CPU for a second between converting and discarding.
build/gmemload --vms 2 --vcpus 2 --mem 64M --pattern mix --by mix --touch all --discard both --duration 600 -q \
	--ledger "$dir/ledger" &
load=$!
build/gmemtop --json -d 0.5 -n 30 --backing=0.5 > "$dir/busy"
kill -TERM $load
wait $load
read -r rounds double_backed < <(jq -rs '"\([.[] | .ts_ns - (.backing.age_ns // 0)] | unique | length) " +
	"\([.[] | select(any(.vms[]; .double_backed_private_bytes != null and .double_backed_private_bytes + .double_backed_shared_bytes > 0)) |
		.ts_ns - .backing.age_ns] | unique | length)"' "$dir/busy")
comment "$rounds scans while VMs converted; memory was double-backed in $double_backed"
check "pages are scanned more than 5 times while VMs convert" test "$rounds" -gt 5
check "memory is double-backed in at most a quarter of these scans" test $((double_backed * 4)) -le "$rounds"
check "the private and the shared side are scanned" jq_true -s 'any(.[].vms[]; .shared_populated_bytes > 0 and .populated_bytes > 0)' \
	"$dir/busy"

read -r calls ns max scan < <(jq -r '.cost | "\(.pagemap_calls) \(.pagemap_ns) \(.pagemap_max_ns) \(.scan_max_ns)"' "$dir/last")
comment "$calls calls of PAGEMAP_SCAN, $((ns / 1000)) us, longest $((max / 1000)); longest run $((scan / 1000)) us"
check "calls of PAGEMAP_SCAN and their cost are counted" test "$calls" -gt 0 -a "$ns" -gt 0 -a "$max" -gt 0
comment "$(jq -c .backing "$dir/last")"
check "the time of the last scan is reported" jq_true '.backing.took_ns > 0' "$dir/last"
plan
