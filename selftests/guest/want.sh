#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Probe groups are attached and detached while VMs convert, without privileges and with the strictest
# settings: only operations whose begin was seen are counted, and none counts as lost.
. selftests/tap.sh
rounds=${1:-10}
dir=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null' EXIT
echo 2 > /proc/sys/kernel/unprivileged_bpf_disabled
echo 3 > /proc/sys/kernel/perf_event_paranoid
base=1 phases=2 faults=4 invalidations=8 events=16 all=31

build/gmemload --vcpus 2 --mem 64M --pause-us 500 --count 1000000 --pattern mix --by mix --ledger "$dir/ledger" \
	< <(exec sleep 600) > "$dir/load" 2>&1 &
load=$!
mkfifo "$dir/in"
setpriv --reuid 1000 --regid 1000 --clear-groups --bounding-set -all,+bpf,+perfmon \
	--inh-caps -all,+bpf,+perfmon --ambient-caps -all,+bpf,+perfmon build/want < "$dir/in" > "$dir/out" 2> "$dir/err" &
want=$!
exec 3> "$dir/in"
wait_for 240 test -s "$dir/out" || {
	not_ok "want attaches" "$(cat "$dir/err")"
	plan
	exit 1
}
is "want has no permitted capability" "$(awk '$1 == "CapPrm:" { print $2 }' "/proc/$want/status")" 0000000000000000

lines=1
answers() { [ "$(wc -l < "$dir/out")" -ge "$1" ]; }
# ask GROUPS: requests these probe groups, and writes the answer to $dir/line
ask() {
	echo "$1" >&3
	lines=$((lines + 1))
	await "want answers groups $1" 240 answers $lines
	sed -n "${lines}p" "$dir/out" > "$dir/line"
}
line() { jq_true "$1" "$dir/line" || { cat "$dir/line"; false; }; }

line_1=$(head -1 "$dir/out")
check "phases, windows and faults are 0 at first" \
	jq_true '.err == 0 and .phases == 0 and .windows == 0 and .faults == 0 and .conversions > 0' <<< "$line_1"
ask $phases
ask 0
check "phases are counted while requested" line '.err == 0 and .phases > 0 and .features % 2 == 1 and .windows == 0'
ask $base
ask 0
now=$(jq .phases "$dir/line")
ask 0
is "phases are not counted when no longer requested" "$(jq .phases "$dir/line") $(jq '.features % 2' "$dir/line")" "$now 0"
ask $((invalidations | faults | events))
ask 0
check "windows, faults and events are counted while requested" line ".windows > 0 and .faults > 0 and .events > 1000 and .phases == $now"

for round in $(seq "$rounds"); do
	for groups in $phases $all $((events | invalidations)) $((faults | phases)) $base; do
		ask $groups
		line '.err == 0' || not_ok "round $round: groups $groups" "$(cat "$dir/line")"
	done
done
ask 0
is "no loss in $rounds rounds of attaching and detaching" "$(jq -c '[.unpaired, .inflight]' "$dir/line")" '[0,0]'
# All phases of a conversion are counted, or none of them.
check "phases take no longer than the conversions" line '.phases_ns <= .total_ns'
check "every phase was counted as often as the last" line '.phases == .mixed * 6'
# A begin that is kept while its end is not probed would last until the next end.
check "no window is longer than the longest conversion" line '.window_max_ns <= .max_ns'
exec 3>&-
wait $want
is "want exits cleanly" $? 0
kill -0 $load && ok "the load ran all the time" || not_ok "the load ran all the time" "$(cat "$dir/load")"
kill $load
plan
