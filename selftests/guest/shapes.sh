#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Maps of attributes in all shapes (shapes.c), scanned by a gmemtop that starts late and followed by one that runs
# all the time, equal what was set to the page, also while a thread converts.
# Usage: shapes.sh [GIB]   The size of the VM (96): kernels with an xarray take 2 MiB and a second for each private GiB.
. selftests/tap.sh
. selftests/guest/drift.sh
gib=${1:-96}
dir=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null' EXIT

# A cgroup of the VMM, to see what it pays for
cgroup=/sys/fs/cgroup/shapes
echo +memory > /sys/fs/cgroup/cgroup.subtree_control
mkdir "$cgroup"
slab_of_vmm() { awk '$1 == "slab" { print $2 }' "$cgroup/memory.stat"; }
maple_nodes() { awk '$1 == "maple_node" { print $2 * $4 }' /proc/slabinfo; }

mkfifo "$dir/in"
(echo $BASHPID > "$cgroup/cgroup.procs"; exec build/shapes "$gib") < "$dir/in" > "$dir/out" 2> "$dir/err" &
exec 3> "$dir/in"
await "a VM exists" 240 test -s "$dir/out"
answers=1

# ask LINE: sends the line and writes the answer to $answer
ask()
{
	answered() { [ "$(wc -l < "$dir/out")" -ge $answers ]; }
	answers=$((answers + 1))
	echo "$1" >&3
	wait_for 240 answered || not_ok "shapes answers $1" "$(cat "$dir/err")"
	answer=$(sed -n "${answers}p" "$dir/out")
}

start_top() # NAME OPTION..
{
	build/gmemtop --json -d 0.5 "${@:2}" > "$dir/$1" 2> "$dir/$1.err" &
	top=$!
	wait_for 240 test -s "$dir/$1" || not_ok "gmemtop attaches" "$(cat "$dir/$1.err")"
}

# same FILE: succeeds if the map in the last refresh equals what was set
same()
{
	last_of "$1" > "$dir/now"
	jq -r '.vms[0].private_extents | if . then .[] else empty end | @tsv' "$dir/now" > "$dir/extents"
	ask "check $dir/extents"
	[ "$answer" = equal ]
}

# equal FILE: succeeds if the map is current, too
equal()
{
	answer="the map is $(last_of "$1" | jq -r '.vms[0].map_state')"
	[ "$answer" = "the map is current" ] && same "$1"
}

# follows NAME: tests that the map of the gmemtop that runs comes to equal what was set
follows()
{
	wait_for 240 equal "$dir/top" || :
	is "$1: the map that follows events is exact" "$answer" equal
}

# scanned NAME [COMPARE]: tests the map of a fresh gmemtop
scanned()
{
	build/gmemtop --json -n 1 -d 0.1 > "$dir/fresh"
	"${2:-equal}" "$dir/fresh" || :
	is "$1: the map of a fresh gmemtop is exact" "$answer" equal
}

start_top top
scanned "nothing set"
# In this order: none is between shapes that the next one would not overwrite.
for shape in first one none edges all holes none fragments blocks; do
	slab=$(slab_of_vmm) nodes=$(maple_nodes)
	ask "$shape"
	is "$shape is set" "$answer" done
	slab=$(($(slab_of_vmm) - slab)) nodes=$(($(maple_nodes) - nodes))
	[ $nodes -gt 0 ] || nodes=0
	comment "$shape: $nodes bytes of tree nodes, the cgroup of the VMM pays $slab"
	[ "$GMEM_VARIANT:$shape" != full:blocks ] ||
		check "$shape: the cgroup of the VMM pays for the tree" test $nodes -gt 100000 -a $((slab * 10)) -ge $((nodes * 9))
	[ $shape = none ] || scanned "$shape"
	follows "$shape"
	comment "$shape: $(wc -l < "$dir/extents") extents"
done
kill -TERM $top
wait $top

# Few records fit, so that the maps of the gmemtop that runs are scanned again and again.
ask churn
start_top busy --view vm --ringbuf 0.0625
# On a slow machine a fresh gmemtop loses records, too.
scanned "while a thread converts" same
# Whatever it lost was in the zones of the thread, so all other pages are right even in a map that is stale.
read_once() { last_of "$dir/busy" | jq_true '.vms[0].private_extents != null'; }
await "the map is scanned" 240 read_once
for i in $(seq 8); do
	refreshed "refresh $i" "$dir/busy" 2
	same "$dir/busy" || not_ok "refresh $i: the pages that stay are right" "$answer"
done
scanned "while a thread still converts" same
ask stop
wait_for 240 equal "$dir/busy" || :
is "after that the map is exact" "$answer" equal
comment "$(last_of "$dir/busy" | jq -r '"\(.lost.ringbuf) records lost, \(.events) received; \(.cost.scan_runs) runs of scans, longest \(.cost.scan_max_ns / 1000) us"')"
scanned "after that"
kill -TERM $top
wait $top
exec 3>&-
plan
