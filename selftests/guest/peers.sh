#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Two gmemtops and a gmemtrace at once do not disturb each other, and one that is
# killed takes all that it had in the kernel with it.
. selftests/tap.sh
. selftests/guest/ledger.sh
. selftests/guest/drift.sh
dir=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null' EXIT

# BPF objects of ours in the kernel: programs, maps, links.
ours() {
	bpftool prog list | grep -cE ' name (on_|stock_|stall_|scan_)'
	bpftool map list | grep -cE ' name (vms|ops|phases|others|active|stalls|waiters|lost|records|vm_ids|walks|gmem_bpf)'
	bpftool link list | wc -l
}
nothing=$(printf '0\n0\n0')

is "there is nothing at first" "$(ours)" "$nothing"
build/gmemtop --json -d 0.5 > "$dir/a" 2> "$dir/a.err" &
a=$!
build/gmemtop --json -d 0.7 --ringbuf 64 > "$dir/b" 2> "$dir/b.err" &
b=$!
build/gmemtrace live --events --json --ringbuf 128 > "$dir/live" 2> "$dir/live.err" &
live=$!
wait_for 240 test -s "$dir/a" -a -s "$dir/b"
wait_for 60 grep -q probes "$dir/live.err"
build/gmemload --vms 2 --vcpus 2 --mem 32M --count 300 --by mix --hold --ledger "$dir/ledger" \
	< <(exec sleep 600) > "$dir/load" &
load=$!
check "the load does its work beside three of us" wait_for 200 grep -q holding "$dir/load"
sleep 2.5
no_drift "beside two others" "$dir/a"
tail -1 "$dir/a" > "$dir/a.now"
kill -KILL $a
wait $a 2> /dev/null
sleep 2.5
tail -1 "$dir/b" > "$dir/b.now"
kill -TERM $load
wait $load
wait_for 20 grep -q vm_end "$dir/live"
kill -TERM $live
wait $live
is "the first gmemtop equals the ledger" "$(ledger_differs "$dir/ledger" top "$dir/a.now")" ""
is "so does the second, after the first was killed" "$(ledger_differs "$dir/ledger" top "$dir/b.now")" ""
is "so does gmemtrace" "$(ledger_differs "$dir/ledger" live "$dir/live")" ""

check "the one that is left is in the kernel" test "$(ours)" != "$nothing"
build/gmemtrace live > /dev/null 2> "$dir/live.err" &
live=$!
wait_for 60 grep -q probes "$dir/live.err"
kill -KILL $b $live
wait $b $live 2> /dev/null
gone() { [ "$(ours)" = "$nothing" ]; }
check "after SIGKILL there is nothing any more" wait_for 20 gone
check "nothing is pinned" test -z "$(find /sys/fs/bpf -mindepth 1 2> /dev/null)"
plan
