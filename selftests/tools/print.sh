#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests of gmemtrace print: formats, filters and errors; and of the errors of gmemtrace record that need
# no root.
. selftests/tap.sh
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trace=build/gmemtrace

build/synth_record "$dir/a" seed=5 conversions=2000 vms=3 ends=1
$trace print --events --json "$dir/a" > "$dir/all" 2> "$dir/err"
events=$(sed -n 's/.* \([0-9]*\) events.*/\1/p' "$dir/err")
is "JSON: every line is an object" "$(jq -c . "$dir/all" | wc -l)" "$(wc -l < "$dir/all")"
is "JSON: every event is printed" "$(jq -c 'select(.event != "vm")' "$dir/all" | wc -l)" "$events"
$trace print --events --json --time abs "$dir/a" 2> "$dir/err" | jq -c '[.ts_ns, .event]' > "$dir/got"
jq -c '[.ts_ns, .event]' "$dir/all" > "$dir/want"
same "JSON: --time abs does not change times" "$dir/got" "$dir/want"

$trace print --events --csv "$dir/a" > "$dir/csv" 2> /dev/null
is "CSV has a header, and as many rows as JSON has lines" "$(wc -l < "$dir/csv")" $(($(wc -l < "$dir/all") + 1))
is "CSV has 15 values in every row" "$(awk -F, 'NF != 15' "$dir/csv" | wc -l)" 0
awk -F, '$2 == "attributes_end" { print $1 "," $3 "," $8 "," $9 "," $10 "," $14 "," $15 }' "$dir/csv" > "$dir/got"
jq -r 'select(.event == "attributes_end") | "\(.ts_ns),\(.vm),\(.start_gfn),\(.end_gfn),\(.attributes),\(.ret),\(.dur_ns)"' "$dir/all" > "$dir/want"
same "CSV and JSON have the same values" "$dir/got" "$dir/want"

# filtered NAME OPTIONS JQ: tests that print with OPTIONS prints the events that JQ selects.
filtered()
{
	$trace print --events --json $2 "$dir/a" 2> "$dir/err" | grep -v '"event":"vm"' > "$dir/got"
	jq -c "select(.event != \"vm\") | select($3)" "$dir/all" > "$dir/want"
	same "filter: $1" "$dir/got" "$dir/want"
}

filtered "a VM by number" "--vm 2" '.vm == 2'
filtered "a process" "-p $(jq -s '[.[] | select(.event == "vm")][0].pid' "$dir/all")" \
	".vm == $(jq -s '[.[] | select(.event == "vm")][0].vm' "$dir/all")"
filtered "a kind" "--kind convert" '.event | startswith("attributes_") and (endswith("begin") or endswith("end"))'
filtered "punches" "--kind punch" '(.event | startswith("fallocate")) and (.mode | contains("punch"))'
filtered "latency" "--longer 20us" '.dur_ns and .dur_ns >= 20000'
filtered "direction" "--kind attributes_end --to private" '.event == "attributes_end" and .attributes == "private"'
filtered "size" "--kind convert --size 8K-64K" '(.event | startswith("attributes_")) and (.event != "attributes_phase") and
	.end_gfn - .start_gfn >= 2 and .end_gfn - .start_gfn <= 16'
gfn=$(jq -s '[.[] | select(.event == "attributes_end")][100].start_gfn' "$dir/all")
filtered "gfns" "--kind convert --gfn $gfn-$((gfn + 1000))" '(.event | startswith("attributes_")) and (.event != "attributes_phase") and
	.start_gfn < '$((gfn + 1000))' and .end_gfn > '$gfn

filtered "a phase" "--phase store" '.event == "attributes_phase" and .phase == "store"'

check "print warns that no such VM was seen" sh -c "$trace print --vm nobody '$dir/a' 2>&1 | grep -q \"no VM was seen that is 'nobody'\""
$trace print --vm 2 "$dir/a" > "$dir/out" 2> "$dir/err"
lacks "print does not warn of a VM that was seen" 'no VM' "$dir/err"
is "text has a line for each conversion" "$($trace print "$dir/a" 2> /dev/null | grep -c ' convert ')" \
	"$(jq -c 'select(.event == "attributes_end")' "$dir/all" | wc -l)"
$trace print "$dir/a" > "$dir/out" 2> "$dir/err"
lacks "text has no colour without a terminal" $'\033' "$dir/out"
check "--color always prints colours without a terminal" sh -c "$trace print --color always '$dir/a' 2> /dev/null | grep -q '\[32m'"
is "times are relative to the first record" "$($trace print --events "$dir/a" 2> /dev/null | awk 'END { print $1 }')" \
	"$(jq -s '(.[-1].ts_ns - .[0].ts_ns) / 1000 | floor / 1000000' "$dir/all" | xargs printf '%.6f\n')"
is "--time delta: times add up to the duration" "$($trace print --kind bind --time delta "$dir/a" 2> /dev/null | awk 'NR > 2 { s += $1 } END { printf "%.5f\n", s }')" \
	"$(jq -s '[.[] | select(.event == "bind" or .event == "vm").ts_ns] | (.[-1] - .[0]) / 1e9' "$dir/all" | xargs printf '%.5f\n')"

# fails NAME STATUS PATTERN COMMAND..: tests exit status and message
fails()
{
	local name=$1 want=$2 pattern=$3 got

	shift 3
	"$@" > "$dir/out" 2> "$dir/err"
	got=$?
	if [ $got -eq "$want" ] && grep -q -- "$pattern" "$dir/err" && [ "$(grep -c . "$dir/err")" -le 4 ]; then
		ok "$name"
	else
		not_ok "$name" "status $got, wanted $want: $(cat "$dir/err")"
	fi
}

fails "a missing file" 7 'No such file' $trace print "$dir/none"
fails "a file that is no recording" 7 'is not a gmem recording' $trace print README.md
fails "two files" 2 "unexpected argument 'b'" $trace print a b
fails "an unknown kind" 2 "'x'" $trace print --kind x
fails "an invalid size" 2 "'5Q'" $trace print --size 5Q
fails "an invalid range" 2 "'9-3'" $trace print --gfn 9-3
fails "an invalid time" 2 "'100 moons'" $trace print --longer '100 moons'
fails "a full disk" 7 'No space left' sh -c "$trace print '$dir/a' > /dev/full"
check "a reader that closes the pipe" sh -c "$trace print '$dir/a' 2> /dev/null | head -1 | grep -q TIME"
head -c $(($(stat -c %s "$dir/a") / 2)) "$dir/a" > "$dir/half"
$trace print "$dir/half" > /dev/null 2> "$dir/err"
is "half a recording is reported as not closed" "$? $(grep -c 'not closed' "$dir/err")" "0 1"

fails "record: rotation without a size" 2 'max-size' $trace record --rotate 3
fails "record: rotation of stdout" 2 'stdout is one file' $trace record --rotate 3 --max-size 1M -o -
fails "record: an invalid size" 2 "'x'" $trace record --max-size x
plan
