#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Loads convert for SECONDS (600) while every event is switched on and off, and
# gmemtop attaches and detaches. The VM runner fails if the kernel reports a bug.
. selftests/tap.sh
seconds=${1:-600}
events=/sys/kernel/tracing/events/kvm
end=$(($(date +%s) + seconds))
dir=$(mktemp -d)

build/gmemload --vms 2 --vcpus 2 --mem 64M --pattern mix --by mix --duration "$seconds" --quiet &
loads=$!
build/gmemload --vms 1 --vcpus 1 --mem 64M --pattern slot --by hypercall --touch all \
	--duration "$seconds" --quiet &
loads="$loads $!"

# A debug kernel takes minutes to verify and attach programs, so this runs in parallel to the toggling.
watch()
{
	while [ "$(date +%s)" -lt $end ]; do
		build/gmemtop -b -n 1 -d 0.5 > /dev/null && echo run || echo failed
	done
}
watch > "$dir/watched" &
watcher=$!

toggled=0
while [ "$(date +%s)" -lt $end ]; do
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
is "gmemtop attached and detached without a failure" \
	"$(sort -u "$dir/watched")" run
for load in $loads; do
	wait "$load"
	is "a load verified all its conversions" $? 0
done
check "events were toggled" test $toggled -gt 0
plan
