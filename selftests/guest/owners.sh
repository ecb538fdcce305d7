#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# VMs and files with unusual holders look the same whether gmemtop attaches before or after them;
# and the names of VMs.
. selftests/tap.sh
. selftests/guest/drift.sh
dir=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null' EXIT

# vm FILE: prints from the last refresh what every gmemtop must show.
vm() {
	last_of "$1" | jq -c '.vms[] | select(.ended | not) |
		[.comm, .map_state, .private_extents, (.files | map([.ino, .size_bytes])),
		 (.slots | map([.base_gfn, .npages, .ino, .pgoff]))]'
}

# holders FILE: prints from the last refresh the holders of the VM and of its first file, and whether these are orphans.
holders() {
	last_of "$1" | jq -c '.vms[] | select(.ended | not) |
		[(.holders | map(.pid)), (.files[0].holders | map(.pid)), .orphan, .files[0].orphan]'
}

holders_are() { [ "$(holders "$1")" = "$2" ]; }
vm_is() { [ "$(vm "$1")" = "$2" ]; }
gone() { ! kill -0 "$1" 2> /dev/null; }

for mode in plain orphan fork pass; do
	: > "$dir/early"
	build/gmemtop --json -d 0.3 > "$dir/early" 2> "$dir/err" &
	top=$!
	await "$mode: gmemtop starts" 240 test -s "$dir/early"
	mkfifo "$dir/end-$mode"
	build/owners $mode < "$dir/end-$mode" > "$dir/owner" &
	exec {end}> "$dir/end-$mode"
	check "$mode: a VM exists" wait_for 240 test -s "$dir/owner"
	read -r pid ino < "$dir/owner"
	build/gmemtop --json -n 1 -d 0.1 > "$dir/late"
	want="[\"owners\",\"current\",[[0,100]],[[$ino,2097152]],[[0,512,$ino,0]]]"
	wait_for 240 vm_is "$dir/early" "$want" || :
	is "$mode: gmemtop attached before shows the VM" "$(vm "$dir/early")" "$want"
	is "$mode: gmemtop attached later shows the same VM" "$(vm "$dir/late")" "$want"
	case $mode in	# holders of the VM, and of the file
	plain | fork) want="[[$pid],[$pid],false,false]" ;;
	*) want="[[],[$pid],true,true]" ;;
	esac
	wait_for 240 holders_are "$dir/early" "$want" || :
	is "$mode: gmemtop attached before shows its holders" "$(holders "$dir/early")" "$want"
	is "$mode: gmemtop attached later shows the same holders" "$(holders "$dir/late")" "$want"
	exec {end}>&-
	await "$mode: the VM ends" 240 gone "$pid"
	check "$mode: gmemtop shows that the VM has ended" wait_for 240 shows "$dir/early" 'all(.vms[]; .ended)'
	kill -TERM $top
	wait $top
done

mkfifo "$dir/end-unbound"
build/owners unbound < "$dir/end-unbound" > "$dir/owner" &
exec {end}> "$dir/end-unbound"
check "unbound: a VM exists" wait_for 240 test -s "$dir/owner"
read -r pid ino < "$dir/owner"
build/gmemtop --json -n 1 -d 0.1 > "$dir/unbound"
is "unbound: gmemtop shows the file that has no binding" "$(jq -c --argjson ino "$ino" '.vms[] |
	[.unused_bytes, (.files | map(select(.bindings == 0)) | map([.ino == $ino, .populated_bytes, .orphan]))]' \
	"$dir/unbound")" "[204800,[[true,204800,false]]]"
exec {end}>&-
await "unbound: the VM ends" 240 gone "$pid"

bash -c 'exec -a /usr/bin/qemu-system-x86_64 build/gmemload --name "d,,b" --count 5 --hold' \
	< <(exec sleep 600) > "$dir/load" &
load=$!
await "the load holds" 240 grep -q holding "$dir/load"
build/gmemtop --json -n 1 -d 0.1 > "$dir/named"
is "a VM has the name that QEMU's command line gives it" "$(jq -r '.vms[0].name' "$dir/named")" "d,b"
is "a VM has the name of its process" "$(jq -r '.vms[0].comm' "$dir/named")" "d,,b-0"
pid=$(jq .vms[0].pid "$dir/named")
is "a VM has the cgroup of its process" "$(jq -r '.vms[0].cgroup' "$dir/named")" "$(sed -n 's/^0:://p' "/proc/$pid/cgroup")"
check "a VM has the start time of its process" test "$(jq .vms[0].process_start_ns "$dir/named")" -gt 0
kill $load
. selftests/guest/corners.sh
plan
