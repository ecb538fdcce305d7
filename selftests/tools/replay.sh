#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# gmemtop prints of a recording what it printed live: JSON, CSV and text, refresh for refresh.
# On made-up VMs, so without a kernel. Prints TAP.
. selftests/tap.sh
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export LC_ALL=C.UTF-8 FAKE_VMS=7 FAKE_RATE=200 FAKE_LONG_S=0.3 FAKE_LOSSES=7 FAKE_CHURN_S=0.2

replayed() { # NAME OPTION
	build/gmemtop_fake "$2" -d 0.2 -n 6 --record "$dir/r" > "$dir/live" 2> "$dir/err" || comment "$(cat "$dir/err")"
	build/gmemtop_fake "$2" -d 0.2 --replay "$dir/r" > "$dir/replay" 2> "$dir/err" || comment "$(cat "$dir/err")"
	same "$1" "$dir/replay" "$dir/live"
}

replayed "text: the replay is what was printed live" -b
replayed "CSV: the same" --csv
replayed "JSON: the same" --json
is "as many refreshes as there were" "$(wc -l < "$dir/replay")" 6
is "-n ends a replay, too" "$(build/gmemtop_fake --json -n 2 --replay "$dir/r" | wc -l)" 2
is "no rate is known at the first refresh" \
	"$(build/gmemtop_fake --json -n 2 -d 0.1 | jq -c '[.vms[].conversions_per_s == null] | unique' | paste -sd ' ')" "[true] [false]"
check "it has VMs in it" grep -q '"to_private_count":[1-9]' "$dir/replay"

build/gmemtop_fake --csv -d 0.1 -n 3 > "$dir/csv"
is "CSV: one header, then a line a VM and refresh" \
	"$(head -n 1 "$dir/csv" | cut -d, -f1-6) $(grep -c '^ts_ns' "$dir/csv")" "ts_ns,lost,ended,vm,pid,comm 1"
is "CSV: as many fields in each line" \
	"$(sed -E 's/"([^"]|"")*"/x/g' "$dir/csv" | awk -F, '{ print NF }' | sort -u | wc -l)" 1
check "CSV: a name with commas and quotes is quoted" grep -q ',"a, ""b""",' "$dir/csv"
lacks "CSV: a control character is shown, not obeyed" $'\033' "$dir/csv"

build/gmemtop_fake --json --csv > /dev/null 2>&1
is "one format at a time" $? 2
build/gmemtop_fake -b -n 1 --record /nonexistent/r > /dev/null 2> "$dir/err"
is "a recording that cannot be made" "$? $(wc -l < "$dir/err")" "7 2"
build/gmemtop_fake -b --replay /nonexistent/r > /dev/null 2> "$dir/err"
is "a recording that is not there" "$? $(wc -l < "$dir/err")" "7 2"
is "as in vmstat: interval and count" "$(build/gmemtop_fake --json 0.1 2 | wc -l)" 2
plan
