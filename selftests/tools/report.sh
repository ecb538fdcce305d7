#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests of gmemtrace report on synthetic recordings: output and errors.
. selftests/tap.sh
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trace=build/gmemtrace

build/synth_record "$dir/a" seed=7 conversions=3000 ends=1
$trace report "$dir/a" > "$dir/want"
same "the text equals the golden file" "$dir/want" selftests/tools/golden/report-busy.txt
for recording in selftests/tools/recordings/*.gmem; do
	version=$(basename "$recording" .gmem)
	$trace report "$recording" > "$dir/out" 2> "$dir/err"
	same "the text of a recording of format $version is the golden one" "$dir/out" "selftests/tools/golden/report-$version.txt"
done
$trace report - < "$dir/a" > "$dir/out"
same "a recording on stdin gives the same text" "$dir/out" "$dir/want"
is "JSON is one object of its type" "$($trace report --json "$dir/a" | jq -r '.type + " \(.version)"')" "report 2"
is "parts of stalls add up to the stalls" "$($trace report --json "$dir/a" | jq '[.total.latency | .stall_ioctl, .stall_discard,
	.stall_vmm | .to_shared.total_ns] | add')" "$($trace report --json "$dir/a" | jq '.total.latency.stall.to_shared.total_ns')"
is "phases add up to the conversions" "$($trace report --json "$dir/a" | jq '[.total.latency | .lock, .check, .reserve, .zap, .store, .mixed |
	.to_private.total_ns] | add')" "$($trace report --json "$dir/a" | jq '.total.conversions.to_private.total_ns')"

build/synth_record "$dir/three" vms=3 conversions=2
is "VMs without a section are counted" "$(for n in 1 2; do $trace report --vms $n "$dir/three" | tail -n 1; done)" \
	"2 more VMs have no section here: --vms 3 shows all.
1 more VM has no section here: --vms 3 shows all."

$trace report -o "$dir/out" "$dir/a"
same "-o writes a file" "$dir/out" "$dir/want"
$trace report -o "$dir/out" "$dir/nosuch" 2> "$dir/err"
is "a report that fails: status 7, and no temporary file is left" "$? $(ls "$dir" | grep -c part)" "7 0"
same "a report that fails leaves the file as it was" "$dir/out" "$dir/want"
mkfifo "$dir/pipe"
cat "$dir/pipe" > "$dir/piped" &
$trace report -o "$dir/pipe" "$dir/a"
wait $!
same "-o writes to a pipe" "$dir/piped" "$dir/want"
$trace report "$dir/none" > "$dir/text" 2> "$dir/err"
is "a missing file: status 7, two lines" "$? $(wc -l < "$dir/err")" "7 2"
$trace report README.md > "$dir/text" 2> "$dir/err"
is "a file that is no recording: an error of two lines" "$([ $? -ne 0 ] && wc -l < "$dir/err")" 2
$trace report -o "$dir/no/such/folder" "$dir/a" 2> "$dir/err"
is "-o to a missing folder: status 7" $? 7
$trace report -d 1 "$dir/a" 2> "$dir/err"
is "-d with a recording: status 2" $? 2
$trace report "$dir/a" -- true 2> "$dir/err"
is "a recording and a command: status 2" $? 2
cp "$dir/a" "$dir/b"
for command in report stat map export; do
	$trace $command -o "$dir/b" "$dir/b" > "$dir/text" 2> "$dir/err"
	is "$command does not overwrite its input: status 2, two lines" "$? $(wc -l < "$dir/err")" "2 2"
	check "$command leaves its input as it was" cmp "$dir/a" "$dir/b"
	$trace $command --vm nobody "$dir/a" > "$dir/text" 2> "$dir/err"
	check "$command reports that there is no such VM" grep -q "no such VM\|no VM was seen that is 'nobody'" "$dir/err"
done
$trace report "$dir/a" > /dev/full 2> "$dir/err"
is "a full disk: status 7" $? 7
head -c $(($(stat -c %s "$dir/a") / 2)) "$dir/a" > "$dir/half"
for command in report stat map export; do
	$trace $command "$dir/half" > "$dir/text" 2> "$dir/err"
	is "$command of half a recording: status 0" $? 0
	check "$command of half a recording: a warning" grep -q 'not closed\|damaged' "$dir/err"
	$trace $command "$dir/a" > "$dir/text" 2> "$dir/err"
	is "$command of a whole recording: status 0, no warning" "$? $(grep -c 'not closed\|damaged' "$dir/err")" "0 0"
done
# The fixture has random bytes wherever a recording can have text.
for how in "" --json --html; do
	$trace report $how selftests/tools/recordings/v1.gmem > "$dir/text"
	LC_ALL=C lacks "text of a recording cannot act on a terminal ($how)" '[^ -~	]' "$dir/text"
done
plan
