#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# gmemtrace export: its output, read as other programs read it, agrees with the report.
. selftests/tap.sh
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trace=build/gmemtrace
export PYTHONDONTWRITEBYTECODE=1

export_to() { $trace export --format "$1" -o "$dir/$1" "$dir/rec" 2> "$dir/err"; }

build/synth_record "$dir/rec" seed=11 vms=3 conversions=4000 ends=1
$trace report --json "$dir/rec" > "$dir/report"

export_to chrome
check "Chrome: JSON whose slices nest" selftests/tools/export_check.py chrome "$dir/chrome"
is "Chrome: a slice for every conversion" \
	"$(jq '[.traceEvents[] | select(.ph == "B" and (.name // "" | startswith("convert")))] | length' "$dir/chrome")" \
	"$(jq '[.total.conversions[].count] | add' "$dir/report")"
is "Chrome: time in a phase is the time that the report has" \
	"$(jq '[.traceEvents[] | select(.ph != "M" and .ph != "C" and .ph != "i" and .tid < 1000000000)] | group_by([.pid, .tid]) |
		map(reduce .[] as $e ({s: [], t: 0}; if $e.ph == "B" then .s += [$e]
			else (if .s[-1].name == "store" then .t += (($e.ts - .s[-1].ts) * 1000 | round) else . end) | .s |= .[:-1] end) | .t) | add' "$dir/chrome")" \
	"$(jq '[.total.latency.store[].total_ns] | add' "$dir/report")"

build/synth_record "$dir/alive" seed=12 vms=1 conversions=500
is "Chrome: the last private bytes are those of the map" \
	"$($trace export --format chrome "$dir/alive" | jq '[.traceEvents[] | select(.ph == "C" and .name == "private_bytes")] | last | .args.bytes')" \
	"$($trace export --format openmetrics "$dir/alive" | sed -n 's/^gmem_private_bytes{vm="1"} //p')"

export_to perfetto
if command -v protoc > "$dir/path" && /usr/bin/python3 -c 'import google.protobuf' 2> "$dir/err"; then
	protoc --python_out="$dir" --proto_path=tools/gmemtrace/export perfetto.proto
	check "Perfetto: packets whose slices nest, on tracks that are described" \
		selftests/tools/export_check.py perfetto "$dir/perfetto" "$dir"
	protoc --decode=gmem.perfetto.Trace --proto_path=tools/gmemtrace/export perfetto.proto < "$dir/perfetto" > "$dir/decoded"
	is "Perfetto: as many slices as in Chrome's" "$? $(grep -c TYPE_SLICE_BEGIN "$dir/decoded")" \
		"0 $(grep -c '"ph":"B"' "$dir/chrome")"
	lacks "Perfetto: no field is unknown" '^ *[0-9]+:' "$dir/decoded"
else
	skip "Perfetto: packets whose slices nest" "no protoc, or no protobuf for python3"
fi

export_to csv
is "CSV: a row for every event" "$(($(wc -l < "$dir/csv") - 1))" "$(jq .events "$dir/report")"
is "CSV: all rows have as many columns" "$(awk -F, '{ print NF }' "$dir/csv" | sort -u | wc -l)" 1
$trace print --events --csv "$dir/rec" | grep -vE '^[0-9]+,vm,' > "$dir/printed"
same "CSV: it is what print writes" "$dir/csv" "$dir/printed"
is "CSV: durations of conversions are those of the report" \
	"$(awk -F, '$2 == "attributes_end" { s += $15 } END { printf "%d", s }' "$dir/csv")" \
	"$(jq '[.total.conversions[].total_ns] | add' "$dir/report")"

export_to openmetrics
check "OpenMetrics: well-formed, base units, histograms add up" selftests/tools/export_check.py openmetrics "$dir/openmetrics"
is "OpenMetrics: conversions are those of the report" \
	"$(awk '/^gmem_conversions_total/ { s += $NF } END { print s }' "$dir/openmetrics")" \
	"$(jq '[.total.conversions[].count] | add' "$dir/report")"
is "OpenMetrics: a bound counts what is at most so long" \
	"$(sed -n 's/^gmem_conversion_duration_seconds_bucket{vm="1",direction="to_shared",le="0.000004095"} //p' "$dir/openmetrics")" \
	"$(jq '[.vms[] | select(.vm == 1).conversions.to_shared.histogram[] | select(.[1] <= 4096) | .[2]] | add' "$dir/report")"

$trace export --format vcd "$dir/rec" > "$dir/out" 2> "$dir/err"
is "no such format: status 2, two lines" "$? $(wc -l < "$dir/err")" "2 2"
head -c $(($(stat -c %s "$dir/rec") * 3 / 4)) "$dir/rec" > "$dir/cut"
check "half of a recording is exported" $trace export --format chrome -o "$dir/cut.json" "$dir/cut"
check "and is whole JSON" selftests/tools/export_check.py chrome "$dir/cut.json"
script -qec "$trace export '$dir/rec'" /dev/null < /dev/null > "$dir/tty"
is "no binary for a terminal: status 2, two lines" "$? $(wc -l < "$dir/tty")" "2 2"
check "text is for a terminal" script -qec "$trace export --format csv '$dir/rec'" /dev/null < /dev/null
check "binary is for a pipe" sh -c "$trace export '$dir/rec' | cmp - '$dir/perfetto'"
plan
