#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests that a replay in gmemtop equals its live output, refresh by refresh, as JSON, CSV and text.
# Runs on made-up VMs, without a kernel. Prints TAP.
. selftests/tap.sh
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export LC_ALL=C.UTF-8 FAKE_VMS=7 FAKE_RATE=200 FAKE_LONG_S=0.3 FAKE_LOSSES=7 FAKE_CHURN_S=0.2

replayed() { # NAME OPTION
	build/gmemtop_fake "$2" -d 0.2 -n 6 --record "$dir/r" > "$dir/live" 2> "$dir/err" || comment "$(cat "$dir/err")"
	build/gmemtop_fake "$2" -d 0.2 --replay "$dir/r" > "$dir/replay" 2> "$dir/err" || comment "$(cat "$dir/err")"
	same "$1" "$dir/replay" "$dir/live"
}

replayed "text: the replay equals the live output" -b
replayed "CSV: the replay equals the live output" --csv
replayed "JSON: the replay equals the live output" --json
is "JSON: the replay has all refreshes" "$(wc -l < "$dir/replay")" 6
is "-n limits a replay" "$(build/gmemtop_fake --json -n 2 --replay "$dir/r" | wc -l)" 2
is "rates are unknown in the first refresh" \
	"$(build/gmemtop_fake --json -n 2 -d 0.1 | jq -c '[.vms[].conversions_per_s == null] | unique' | paste -sd ' ')" "[true] [false]"
check "the replay has VMs that converted" grep -q '"to_private_count":[1-9]' "$dir/replay"

# 1: phases, 128: stalls
build/synth_record "$dir/poor" lacks=$((1 | 128))
for view in vm latency; do
	build/gmemtop -b --view $view --replay "$dir/poor" > "$dir/text"
	check "view $view: what the recording lacks is named" grep -q 'recorded without phases (--phases)' "$dir/text"
	check "view $view: stalls are not in the recording" grep -q 'stall.* not in the recording' "$dir/text"
	lacks "view $view: the probes of this host are not" 'these probes' "$dir/text"
done

build/gmemtop_fake --csv -d 0.1 -n 3 > "$dir/csv"
is "CSV: the first line is the only header" \
	"$(head -n 1 "$dir/csv" | cut -d, -f1-6) $(grep -c '^ts_ns' "$dir/csv")" "ts_ns,lost,ended,vm,pid,comm 1"
is "CSV: all lines have the same number of fields" \
	"$(sed -E 's/"([^"]|"")*"/x/g' "$dir/csv" | awk -F, '{ print NF }' | sort -u | wc -l)" 1
check "CSV: a name with commas and quotes is quoted" grep -q ',"a, ""b""",' "$dir/csv"
lacks "CSV: control characters are escaped" $'\033' "$dir/csv"

build/gmemtop_fake --json --csv > /dev/null 2>&1
is "two formats at once: status 2" $? 2
build/gmemtop_fake -b -n 1 --record /nonexistent/r > /dev/null 2> "$dir/err"
is "a recording that cannot be created: status 7, two lines" "$? $(wc -l < "$dir/err")" "7 2"
build/gmemtop_fake -b --replay /nonexistent/r > /dev/null 2> "$dir/err"
is "a missing recording: status 7, two lines" "$? $(wc -l < "$dir/err")" "7 2"
is "interval and count can be arguments, as in vmstat" "$(build/gmemtop_fake --json 0.1 2 | wc -l)" 2
plan
