#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Counts and records begin at one time, however busy the host is; stalls are of the direction that the
# VMM has converted to, and none is left over; what cannot be read is unknown, and not 0.
. selftests/tap.sh
. selftests/guest/ledger.sh
dir=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null' EXIT

echo "# attached while VMs convert: counters and records are of the same time"
build/gmemload --vms 2 --vcpus 1 --mem 16M --pattern flip4k --rate 500 --duration 600 -q --ledger "$dir/ledger" &
load=$!
sleep 1
build/gmemtrace record -o "$dir/recording" -d 2 > "$dir/out" 2>&1
build/gmemtrace report --json "$dir/recording" > "$dir/report"
differs='[.vms[] | .conversions[] | (.count + .unchanged) - ([.by_size[].count] | add // 0) - .unchanged] | map(select(. != 0)) | length'
is "nothing was lost" "$(jq '.lost | add' "$dir/report")" 0
is "there were conversions" "$(jq '.total.conversions.to_shared.count > 0' "$dir/report")" true
is "the kernel has counted what records report" "$(jq "$differs" "$dir/report")" 0
is "punches, too" "$(jq '[.vms[].operations.punch | .count - .seen] | add' "$dir/report")" 0
early() { grep -c '^ *-' "$1"; }
build/gmemtrace print "$dir/recording" > "$dir/lines"
build/gmemtrace live -d 1 > "$dir/live" 2> /dev/null
check "there are lines of both" test "$(wc -l < "$dir/lines")" -gt 100 -a "$(wc -l < "$dir/live")" -gt 100
is "no line is of a time before 0" "$(early "$dir/lines")" 0
is "nor is one of gmemtrace live" "$(early "$dir/live")" 0

echo "# a recording begins with a state"
build/gmemtrace map --json --at 0s "$dir/recording" > "$dir/map"
is "both VMs are in it" "$(jq '[.vms[] | select(.slot_bytes == 16777216 and .map_state == "current")] | length' "$dir/map")" 2

echo "# VMs that end while vCPUs wait leave nothing"
# gmem's own maps, of the only gmemtop that runs.
stalls() { bpftool -j map dump name "$1" | jq 'length'; }
open_stalls() { bpftool -j map dump name gmem_bpf.bss | jq '.. | objects | select(has("open_stalls")) | .open_stalls'; }
kill -KILL $load
wait $load 2> /dev/null
build/gmemtop --json -d 0.5 > "$dir/top" 2> "$dir/err" &
top=$!
wait_for 240 test -s "$dir/top"
for i in 1 2; do
	build/gmemload --vms 2 --vcpus 2 --mem 16M --by hypercall --pattern flip4k --pause-us 20000 --duration 600 -q \
		--ledger "$dir/ledger" &
	load=$!
	sleep 2
	pkill -KILL -P $load
	kill -KILL $load 2> /dev/null
	wait $load 2> /dev/null
done
ended() { [ "$(tail -1 "$dir/top" | jq '[.vms[] | select(.ended | not)] | length')" = 0 ]; }
check "their ends are seen" wait_for 30 ended
is "no stall is open" "$(open_stalls)" 0
is "none is remembered" "$(stalls stalls)" 0
is "nor who waits" "$(stalls waiters)" 0
kill -TERM $top
wait $top

echo "# stalls are of the direction that served them"
if [ -x "${GMEM_KTESTS:-}/private_mem_conversions_test" ]; then
	build/gmemtrace live --json > "$dir/live" 2> "$dir/live.err" &
	live=$!
	wait_for 60 grep -q probes "$dir/live.err"
	"$GMEM_KTESTS/private_mem_conversions_test" > "$dir/ktest" 2>&1
	wait_for 20 grep -q vm_end "$dir/live"
	sleep 1
	kill -TERM $live
	wait $live
	# Its guests pass attributes that KVM does not have; its vCPUs' threads convert.
	jq -c 'select(.event == "attributes_end" or .event == "stall_end")' "$dir/live" > "$dir/ends"
	read -r right wrong private shared < <(jq -rs 'reduce .[] as $e ({last: {}, right: 0, wrong: 0, private: 0, shared: 0};
		if $e.event == "attributes_end" then
			(if $e.ret == 0 then .last[$e.tid | tostring] = $e.attributes else . end)
		elif $e.ioctls == 0 then .
		else .[$e.attributes] += 1 |
			if .last[$e.tid | tostring] == $e.attributes then .right += 1 else .wrong += 1 end
		end) | "\(.right) \(.wrong) \(.private) \(.shared)"' "$dir/ends")
	check "there were stalls of both directions: $private to private, $shared to shared" \
		test "$private" -gt 0 -a "$shared" -gt 0
	is "and $right of that of their conversion" "$wrong" 0
else
	ok "private_mem_conversions_test # SKIP it is not there"
fi

echo "# VMs of another pid namespace"
build/gmemload --mem 16M --pattern flip4k --rate 20 --duration 600 -q --ledger "$dir/ledger" &
load=$!
sleep 2
unshare --pid --fork --mount-proc build/gmemtop --json -d 0.5 -n 4 > "$dir/json"
unshare --pid --fork --mount-proc build/gmemtop --csv -d 0.5 -n 3 > "$dir/csv"
unshare --pid --fork --mount-proc build/gmemtop -b -d 0.5 -n 3 > "$dir/text"
tail -1 "$dir/json" > "$dir/now"
# Known by what it does, it can be read; if not, its sizes are unknown. Nothing is 0 for want of knowledge.
is "sizes of a VM that is found by what it does are right, or null" "$(jq -c '.vms[0] |
	if .map_state == "unread" then [.slot_bytes, .private_bytes, .shared_bytes, .unused_bytes, .extents] | unique
	else .slot_bytes == 16777216 and .private_bytes + .shared_bytes == .slot_bytes end | . == [null] or . == true' \
	"$dir/now")" true
check "that others may be hidden is said" jq -e .other_pid_namespaces_hidden "$dir/now"
is "CSV has as much" "$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "slot_bytes") c = i }
	NR > 1 && $c != "" && $c != 16777216 { n++ } END { print n + 0 }' "$dir/csv")" 0
is "and so has the screen" "$(grep -c 'slots 0 ' "$dir/text")" 0
check "it counts all the same" jq -e '.vms[0].to_shared_count > 0' "$dir/now"
kill -KILL $load
plan
