#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# gmemtrace record of real conversions: recordings agree with strace and bpftrace of the same run,
# phases add up, and the file is complete however the recording ends.
. selftests/tap.sh
. selftests/guest/ledger.sh
dir=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null' EXIT
trace=build/gmemtrace
convert=$GMEM_KTESTS/private_mem_conversions_test

# attached: waits until gmemtrace record has attached
attached() { wait_for 120 grep -q probes "$dir/err" || not_ok "gmemtrace attaches" "$(cat "$dir/err")"; }
# background COMMAND..: starts COMMAND with the default action of SIGINT, and truncates $dir/err first
background()
{
	: > "$dir/err"
	env --default-signal=INT "$@" 2> "$dir/err" &
	pid=$!
}
csv() { $trace print --events --csv "$@" 2> "$dir/print.err"; }
summary() { grep ' events, ' "$1"; }
lost_of() { summary "$1" | sed 's/.*; lost//; s/;.*//' | grep -oE '[0-9]+' | paste -sd+ | bc; }

# Sizes of conversions, which bpftrace reads from the argument of the ioctl.
bpftrace -e 'kfunc:kvm_vm_ioctl /args->ioctl == 0x4020aed2/ { printf("size %llu\n", *(uint64 *)uptr(args->arg + 8)); }' \
	> "$dir/bpftrace" 2> "$dir/bpftrace.err" &
observer=$!
# "Attaching" is printed before bpftrace attaches.
linked() { bpftool -j link list | jq_true 'any(.[]; .type == "tracing")'; }
await "bpftrace attaches" 120 linked
$trace record --phases -o "$dir/a" -- strace -f -e trace=ioctl,fallocate,dup -o "$dir/strace" \
	"$convert" -n 4 > "$dir/out" 2> "$dir/err"
is "record exits with the status of the command" $? 0
sleep 1		# for bpftrace to read all events: it reports no progress
# bpftrace sleeps on if the signal comes just before it waits: send it until it has ended.
observer_ended() { ! kill -INT $observer 2> /dev/null; }
wait_for 240 observer_ended || { not_ok "bpftrace ends" "$(cat /proc/$observer/wchan /proc/$observer/stack /proc/$observer/status)"; kill -KILL $observer; }
is "nothing is lost" "$(lost_of "$dir/err")" 0
csv "$dir/a" > "$dir/csv"
is "the recording has as many conversions as strace counts" "$(grep -c ',attributes_end,' "$dir/csv")" \
	"$(grep -cE 'ioctl\([0-9]+, (KVM_SET_MEMORY_ATTRIBUTES|_IOC\(_IOC_WRITE, 0xae, 0xd2)' "$dir/strace")"
is "the conversions have the sizes that bpftrace reads" "$(awk -F, '$2 == "attributes_end" { print ($9 - $8) * 4096 }' "$dir/csv" | sort -n | uniq -c)" \
	"$(sed -n 's/^size //p' "$dir/bpftrace" | sort -n | uniq -c)"
