# SPDX-License-Identifier: GPL-2.0-only
# VMs whose files are difficult for a scan to find: see corners.c. Sourced by owners.sh; uses $dir and its helpers.

# start_corner MODE: starts corners and sets $pid and $ino. Returns 1 if the kernel lacks the feature.
start_corner()
{
	rm -f "$dir/corner" "$dir/corner-in"
	mkfifo "$dir/corner-in"
	build/corners "$1" < "$dir/corner-in" > "$dir/corner" &
	exec {corner}> "$dir/corner-in"
	await "$1: a VM exists" 240 test -s "$dir/corner"
	read -r pid ino < "$dir/corner"
	[ "$pid" != none ] || end_corner "$1"
}

end_corner()
{
	exec {corner}>&-
	[ "$pid" != none ] || { skip "$1" "this kernel lacks the feature"; return 1; }
	await "$1: the VM ends" 240 gone "$pid"
}

# work_corner N: makes the VMM do its work for the Nth time.
work_corner()
{
	did() { [ "$(grep -c done "$dir/corner")" -ge "$1" ]; }
	echo >&"$corner"
	await "the VMM does its work" 240 did "$1"
}

# gmemtop_before MODE [OPTION..]: starts a gmemtop before the operation to test
gmemtop_before()
{
	: > "$dir/early"
	build/gmemtop --json -d 0.3 "${@:2}" > "$dir/early" 2> "$dir/err" &
	top=$!
	await "$1: gmemtop starts" 240 test -s "$dir/early"
}

# corner_vm FILE FILTER: applies FILTER to the VM with the file $ino, in the last line of FILE.
corner_vm()
{
	last_of "$1" | jq -c --argjson ino "$ino" ".vms[] | select(.files | any(.ino == \$ino)) | $2"
}

corner_is()
{
	[ "$(corner_vm "$1" "$2")" = "$3" ]
}

# Marked blocks of a VM are scanned even if the process that the tool found it in has closed it.
gmemtop_before hide
start_corner hide
await "hide: the map is current" 240 corner_is "$dir/early" .map_state '"current"'
# A walk over all processes, every few seconds, comes to the child last.
await "hide: two processes hold the VM" 240 corner_is "$dir/early" '(.holders | length)' 2
refreshed hide "$dir/early" 10
await "hide: two processes still hold the VM" 240 corner_is "$dir/early" '(.holders | length)' 2
work_corner 1
await "hide: 300 changes are scanned" 240 corner_is "$dir/early" '(.private_extents | length)' 300
build/gmemtop --json -n 1 -d 0.1 > "$dir/late"
is "hide: gmemtop attached before has scanned 300 changes of a VM that another process has closed" \
	"$(corner_vm "$dir/early" '[.map_state, (.private_extents | length)]')" '["current",300]'
is "hide: gmemtop attached later shows the same" "$(corner_vm "$dir/early" .private_extents)" \
	"$(corner_vm "$dir/late" .private_extents)"
end_corner hide
kill -TERM $top
wait $top

# The smallest ring buffer: scans pause and resume until all VMs are complete.
start_corner crowd
gmemtop_before crowd --ringbuf 0.0625
crowd_is_read()
{
	[ "$(last_of "$dir/early" | jq -c '[.vms[] | [.map_state, (.slots | length), (.files | length)]]')" = \
		'[["current",48,4],["current",48,4],["current",48,4]]' ]
}
check "crowd: with the smallest ring buffer, three idle VMs are scanned" wait_for 240 crowd_is_read
runs=$(last_of "$dir/early" | jq .cost.scan_runs)
comment "crowd: $runs runs"
check "crowd: the scans take at most 5000 runs" test "$runs" -gt 0 -a "$runs" -le 5000
kill -TERM $top
wait $top
end_corner crowd

# A file with more bindings than the buffer holds, which only the walk over memslots finds.
start_corner many
gmemtop_before many --ringbuf 0.0625
check "many: with the smallest ring buffer, 1500 bindings of one file are scanned" wait_for 240 \
	corner_is "$dir/early" '[.map_state, (.slots | length)]' '["current",1500]'
kill -TERM $top
wait $top
end_corner many

# Files without a descriptor: a gmemtop that attaches later finds them and scans their pages.
for mode in flight mapped; do
	start_corner $mode || continue
	build/gmemtop --json -n 1 -d 0.1 --backing > "$dir/late"
	is "$mode: gmemtop shows the file, its pages and its slot" "$(corner_vm "$dir/late" \
		'[.map_state, .populated_bytes, .unused_bytes, (.slots | map([.base_gfn, .npages])),
		  (.files | map([.bindings, .mapped]))]')" \
		"[\"current\",204800,0,[[0,512]],[[1,$([ $mode = mapped ] && echo true || echo false)]]]"
	end_corner $mode
done

