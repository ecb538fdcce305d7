#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests that other programs can read the output of gmemtrace export, and that it agrees with the report.
. selftests/tap.sh
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trace=build/gmemtrace
export PYTHONDONTWRITEBYTECODE=1

export_to() { $trace export --format "$1" -o "$dir/$1" "$dir/rec" 2> "$dir/err"; }

build/synth_record "$dir/rec" seed=11 vms=3 conversions=4000 ends=1
$trace report --json "$dir/rec" > "$dir/report"

export_to chrome
check "Chrome: the output is JSON, and its slices nest" selftests/tools/export_check.py chrome "$dir/chrome"
is "Chrome: every conversion has a slice" \
	"$(jq '[.traceEvents[] | select(.ph == "B" and (.name // "" | startswith("convert")))] | length' "$dir/chrome")" \
	"$(jq '[.total.conversions[].count] | add' "$dir/report")"
is "Chrome: the time in a phase equals the report" \
	"$(jq '[.traceEvents[] | select(.ph != "M" and .ph != "C" and .ph != "i" and .tid < 1000000000)] | group_by([.pid, .tid]) |
		map(reduce .[] as $e ({s: [], t: 0}; if $e.ph == "B" then .s += [$e]
			else (if .s[-1].name == "store" then .t += (($e.ts - .s[-1].ts) * 1000 | round) else . end) | .s |= .[:-1] end) | .t) | add' "$dir/chrome")" \
	"$(jq '[.total.latency.store[].total_ns] | add' "$dir/report")"

build/synth_record "$dir/alive" seed=12 vms=1 conversions=500
is "Chrome: the last private bytes equal OpenMetrics" \
	"$($trace export --format chrome "$dir/alive" | jq '[.traceEvents[] | select(.ph == "C" and .name == "private_bytes")] | last | .args.bytes')" \
	"$($trace export --format openmetrics "$dir/alive" | sed -n 's/^gmem_private_bytes{vm="1"} //p')"

export_to perfetto
if command -v protoc > "$dir/path" && /usr/bin/python3 -c 'import google.protobuf' 2> "$dir/err"; then
	protoc --python_out="$dir" --proto_path=tools/gmemtrace/export perfetto.proto
	check "Perfetto: slices nest, and their tracks are described" \
		selftests/tools/export_check.py perfetto "$dir/perfetto" "$dir"
	protoc --decode=gmem.perfetto.Trace --proto_path=tools/gmemtrace/export perfetto.proto < "$dir/perfetto" > "$dir/decoded"
	is "Perfetto: there are as many slices as in Chrome's format" "$? $(grep -c TYPE_SLICE_BEGIN "$dir/decoded")" \
		"0 $(grep -c '"ph":"B"' "$dir/chrome")"
	lacks "Perfetto: no field is unknown" '^ *[0-9]+:' "$dir/decoded"
else
	skip "Perfetto: slices nest, and their tracks are described" "no protoc, or no protobuf for python3"
fi

export_to csv
is "CSV: every event has a row" "$(($(wc -l < "$dir/csv") - 1))" "$(jq .events "$dir/report")"
is "CSV: all rows have the same number of columns" "$(awk -F, '{ print NF }' "$dir/csv" | sort -u | wc -l)" 1
$trace print --events --csv "$dir/rec" | grep -vE '^[0-9]+,vm,' > "$dir/printed"
same "CSV: the output equals that of print" "$dir/csv" "$dir/printed"
is "CSV: durations of conversions equal the report" \
	"$(awk -F, '$2 == "attributes_end" { s += $15 } END { printf "%d", s }' "$dir/csv")" \
	"$(jq '[.total.conversions[].total_ns] | add' "$dir/report")"

export_to openmetrics
check "OpenMetrics: the output is well-formed, has base units, and histograms add up" selftests/tools/export_check.py openmetrics "$dir/openmetrics"
is "OpenMetrics: counts of conversions equal the report" \
	"$(awk '/^gmem_conversions_total/ { s += $NF } END { print s }' "$dir/openmetrics")" \
	"$(jq '[.total.conversions[].count] | add' "$dir/report")"
is "OpenMetrics: a bucket counts durations up to its bound" \
	"$(sed -n 's/^gmem_conversion_duration_seconds_bucket{vm="1",direction="to_shared",le="0.000004095"} //p' "$dir/openmetrics")" \
	"$(jq '[.vms[] | select(.vm == 1).conversions.to_shared.histogram[] | select(.[1] <= 4096) | .[2]] | add' "$dir/report")"

$trace export --format vcd "$dir/rec" > "$dir/out" 2> "$dir/err"
is "an unknown format: status 2, two lines" "$? $(wc -l < "$dir/err")" "2 2"
head -c $(($(stat -c %s "$dir/rec") * 3 / 4)) "$dir/rec" > "$dir/cut"
check "half of a recording can be exported" $trace export --format chrome -o "$dir/cut.json" "$dir/cut"
check "the export of half a recording is complete JSON" selftests/tools/export_check.py chrome "$dir/cut.json"
script -qec "$trace export '$dir/rec'" /dev/null < /dev/null > "$dir/tty"
is "binary output to a terminal: status 2, two lines" "$? $(wc -l < "$dir/tty")" "2 2"
check "text can go to a terminal" script -qec "$trace export --format csv '$dir/rec'" /dev/null < /dev/null
check "binary output can go to a pipe" sh -c "$trace export '$dir/rec' | cmp - '$dir/perfetto'"
plan