check "the recording has conversions" grep -q ',attributes_end,' "$dir/csv"
# Descriptors of guest_memfds: results of KVM_CREATE_GUEST_MEMFD, and their duplicates.
fds=$(sed -nE 's/.*ioctl\([0-9]+, (KVM_CREATE_GUEST_MEMFD|_IOC\(_IOC_READ\|_IOC_WRITE, 0xae, 0xd4).* = ([0-9]+)$/\2/p' "$dir/strace" | paste -sd '|')
fds="$fds|$(sed -nE "s/.*dup\(($fds)\).* = ([0-9]+)$/\2/p" "$dir/strace" | paste -sd '|')"
is "the recording has the ranges of fallocate() that strace sees" \
	"$(awk -F, '$2 == "fallocate_end" { print $8 * 4096, ($9 - $8) * 4096 }' "$dir/csv" | sort)" \
	"$(sed -nE "s/.*fallocate\(($fds), [A-Z_|]+, ([0-9]+), ([0-9]+).*/\2 \3/p" "$dir/strace" | sort)"
check "the recording has calls of fallocate()" grep -q ',fallocate_end,' "$dir/csv"

# Begin, phases and end of each thread: the times between them must add up to the duration in the end.
phases='$2 == "attributes_begin" { begin[$5] = last[$5] = $1; sum[$5] = 0 }
	$2 == "attributes_phase" || $2 == "attributes_end" { sum[$5] += $1 - last[$5]; late += $1 < last[$5]; last[$5] = $1 }
	$2 == "attributes_end" { n++; bad += sum[$5] < 0.99 * $15 || sum[$5] > 1.01 * $15 }
	END { print n, bad + 0, late + 0 }'
is "the phases of every conversion add up to its latency" "$(awk -F, "$phases" "$dir/csv")" \
	"$(grep -c ',attributes_end,' "$dir/csv") 0 0"

is "events are in the order of their times" "$(awk -F, 'NR > 2 && $1 < last { n++ } { last = $1 } END { print n + 0 }' "$dir/csv")" 0

# A million events at full speed.
$trace record --phases --faults -o "$dir/million" -- build/gmemload --vms 2 --vcpus 2 --mem 64M --pattern flip4k \
	--by ioctl --count "${GMEM_RECORD_COUNT:-23000}" > "$dir/out" 2> "$dir/err"
is "record exits cleanly with a load at full speed" $? 0
events=$(summary "$dir/err" | sed 's/gmemtrace: \([0-9]*\) .*/\1/')
bytes=$(stat -c %s "$dir/million")
comment "$(summary "$dir/err"); $bytes bytes"
check "an event takes at most 16 bytes" test "$bytes" -gt 0 -a "$bytes" -le $((16 * events))
# A begin may lack its end only at the end of the recording: then no operation of its thread ends after it.
csv "$dir/million" | awk -F, '
	$2 ~ /_begin$/ { op = $2; sub(/_begin$/, "", op); b++; o = op FS $3 FS $5 FS $7 FS $8 FS $12; lone += o in open; open[o] = NR; tid[o] = $5 }
	$2 ~ /_end$/ && $2 !~ /^vm/ { op = $2; sub(/_end$/, "", op); e++; o = op FS $3 FS $5 FS $7 FS $8 FS $12; lone += !(o in open); delete open[o]; last[$5] = NR }
	END { for (o in open) { left++; lone += last[tid[o]] > open[o] } print b - left, e, lone + 0 }' > "$dir/pairs"
if [ "$(lost_of "$dir/err")" = 0 ]; then
	check "the recording has a million events" test "$events" -ge 1000000
	read -r begins ends lone < "$dir/pairs"
	is "there are as many ends as begins, but for operations in flight at the end" "$begins $lone" "$ends 0"
else
	skip "the recording has a million events" "records were lost, and counted"
	skip "there are as many ends as begins, but for operations in flight at the end" "records were lost, and counted"
fi
is "print reads all events" "$($trace print --kind vm "$dir/million" 2>&1 | grep -o '[0-9]* events')" "$events events"

# Programs get memory of the ring buffer as the last record left it. Small, and used by records of all sizes, it gives
# out old bytes at once.
$trace record --phases --faults --ringbuf 0.0625 -o "$dir/reused" -- sh -c 'for n in 1 2 3 4 5 6; do
	build/gmemload --vms 2 --vcpus 2 --mem 16M --pattern flip4k --by ioctl --count 500 || exit; done' > "$dir/out" 2> "$dir/err"
is "record exits cleanly with a small buffer" $? 0
check "records hold no bytes of older ones" build/leftovers "$dir/reused"
check "records hold no bytes of older ones, at full speed" build/leftovers "$dir/million"

# Losses are counted by kind: recorded and lost events add up to the load's conversions.
$trace record --phases --ringbuf 0.0625 -o "$dir/lossy" -- build/gmemload --vms 2 --vcpus 2 --mem 64M --pattern flip4k \
	--by ioctl --count 3000 --ledger "$dir/lossy.ledger" > "$dir/out" 2> "$dir/err"
comment "$(summary "$dir/err")"
check "a small buffer loses records" test "$(lost_of "$dir/err")" -gt 0
seen=$(csv "$dir/lossy" | grep -c ',attributes_end,')
gone=$(build/gmemtop --replay "$dir/lossy" --json 2> /dev/null | tail -n 1 | jq '.lost_by_event.attributes_end // 0')
comment "$seen recorded, $gone lost"
is "recorded and lost conversions add up to the ledger" $((seen + gone)) \
	"$(jq '[.vms[].conversions[] | .count + .unchanged_count] | add' "$dir/lossy.ledger")"

# The file can be read however the recording ends.
ended() { # NAME STATUS WANTED FILE
	is "$1: status" "$2" "$3"
	check "$1: the file can be read" $trace print "$4"
}
$trace record -o "$dir/b" -- sh -c 'exit 3' 2> "$dir/err"
ended "a command that fails" $? 3 "$dir/b"
$trace record -o "$dir/b" -- sh -c 'kill -SEGV $$' 2> "$dir/err"
ended "a command that dies" $? 139 "$dir/b"
$trace record -o "$dir/b" -- /no/such/program 2> "$dir/err"
is "a missing command: status 1, three lines" "$? $(grep -c . "$dir/err")" "1 3"
check "a missing command: the error names it" grep -q 'cannot run /no/such/program: No such file' "$dir/err"

background $trace record -o "$dir/b"
attached
kill -INT $pid
wait $pid
ended "Ctrl-C" $? 0 "$dir/b"
$trace print "$dir/b" > "$dir/text" 2>&1
lacks "Ctrl-C: the file was closed" 'not closed' "$dir/text"

background $trace record -o "$dir/b" -- sh -c 'trap "" TERM INT; echo $$ > '"$dir/pid"'; while :; do sleep 1; done'
await "the command runs" 120 test -s "$dir/pid"
kill -INT $pid
sleep 2
check "Ctrl-C waits for the command" kill -0 $pid
kill -INT $pid
check "Ctrl-C twice ends at once" wait_for 240 sh -c "! kill -0 $pid"
check "Ctrl-C twice: the file can be read" $trace print "$dir/b"
kill -KILL "$(cat "$dir/pid")"

background $trace record -o "$dir/b"
attached
build/gmemload --count 200 --mem 16M > /dev/null
converted() { $trace print "$dir/b" > "$dir/now" 2> "$dir/now.err" && grep -q ' convert ' "$dir/now"; }
check "a recording can be read while it is written" wait_for 240 converted
check "print reports that the recording is being written" grep -q 'being written' "$dir/now.err"
kill -KILL $pid
wait $pid 2> /dev/null
$trace print "$dir/b" > "$dir/then" 2> /dev/null
check "the recording has the same content after SIGKILL" cmp -n "$(stat -c %s "$dir/now")" "$dir/now" "$dir/then"

mkdir "$dir/small"
mount -t tmpfs -o size=512k none "$dir/small"
$trace record --phases -o "$dir/small/a" -- sh -c "build/gmemload --vms 2 --mem 32M --count 20000 --by ioctl > /dev/null; touch $dir/done" 2> "$dir/err"
ended "a full disk" $? 7 "$dir/small/a"
check "a full disk: record reports it" grep -q 'No space left' "$dir/err"
check "a full disk: earlier conversions can be read" sh -c "$trace print '$dir/small/a' 2> /dev/null | grep -q ' convert '"
check "a full disk: the command ran to its end" test -e "$dir/done"
umount "$dir/small"

$trace record --phases -o - -- build/gmemload --vms 2 --mem 32M --count 5000 --by ioctl 2> "$dir/err" | head -c 5000 > /dev/null
is "a reader that closes the pipe: status 7" "${PIPESTATUS[0]}" 7

# Each rotated file can be read alone; the newest has the whole state.
background $trace record --phases --max-size 100K --rotate 3 -o "$dir/turn"
attached
build/gmemload --vms 2 --mem 64M --count 3000 --rate 500 --by ioctl --pattern mix --hold --ledger "$dir/ledger" \
	< <(exec sleep 600) > "$dir/load" &
load=$!
await "the load completes" 200 grep -q holding "$dir/load"
last_map()
{
	build/gmemtop --replay "$dir/turn" --json 2> "$dir/top.err" | tail -n 1 > "$dir/top.last"
	ledger_differs "$dir/ledger" map "$dir/top.last"
}
whole() { [ -z "$(last_map)" ]; }
await "the last pages are recorded" 240 whole
kill -INT $pid
wait $pid
kill -TERM $load
wait $load
for file in turn turn.1 turn.2; do
	check "rotation: $file can be read" $trace print "$dir/$file"
done
check "rotation: there are no more files than requested" test ! -e "$dir/turn.4"
verdict "rotation: the newest file has the whole map" "$(last_map)"

# A recording with --longer has operations in flight, too, and each once.
background $trace record --longer 300ms -d 3 -o "$dir/longer" -- \
	build/gmemload --mem 16M --count 1 --pattern flip2m --pause-us 60000000 > "$dir/out"
check "--longer records an operation that has not ended" wait_for 240 grep -q ' events, ' "$dir/err"
is "the report lists the operation in flight" "$($trace report --json "$dir/longer" | jq -c '[.vms[].operations_inflight[] | .op, .age_ns > 1000000000]')" '["stall",true]'
is "the operation in flight is not an event" "$($trace report --json "$dir/longer" | jq '.total.events.stall_begin // 0')" 0
kill -INT $pid 2> /dev/null
gone() { ! kill -0 $pid 2> /dev/null; }
wait_for 1 gone || kill -INT $pid
await "record ends" 240 gone

# Ends carry the phases, so a recording without begins has them, too.
$trace record --phases --longer 1ns -o "$dir/ends" -- build/gmemload --vms 1 --vcpus 1 --mem 64M --count 50 --by ioctl \
	> "$dir/out" 2> "$dir/err"
csv "$dir/ends" > "$dir/ends.csv"
lacks "no begin is recorded" ',attributes_begin,' "$dir/ends.csv"
is "each conversion without its begin has its phases" \
	"$($trace report --json "$dir/ends" | jq '.total.latency | [.zap, .lock] | map(.to_private.count + .to_shared.count) | unique[]')" \
	"$(awk -F, '$2 == "attributes_end" && $11 { n++ } END { print n }' "$dir/ends.csv")"
check "the longest conversion has its phases" sh -c "$trace report '$dir/ends' | grep -A3 'LONGEST CONV' | grep -q '+.* store'"

# Operations in flight have a phase in the overview and in the VM view, and in the recording at each refresh the
# same ones. Conversions are short, so the load runs until a refresh has met one.
in_phases() { jq -c '[.vms[].operations_inflight[] | select(.op == "attributes").phase]' "$1"; }
for how in "--phases" "--view vm"; do
	: > "$dir/top"
	build/gmemtop --json -d 0.1 $how --record "$dir/phases" > "$dir/top" &
	pid=$!
	await "gmemtop $how starts" 240 test -s "$dir/top"
	build/gmemload --vms 1 --vcpus 1 --mem 64M --pattern slot --by ioctl --duration 600 > "$dir/out" &
	load=$!
	check "an operation in flight has its phase ($how)" wait_for 240 \
		grep -qE '"op": *"attributes"[^}]*"phase": *"(check|reserve|zap|store|mixed)"' "$dir/top"
	kill -TERM $load
	kill -INT $pid
	wait $load $pid
	build/gmemtop --json --replay "$dir/phases" > "$dir/then"
	is "the recording has the same phases at each refresh ($how)" "$(in_phases "$dir/then")" "$(in_phases "$dir/top")"
done

# Time 0 is the begin of collection in all views: no event gets a negative time while programs attach.
build/gmemload --vms 2 --mem 64M --rate 300 --duration 600 > /dev/null &
load=$!
vmms() { [ "$(pgrep -cx 'gmemload-[0-9]+')" = 2 ]; }
await "two VMs exist" 240 vmms
$trace record -d 1 -o "$dir/late" 2> "$dir/err"
$trace live -d 1 > "$dir/lines" 2> "$dir/err"
kill -TERM $load
$trace print "$dir/late" > "$dir/late.lines" 2> "$dir/err"
none "no event is before time 0" awk 'FNR > 1 && $1 < 0' "$dir/lines" "$dir/late.lines"
check "live prints conversions" grep -q ' convert ' "$dir/lines"
check "the recording has conversions from time 0 on" grep -q ' convert ' "$dir/late.lines"

# Flight recorder.
background $trace record --last 3s --longer 1us -o "$dir/flight"
attached
build/gmemload --count 100 --mem 16M > /dev/null
check "a long operation triggers a save" wait_for 240 grep -q 'saved the last 3.0 s' "$dir/err"
check "the saved recording has conversions" sh -c "$trace print '$dir/flight' 2> /dev/null | grep -q ' convert '"
rm "$dir/flight"
kill -USR1 $pid
check "SIGUSR1 triggers a save" wait_for 240 $trace print "$dir/flight"
kill -INT $pid
wait $pid
is "the flight recorder exits cleanly" $? 0

# An operation that hangs triggers a save without its end.
background $trace record --last 3s --longer 2s --rotate 3 -o "$dir/hang"
attached
build/gmemload --mem 16M --count 1 --pattern flip2m --pause-us 60000000 > "$dir/out" &
load=$!
check "an operation that hangs triggers a save" wait_for 240 grep -q 'saved the last 3.0 s' "$dir/err"
is "the saved recording lists the operation that hangs" "$($trace report --json "$dir/hang" | jq -c '[.vms[].operations_inflight[] | .op, .age_ns > 2000000000]')" '["stall",true]'
sleep 5		# longer than a second save would take
is "an operation that hangs triggers one save" "$(grep -c 'saved the last' "$dir/err")" 1
kill -INT $pid
wait $pid
kill $load

# The clock is set during a recording.
background $trace record -o "$dir/clock"
attached
build/gmemload --count 20 --mem 16M > /dev/null
date -s '+1 hour' > /dev/null
sleep 5		# record reads the offset of the clocks periodically
build/gmemload --count 20 --mem 16M > /dev/null
kill -INT $pid
wait $pid
$trace print "$dir/clock" > "$dir/text" 2> "$dir/err"
is "times since the begin continue when the clock is set" \
	"$(awk '/ convert / { n++; late += $1 > 300 } END { print (n >= 40), late + 0 }' "$dir/text")" "1 0"
is "the time of day follows the clock" "$($trace print --time abs "$dir/clock" 2> /dev/null | tail -1 | cut -c1-13)" "$(date '+%Y-%m-%d %H')"
plan
