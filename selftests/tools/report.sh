#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# gmemtrace report, of recordings that were made up: the command, its errors and its output.
. selftests/tap.sh
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trace=build/gmemtrace

build/synth_record "$dir/a" seed=7 conversions=3000 ends=1
is "the text is the one that was looked at" "$($trace report "$dir/a" | md5sum)" \
	"$(md5sum < selftests/tools/golden/report-busy.txt)"
is "a pipe is read as well" "$($trace report - < "$dir/a" | md5sum)" "$($trace report "$dir/a" | md5sum)"
is "JSON is one object of its type" "$($trace report --json "$dir/a" | jq -r '.type + " \(.version)"')" "report 1"
is "parts of stalls are the whole" "$($trace report --json "$dir/a" | jq '[.total.latency | .stall_ioctl, .stall_discard,
	.stall_vmm | .to_shared.total_ns] | add')" "$($trace report --json "$dir/a" | jq '.total.latency.stall.to_shared.total_ns')"
is "phases are the whole" "$($trace report --json "$dir/a" | jq '[.total.latency | .lock, .check, .reserve, .zap, .store, .mixed |
	.to_private.total_ns] | add')" "$($trace report --json "$dir/a" | jq '.total.conversions.to_private.total_ns')"

$trace report -o "$dir/out" "$dir/a"
is "-o writes a file" "$(md5sum < "$dir/out")" "$($trace report "$dir/a" | md5sum)"
$trace report -o "$dir/out" "$dir/nosuch" 2> "$dir/err"
is "a report that fails leaves what was there" "$? $(md5sum < "$dir/out") $(ls "$dir" | grep -c part)" \
	"7 $($trace report "$dir/a" | md5sum) 0"
mkfifo "$dir/pipe"
cat "$dir/pipe" > "$dir/piped" &
$trace report -o "$dir/pipe" "$dir/a"
wait $!
is "-o writes to a pipe" "$(md5sum < "$dir/piped")" "$(md5sum < "$dir/out")"
$trace report "$dir/none" > "$dir/text" 2> "$dir/err"
is "no such file: status 7, two lines" "$? $(wc -l < "$dir/err")" "7 2"
$trace report README.md > "$dir/text" 2> "$dir/err"
is "no recording: an error" "$([ $? -ne 0 ] && wc -l < "$dir/err")" 2
$trace report -o "$dir/no/such/folder" "$dir/a" 2> "$dir/err"
is "no such folder: status 7" $? 7
$trace report -d 1 "$dir/a" 2> "$dir/err"
is "-d is not for recordings: status 2" $? 2
$trace report "$dir/a" -- true 2> "$dir/err"
is "a recording and a command: status 2" $? 2
cp "$dir/a" "$dir/b"
for command in report stat map export; do
	$trace $command -o "$dir/b" "$dir/b" > "$dir/text" 2> "$dir/err"
	is "$command does not write over what it reads: status 2, two lines" "$? $(wc -l < "$dir/err")" "2 2"
	check "$command: it is as it was" cmp "$dir/a" "$dir/b"
	$trace $command --vm nobody "$dir/a" > "$dir/text" 2> "$dir/err"
	check "$command says that there is no such VM" grep -q "no such VM\|no VM was seen that is 'nobody'" "$dir/err"
done
$trace report "$dir/a" > /dev/full 2> "$dir/err"
is "a full disk: status 7" $? 7
head -c $(($(stat -c %s "$dir/a") / 2)) "$dir/a" > "$dir/half"
for command in report stat map export; do
	$trace $command "$dir/half" > "$dir/text" 2> "$dir/err"
	is "$command of half a recording reads what is there" $? 0
	check "$command says that something is missing" grep -q 'not closed\|damaged' "$dir/err"
	is "$command of a whole one says nothing" "$($trace $command "$dir/a" 2>&1 > /dev/null | grep -c 'not closed\|damaged')" 0
done
# The fixture has random bytes wherever a recording can have text.
for how in "" --json --html; do
	is "what a recording says of itself cannot act on a terminal ($how)" \
		"$($trace report $how selftests/tools/recordings/v1.gmem | LC_ALL=C grep -c '[^ -~	]')" 0
done
plan
