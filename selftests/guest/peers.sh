#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Two gmemtops and a gmemtrace do not disturb each other, and a killed one leaves nothing in the
# kernel.
. selftests/tap.sh
. selftests/guest/drift.sh
dir=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null' EXIT

# objects: prints kind, ID and name of all BPF objects in the kernel. Only our tools make any here.
objects() {
	local kind list

	for kind in prog map link; do
		list=$(bpftool -j $kind list) || { echo "bpftool $kind list failed"; return; }
		jq -r --arg kind $kind '.[]? | "\($kind) \(.id) \(.name)"' <<< "${list:-[]}"
	done
}
kinds() { objects | awk '{ print $1 }' | uniq | paste -sd ' '; }

none "the kernel has no BPF objects at first" objects
build/gmemtop --json -d 0.5 > "$dir/a" 2> "$dir/a.err" &
a=$!
build/gmemtop --json -d 0.7 --ringbuf 64 > "$dir/b" 2> "$dir/b.err" &
b=$!
build/gmemtrace live --events --json --ringbuf 128 > "$dir/live" 2> "$dir/live.err" &
live=$!
await "both gmemtops start" 240 test -s "$dir/a" -a -s "$dir/b"
await "gmemtrace attaches" 240 grep -q probes "$dir/live.err"
is "the tools have programs, maps and links in the kernel" "$(kinds)" "prog map link"
build/gmemload --vms 2 --vcpus 2 --mem 32M --count 300 --by mix --hold --ledger "$dir/ledger" \
	< <(exec sleep 600) > "$dir/load" &
load=$!
check "the load completes while three tools run" wait_for 200 grep -q holding "$dir/load"
no_drift "two other tools run" "$dir/a"
comes_to_equal "the first gmemtop equals the ledger" "$dir/ledger" top "$dir/a"
kill -KILL $a
wait $a 2> /dev/null
refreshed "after the first was killed" "$dir/b" 2
comes_to_equal "the second gmemtop equals the ledger after the first was killed" "$dir/ledger" top "$dir/b"
kill -TERM $load
wait $load
both_ended() { [ "$(grep -c vm_end "$dir/live")" = 2 ]; }
await "gmemtrace emits the ends of both VMs" 240 both_ended
kill -TERM $live
wait $live
verdict "gmemtrace equals the ledger" "$(ledger_differs "$dir/ledger" live "$dir/live")"

is "the remaining gmemtop has programs, maps and links in the kernel" "$(kinds)" "prog map link"
build/gmemtrace live > /dev/null 2> "$dir/live.err" &
live=$!
await "gmemtrace attaches again" 240 grep -q probes "$dir/live.err"
kill -KILL $b $live
wait $b $live 2> /dev/null
gone() { [ -z "$(objects)" ]; }
check "no BPF object is left after SIGKILL" wait_for 240 gone
none "nothing is pinned" find /sys/fs/bpf -mindepth 1
plan
