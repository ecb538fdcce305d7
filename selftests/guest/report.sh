#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Reports and maps of real VMs: live output equals, byte by byte, the output from a recording of the
# same events, and agrees with the load's ledger.
. selftests/tap.sh
dir=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null' EXIT
trace=build/gmemtrace
load="build/gmemload --vms 3 --vcpus 2 --mem 64M --pattern mix --by mix --seed ${1:-5}"

for format in --vms=8 --json --html; do
	$trace report $format -o "$dir/live" -f --record "$dir/rec" --ringbuf 64 -- \
		$load --count 300 --ledger "$dir/ledger" > "$dir/out" 2> "$dir/err"
	is "report $format exits cleanly" $? 0
	$trace report $format "$dir/rec" > "$dir/replay"
	same "report $format: live output equals that of the recording" "$dir/replay" "$dir/live"
done

$trace report --json "$dir/rec" > "$dir/json"
is "counts of conversions equal the ledger" "$(jq '[.total.conversions[].count] | add' "$dir/json")" \
	"$(jq '[.vms[].conversions[].count] | add' "$dir/ledger")"
is "bytes of conversions equal the ledger" "$(jq '[.total.conversions[].bytes] | add' "$dir/json")" \
	"$(jq '[.vms[].conversions[].bytes] | add' "$dir/ledger")"
is "conversion events are as many as the kernel counts" "$(jq '[.total.conversions[].by_size[].count] | add' "$dir/json")" \
	"$(jq '[.total.conversions[].count] | add' "$dir/json")"
if [ "$(jq -r .probes "$dir/json")" = tracepoints ]; then
	check "phases add up to the latency, within 1 %" jq_true '
		([.total.latency | .lock, .check, .reserve, .zap, .store, .mixed | .[].total_ns] | add) as $phases |
		([.total.conversions[].total_ns] | add) as $all | ($phases / $all - 1) | fabs < 0.01' "$dir/json"
	check "stalls by hypercall and by memory fault are counted separately" jq_true '
		.total.conversions.to_private.stalls_by_origin | .hypercall.count > 0 and .access.count > 0' "$dir/json"
	is "stalls by memory fault are as many as the kernel's exits that led to a conversion" \
		"$(jq '[.total.conversions[].stalls_by_origin.access.count // 0] | add' "$dir/json")" \
		"$(jq '.total.events.memory_fault - ([.total.conversions[].stalls_unchanged] | add)' "$dir/json")"
	check "first touches after conversions are counted" jq_true '.total.touched_after_conversion_bytes > 0' "$dir/json"
fi
check "nothing was lost" jq_true '[.lost[]] | add == 0' "$dir/json"
check "the slices of the Chrome trace nest" sh -c "$trace export --format chrome -o $dir/chrome $dir/rec &&
	selftests/tools/export_check.py chrome $dir/chrome"
check "the OpenMetrics export is well-formed" sh -c "$trace export --format openmetrics -o $dir/om $dir/rec &&
	selftests/tools/export_check.py openmetrics $dir/om"

$trace stat --json -o "$dir/stat" -- $load --count 200 --ledger "$dir/ledger" > "$dir/out" 2> "$dir/err"
is "stat: counts of conversions equal the ledger" "$(jq '.to_shared_count + .to_private_count' "$dir/stat")" \
	"$(jq '[.vms[].conversions[].count] | add' "$dir/ledger")"

$load --count 200 --hold < <(exec sleep 600) > "$dir/load" &
load_pid=$!
check "the load holds" wait_for 120 grep -q holding "$dir/load"
$trace map -d 1 --record "$dir/maprec" > "$dir/live" 2> "$dir/err"
$trace map "$dir/maprec" > "$dir/replay"
same "map: live output equals that of the recording" "$dir/replay" "$dir/live"
extents() { jq -c '[.vms[] | {vm, private_extents}] | sort_by(.vm)'; }
$trace map --json "$dir/maprec" > "$dir/map"
check "map --json has the extents of all VMs" jq_true '.vms | length == 3 and all(.private_extents | length > 0)' "$dir/map"
is "map --json agrees with gmemtop" "$(extents < "$dir/map")" "$(build/gmemtop --json -n 1 -d 0.1 | extents)"
is "map --json of the live VMs has the same extents as the recording" "$($trace map --json 2> "$dir/err" | extents)" "$(extents < "$dir/map")"
kill $load_pid
plan
