#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# VMs and files in unusual hands are found and shown alike, whether gmemtop was there
# before them or comes later; and what a VM is called.
. selftests/tap.sh
dir=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null' EXIT

# Of the last line of file $1: what must be the same whoever looked, and when.
vm() {
	tail -1 "$1" | jq -c '.vms[] | select(.ended | not) |
		[.comm, .map_state, .private_extents, (.files | map([.ino, .size_bytes])),
		 (.slots | map([.base_gfn, .npages, .ino, .pgoff]))]'
}

# Who has what open, by the last line of file $1: the VM, and its first file; is it an orphan?
hands() {
	tail -1 "$1" | jq -c '.vms[] | select(.ended | not) |
		[(.holders | map(.pid)), (.files[0].holders | map(.pid)), .orphan, .files[0].orphan]'
}

hands_are() {
	[ "$(hands "$1")" = "$2" ]
}

for mode in plain orphan fork pass; do
	build/gmemtop --json -d 0.3 > "$dir/early" 2> "$dir/err" &
	top=$!
	wait_for 240 test -s "$dir/early"
	mkfifo "$dir/end-$mode"
	build/owners $mode < "$dir/end-$mode" > "$dir/owner" &
	exec {end}> "$dir/end-$mode"
	check "$mode: there is a VM" wait_for 240 test -s "$dir/owner"
	read -r pid ino < "$dir/owner"
	sleep 1.5
	build/gmemtop --json -n 1 -d 0.1 > "$dir/late"
	want="[\"owners\",\"current\",[[0,100]],[[$ino,2097152]],[[0,512,$ino,0]]]"
	is "$mode: gmemtop from before shows it" "$(vm "$dir/early")" "$want"
	is "$mode: gmemtop from later shows the same" "$(vm "$dir/late")" "$want"
	case $mode in	# who has the VM, and the file
	plain | fork) want="[[$pid],[$pid],false,false]" ;;
	*) want="[[],[$pid],true,true]" ;;
	esac
	wait_for 10 hands_are "$dir/early" "$want"
	is "$mode: gmemtop from before tells in whose hands it is" "$(hands "$dir/early")" "$want"
	is "$mode: gmemtop from later tells the same" "$(hands "$dir/late")" "$want"
	exec {end}>&-
	wait_for 30 sh -c "! kill -0 $pid 2> /dev/null"
	sleep 1
	is "$mode: and that it has ended" "$(vm "$dir/early")" ""
	kill -TERM $top
	wait $top
done

mkfifo "$dir/end-unbound"
build/owners unbound < "$dir/end-unbound" > "$dir/owner" &
exec {end}> "$dir/end-unbound"
check "unbound: there is a VM" wait_for 240 test -s "$dir/owner"
read -r pid ino < "$dir/owner"
build/gmemtop --json -n 1 -d 0.1 > "$dir/unbound"
is "unbound: the file that is bound nowhere is told" "$(jq -c --argjson ino "$ino" '.vms[] |
	[.unused_bytes, (.files | map(select(.bindings == 0)) | map([.ino == $ino, .populated_bytes, .orphan]))]' \
	"$dir/unbound")" "[204800,[[true,204800,false]]]"
exec {end}>&-
wait_for 30 sh -c "! kill -0 $pid 2> /dev/null"

bash -c 'exec -a /usr/bin/qemu-system-x86_64 build/gmemload --name "d,,b" --count 5 --hold' \
	< <(exec sleep 600) > "$dir/load" &
load=$!
wait_for 60 grep -q holding "$dir/load"
build/gmemtop --json -n 1 -d 0.1 > "$dir/named"
is "a VM has the name that QEMU's command line gives it" "$(jq -r '.vms[0].name' "$dir/named")" "d,b"
is "and that of its process" "$(jq -r '.vms[0].comm' "$dir/named")" "d,,b-0"
pid=$(jq .vms[0].pid "$dir/named")
is "and its cgroup" "$(jq -r '.vms[0].cgroup' "$dir/named")" "$(sed -n 's/^0:://p' "/proc/$pid/cgroup")"
check "and the start of its process" test "$(jq .vms[0].process_start_ns "$dir/named")" -gt 0
kill $load
. selftests/guest/corners.sh
plan
