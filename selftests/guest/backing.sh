#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Pages that are there twice: gmemtop --backing equals the ledger, whatever the VMM
# discards, whether it was there before or comes later; what that costs is told.
. selftests/tap.sh
. selftests/guest/ledger.sh
. selftests/guest/drift.sh
dir=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null' EXIT

bad() { # file of gmemtop
	ledger_differs "$dir/ledger" map "$1"
}

for discard in none private shared both; do
	build/gmemtop --json -d 0.5 --backing=0.5 > "$dir/early" 2> "$dir/err" &
	top=$!
	wait_for 240 test -s "$dir/early" || not_ok "gmemtop starts" "$(cat "$dir/err")"
	build/gmemload --vms 2 --vcpus 2 --mem 64M --count 300 --pattern mix --by mix --touch all \
		--discard $discard --hold --ledger "$dir/ledger" < <(exec sleep 600) > "$dir/load" &
	load=$!
	wait_for 200 grep -q holding "$dir/load" || not_ok "the load does its work"
	sleep 4
	build/gmemtop --json -n 1 -d 0.1 --backing > "$dir/late"
	no_drift "--discard $discard" "$dir/early"
	kill -TERM $top
	wait $top
	kill -TERM $load
	wait $load
	is "--discard $discard: gmemtop from before" "$(bad "$dir/early")" ""
	is "--discard $discard: gmemtop from later" "$(bad "$dir/late")" ""
	check "--discard $discard: and both have read it" \
		jq -es 'map(.vms[].doubled_private_bytes != null) | all' <(tail -1 "$dir/early") "$dir/late"
	doubled=$(jq '[.vms[] | .doubled_private_bytes + .doubled_shared_bytes] | add' "$dir/late")
	if [ $discard = both ]; then
		is "--discard both: nothing is there twice" "$doubled" 0
	else
		check "--discard $discard: $((doubled >> 10)) KiB are there twice" test "$doubled" -gt 0
	fi
done
# A VMM that discards properly, in a VM that never stops: nothing is double-backed, whenever one looks,
# but where the VMM got no CPU for a second between converting and discarding: then both sides are there.
build/gmemload --vms 2 --vcpus 2 --mem 64M --pattern mix --by mix --touch all --discard both --duration 600 -q \
	--ledger "$dir/ledger" &
load=$!
build/gmemtop --json -d 0.5 -n 30 --backing=0.5 > "$dir/busy"
kill -TERM $load
wait $load
read -r rounds doubled < <(jq -rs '"\([.[] | .ts_ns - (.backing.age_ns // 0)] | unique | length) " +
	"\([.[] | select(any(.vms[]; .doubled_private_bytes != null and .doubled_private_bytes + .doubled_shared_bytes > 0)) |
		.ts_ns - .backing.age_ns] | unique | length)"' "$dir/busy")
check "pages were read $rounds times while VMs converted" test "$rounds" -gt 5
check "and something was there twice in $doubled of them, at most a quarter" test $((doubled * 4)) -le "$rounds"
check "although both sides were read" jq -es 'any(.[].vms[]; .shared_populated_bytes > 0 and .populated_bytes > 0)' \
	"$dir/busy"

read -r calls ns max scan < <(tail -1 "$dir/early" |
	jq -r '.cost | "\(.pagemap_calls) \(.pagemap_ns) \(.pagemap_max_ns) \(.scan_max_ns)"')
check "cost: $calls calls of PAGEMAP_SCAN, $((ns / 1000)) us, longest $((max / 1000)); longest run $((scan / 1000)) us" \
	test "$calls" -gt 0 -a "$ns" -gt 0 -a "$max" -gt 0
check "and when that was: $(tail -1 "$dir/early" | jq -c .backing)" sh -c "tail -1 $dir/early | jq -e '.backing.took_ns > 0'"
plan