# A guest whose memory is a mapped guest_memfd: the file is in use, and the guest's faults are its own.
if start_corner backs; then
	build/gmemtrace live --events --faults --json > "$dir/faults" 2> "$dir/live.err" &
	live=$!
	await "backs: gmemtrace attaches" 240 grep -q probes "$dir/live.err"
	gmemtop_before backs
	work_corner 1
	faulted() { [ "$(grep -c user_fault_end "$dir/faults")" -ge 2 ]; }
	await "backs: gmemtrace emits two faults" 240 faulted
	is "backs: the first fault is attributed to the VMM, the second to the guest" \
		"$(jq -c 'select(.event == "user_fault_end") | [.start_pgoff, .by]' "$dir/faults" | paste -sd ' ')" \
		'[3,"vmm"] [0,"guest"]'
	await "backs: both pages are counted" 240 corner_is "$dir/early" .populated_bytes 8192
	is "backs: the file is mapped, not unused" \
		"$(corner_vm "$dir/early" '[.populated_bytes, .unused_bytes, (.files | map([.bindings, .mapped]))]')" \
		'[8192,0,[[0,true]]]'
	kill -TERM $top $live
	wait $top $live
	end_corner backs
fi

# What the VMM has at address 0 is the shared side of a slot with that address, but not of a slot without an address.
for corner_case in address0:2031616 no_address:0; do
	mode=${corner_case%:*} shared=${corner_case#*:}
	start_corner $mode || continue
	build/gmemtop --json -n 1 -d 0.1 --backing > "$dir/late"
	is "$mode: gmemtop shows $shared bytes on the shared side" \
		"$(corner_vm "$dir/late" '[.shared_populated_bytes, .double_backed_shared_bytes, .double_backed_private_bytes]')" \
		"[$shared,$shared,0]"
	end_corner $mode
done

# No conversion makes memory private that is private by default.
for set in any stock; do
	gmemtop_before default $([ $set = any ] || echo --probes $set)
	if start_corner default; then
		await "default: $set: gmemtop shows the VM" 240 corner_is "$dir/early" .map_state '"current"'
		work_corner 1
		wait_for 60 corner_is "$dir/early" '[.map_state, .slot_bytes, .private_bytes]' '["current",2097152,2097152]' || :
		is "default: $set: gmemtop shows all memory as private" \
			"$(corner_vm "$dir/early" '[.map_state, .slot_bytes, .private_bytes]')" '["current",2097152,2097152]'
		end_corner default
	fi
	kill -TERM $top
	wait $top
done

# Populated memory by size of page, and mapped memory, equal what the VMM did and what KVM counts.
[ -d /sys/kernel/debug/kvm ] || mount -t debugfs none /sys/kernel/debug
mapped_2m() { cat /sys/kernel/debug/kvm/"$pid"-*/pages_2m; }
mapped_all() { echo $(($(cat /sys/kernel/debug/kvm/"$pid"-*/pages_4k) * 4096 + $(mapped_2m) * 2097152)); }
memory_of() { corner_vm "$1" '[.populated_bytes, .populated_huge_bytes, .mapped_bytes, .mapped_huge_bytes]'; }
for mode in huge huge_no_address; do
	start_corner $mode || continue
	build/gmemtop --json -n 1 -d 0.1 --backing --record "$dir/huge" > "$dir/late"
	want="[4194304,0,4194304,0]"
	[ "$GMEM_VARIANT" != full ] || want="[4194304,2097152,2101248,2097152]"
	is "$mode: gmemtop shows what is populated and mapped, and how much of each by huge pages" "$(memory_of "$dir/late")" "$want"
	is "$mode: KVM counts the same mappings" "[$(mapped_all),$(($(mapped_2m) * 2097152))]" \
		"$(corner_vm "$dir/late" '[.mapped_bytes, .mapped_huge_bytes]')"
	build/gmemtop --json --replay "$dir/huge" > "$dir/then" 2> "$dir/err"
	is "$mode: a recording has the same" "$(memory_of "$dir/then")" "$want"
	end_corner $mode
done

# A creation that KVM refuses is an event with its error, and no file.
start_corner refused
build/gmemtrace live --events --json > "$dir/creations" 2> "$dir/live.err" &
live=$!
await "refused: gmemtrace attaches" 240 grep -q probes "$dir/live.err"
gmemtop_before refused
work_corner 1
created() { [ "$(grep -c '"create"' "$dir/creations")" -ge 2 ]; }
await "refused: gmemtrace emits two creations" 240 created
is "refused: they have an error and no inode" \
	"$(jq -c 'select(.event == "create") | [.ino, .start_pgoff, .end_pgoff, .ret, .flags]' "$dir/creations" | paste -sd ' ')" \
	'[0,0,0,-22,"0x0"] [0,0,2,-22,"0x8000000000000000"]'
refreshed refused "$dir/early" 3
is "refused: the VM has one file" "$(corner_vm "$dir/early" '(.files | length)')" 1
kill -TERM $top $live
wait $top $live
end_corner refused
