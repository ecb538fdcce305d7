#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Counters and records begin at the same time, however busy the host is; stalls have the direction of
# the VMM's conversion, and none is left over; values that cannot be read are unknown, not 0.
. selftests/tap.sh
. selftests/guest/drift.sh
dir=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null' EXIT

# vmms N: succeeds if N processes of gmemload have a VM or are about to create one
vmms() { [ "$(pgrep -cx 'gmemload-[0-9]+')" = "$1" ]; }

echo "# attached while VMs convert: counters and records begin together"
build/gmemload --vms 2 --vcpus 1 --mem 16M --pattern flip4k --rate 500 --duration 600 -q --ledger "$dir/ledger" &
load=$!
await "two VMs exist" 240 vmms 2
build/gmemtrace record -o "$dir/recording" -d 2 > "$dir/out" 2>&1
build/gmemtrace report --json "$dir/recording" > "$dir/report"
differs='[.vms[] | .conversions[] | (.count + .unchanged) - ([.by_size[].count] | add // 0) - .unchanged] | map(select(. != 0)) | length'
is "nothing was lost" "$(jq '.lost | add' "$dir/report")" 0
check "both VMs have converted and punched" jq_true '.vms | length == 2 and
	all(.conversions.to_shared.count > 0 and .operations.punch.count > 0)' "$dir/report"
is "counters of conversions equal the records" "$(jq "$differs" "$dir/report")" 0
is "counters of punches equal the records" "$(jq '[.vms[].operations.punch | .count - .seen] | add' "$dir/report")" 0
is "counters of stalls equal the records" "$(build/gmemtop --replay "$dir/recording" --json 2> /dev/null | tail -n 1 | jq '[.vms[] |
	.to_private_stall_count, .to_shared_stall_count, .to_private_stall_unchanged, .to_shared_stall_unchanged] | add')" \
	"$(jq '.total.events.stall_end // 0' "$dir/report")"
# The recording ends at one time for all programs: windows of conversions are within conversions. A thread's first
# conversion may have begun before the recording: the snapshot then has its begin, which is not an event.
build/gmemtrace print --events --csv "$dir/recording" 2> /dev/null > "$dir/csv"
is "conversions and invalidations end at the same time" "$(awk -F, '
	$2 == "attributes_begin" { open[$5] = 1; n++ } $2 == "attributes_end" { open[$5] = 0 }
	$2 == "invalidate_begin" && $10 == "attributes" && $5 in open && !open[$5] { alone++ } END { print (n > 100), alone + 0 }' "$dir/csv")" "1 0"
build/gmemtrace print "$dir/recording" > "$dir/lines"
build/gmemtrace live -d 1 > "$dir/live" 2> /dev/null
check "gmemtrace print and gmemtrace live print lines" test "$(wc -l < "$dir/lines")" -gt 100 -a "$(wc -l < "$dir/live")" -gt 100
lacks "gmemtrace print has no line before time 0" '^ *-' "$dir/lines"
lacks "gmemtrace live has no line before time 0" '^ *-' "$dir/live"

echo "# a recording begins with a snapshot"
build/gmemtrace map --json --at 0s "$dir/recording" > "$dir/map"
is "both VMs are in the snapshot" "$(jq '[.vms[] | select(.slot_bytes == 16777216 and .map_state == "current")] | length' "$dir/map")" 2

echo "# VMs that end during stalls leave nothing"
# entries MAP: prints the number of entries in this map of the only gmemtop that runs.
entries() { bpftool -j map dump name "$1" | jq 'length'; }
open_stalls() { bpftool -j map dump name gmem_bpf.bss | jq '.. | objects | select(has("open_stalls")) | .open_stalls'; }
kill -KILL $load
wait $load 2> /dev/null
build/gmemtop --json -d 0.5 > "$dir/top" 2> "$dir/err" &
top=$!
await "gmemtop starts" 240 test -s "$dir/top"
for i in 1 2; do
	build/gmemload --vms 2 --vcpus 2 --mem 16M --by hypercall --pattern flip4k --pause-us 20000 --duration 600 -q \
		--ledger "$dir/ledger" &
	load=$!
	await "load $i: both VMs have open stalls" 240 shows "$dir/top" \
		'[.vms[] | select(.ended | not).operations_inflight | any(.op == "stall")] == [true, true]'
	pkill -KILL -P $load
	kill -KILL $load 2> /dev/null
	wait $load 2> /dev/null
done
check "gmemtop shows that all VMs have ended" wait_for 240 shows "$dir/top" 'all(.vms[]; .ended)'
is "no stall is open" "$(open_stalls)" 0
is "the map of stalls is empty" "$(entries stalls)" 0
is "the map of waiters is empty" "$(entries waiters)" 0
kill -TERM $top
wait $top

echo "# stalls have the direction of the conversion that ended them"
if [ -x "${GMEM_KTESTS:-}/private_mem_conversions_test" ]; then
	build/gmemtrace live --json > "$dir/live" 2> "$dir/live.err" &
	live=$!
	await "gmemtrace attaches" 240 grep -q probes "$dir/live.err"
	check "private_mem_conversions_test passes" "$GMEM_KTESTS/private_mem_conversions_test"
	all_ended() { [ "$(grep -c '"event":"vm"' "$dir/live")" = "$(grep -c vm_end "$dir/live")" ] && grep -q vm_end "$dir/live"; }
	await "the end of each VM is emitted" 240 all_ended
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
	comment "stalls: $private to private, $shared to shared; $right of the direction of their conversion, $wrong not"
	check "stalls of both directions occurred" test "$private" -gt 0 -a "$shared" -gt 0
	is "every stall has the direction of its conversion" "$wrong" 0
else
	skip "stalls of private_mem_conversions_test" "the test was not built"
fi

echo "# VMs of another pid namespace"
build/gmemload --mem 16M --pattern flip4k --rate 20 --duration 600 -q --ledger "$dir/ledger" &
load=$!
await "a VM exists" 240 vmms 1
unshare --pid --fork --mount-proc build/gmemtop --json -d 0.5 -n 4 > "$dir/json"
unshare --pid --fork --mount-proc build/gmemtop --csv -d 0.5 -n 3 > "$dir/csv"
unshare --pid --fork --mount-proc build/gmemtop -b -d 0.5 -n 3 > "$dir/text"
tail -1 "$dir/json" > "$dir/now"
# Once an event reveals the VM it can be scanned; otherwise its sizes are unknown, and not 0.
is "sizes of a VM that only events reveal are exact or null" "$(jq -c '.vms[0] |
	if .map_state == "unread" then [.slot_bytes, .private_bytes, .shared_bytes, .unused_bytes, .extents] | unique
	else .slot_bytes == 16777216 and .private_bytes + .shared_bytes == .slot_bytes end | . == [null] or . == true' \
	"$dir/now")" true
check "gmemtop reports that VMs of other PID namespaces may be hidden" jq_true .other_pid_namespaces_hidden "$dir/now"
is "CSV: the sizes are exact or empty" "$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "slot_bytes") c = i }
	NR > 1 { rows++ } NR > 1 && $c != "" && $c != 16777216 { n++ } END { print n + 0, (rows > 0) }' "$dir/csv")" "0 1"
lacks "text: no size is 0" 'slots 0 ' "$dir/text"
check "conversions of the VM are counted" jq_true '.vms[0].to_shared_count > 0' "$dir/now"
kill -KILL $load
plan
