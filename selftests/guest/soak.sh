#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# For SECONDS (600), VMs convert, punch, fault and verify all of their memory from 4 threads on 4 vCPUs, with huge pages
# where the kernel has them; other VMs are created and end, and lose memslots and files while they are used. Meanwhile
# every event is switched on and off, and gmemtop attaches and detaches. In the end gmemtop shows what the ledger has.
# The VM runner fails if the kernel reports a bug.
. selftests/tap.sh
. selftests/guest/ledger.sh
seconds=${1:-600}
events=/sys/kernel/tracing/events/kvm
end=$(($(date +%s) + seconds))
dir=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null' EXIT
[ "${GMEM_VARIANT:-full}" != full ] || huge=--huge-pages

goes_on() { [ "$(date +%s)" -lt $end ]; }

build/gmemload ${huge:-} --vms 1 --vcpus 4 --mem 64M --pattern mix --by mix --touch 64 --duration "$seconds" --hold \
	--ledger "$dir/ledger" < <(exec sleep $((seconds * 10))) > "$dir/load" &
load=$!
build/gmemload --vms 1 --vcpus 1 --mem 64M --pattern slot --by hypercall --touch all --duration "$seconds" --quiet &
slot=$!

# VMs that do not live long: a load that verifies, and chaos, which deletes memslots, closes files and kills VMMs.
short_lives()
{
	for ((n = 1; ; n++)); do
		goes_on || break
		build/gmemload ${huge:-} --vms 2 --vcpus 2 --mem 32M --pattern mix --by mix --seed $n --count 300 --quiet &&
			build/chaos --seed $n --steps 20 --ledger "$dir/chaos" > "$dir/chaos.out" 2>&1 && echo run || echo "failed: seed $n"
	done
}
short_lives > "$dir/lived" 2> "$dir/lived.err" &
lives=$!

# A debug kernel takes minutes to verify and attach programs, so this runs in parallel to the toggling.
watch()
{
	while goes_on; do
		build/gmemtop -b -n 1 -d 0.5 > /dev/null && echo run || echo failed
	done
}
watch > "$dir/watched" &
watcher=$!

toggled=0
while goes_on; do
	for event in "$events"/*gmem*; do
		[ -d "$event" ] || continue
		echo 1 > "$event/enable"
		sleep 0.05
		[ $((RANDOM % 2)) -eq 0 ] || echo 0 > "$event/enable"
		toggled=$((toggled + 1))
	done
	echo > /sys/kernel/tracing/trace
done
wait $watcher
comment "gmemtop attached and detached $(grep -c run "$dir/watched") times; events were toggled $toggled times"
is "gmemtop attached and detached without a failure" "$(sort -u "$dir/watched")" run
wait $lives
comment "$(grep -c run "$dir/lived") times, VMs with short lives"
is "loads with short lives verified their memory, and chaos went on" \
	"$(sort -u "$dir/lived"; cat "$dir/lived.err")" run
wait $slot
is "the load that converts slots verified its memory" $? 0
check "the load of 4 vCPUs completes" wait_for 600 grep -q holding "$dir/load"
build/gmemtop --json -n 1 -d 0.1 > "$dir/top"
ledger_results "the load of 4 vCPUs" "$dir/ledger" map "$dir/top"
kill -TERM $load
wait $load
is "the load of 4 vCPUs verified its memory" $? 0
comment "$(jq -c '.vms[0] | [.verified_pages, .verify_failures, .punches]' "$dir/ledger")"
check "events were toggled" test $toggled -gt 0
plan
