#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What the guest feels of a conversion, from its exit to its re-entry: as many as it
# asked for, and as long as a VMM that dawdles makes them.
. selftests/tap.sh
. selftests/guest/drift.sh
dir=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null' EXIT
pause_us=3000

# stalls OPTION..: of gmemload
stalls()
{
	build/gmemtrace live --json > "$dir/live" 2> "$dir/live.err" &
	live=$!
	build/gmemtop --json -d 0.5 > "$dir/top" 2> "$dir/top.err" &
	top=$!
	wait_for 240 test -s "$dir/top"
	wait_for 60 grep -q probes "$dir/live.err"
	build/gmemload --vcpus 2 --mem 32M --count 200 --pause-us $pause_us "$@" --hold --ledger "$dir/ledger" \
		< <(exec sleep 600) > "$dir/load" &
	load=$!
	check "the load does its work" wait_for 200 grep -q holding "$dir/load"
	sleep 1.5
	no_drift "after the load" "$dir/top"
	tail -1 "$dir/top" > "$dir/now"
	kill -TERM $load $top
	wait $load
	wait_for 20 grep -q vm_end "$dir/live"
	kill -TERM $live
	wait $live

	vm() { jq ".vms[0] | $1" "$dir/now"; }
	ledger() { jq ".vms[0] | $1" "$dir/ledger"; }

	asked=$(ledger '.hypercalls + .memory_faults')
	is "gmemtop counts every time the guest asked" \
		"$(vm '.to_private_stall_count + .to_shared_stall_count + .to_private_stall_unconverted + .to_shared_stall_unconverted')" "$asked"
	is "gmemtrace tells each of them" "$(grep -c '"stall_end"' "$dir/live")" "$asked"
	total=$(vm '.to_private_stall_total_ns + .to_shared_stall_total_ns')
	count=$(vm '.to_private_stall_count + .to_shared_stall_count')
	check "$count stalls took $((total / 1000000)) ms, no less than the VMM slept" \
		test "$total" -ge $((count * pause_us * 1000))
	ioctl=$(vm '.to_private_stall_ioctl_ns + .to_shared_stall_ioctl_ns')
	discard=$(vm '.to_private_stall_discard_ns + .to_shared_stall_discard_ns')
	check "of this, ioctls $((ioctl / 1000)) us and punches $((discard / 1000)) us" \
		test "$ioctl" -gt 0 -a "$discard" -gt 0 -a $((ioctl + discard)) -le $((total - count * pause_us * 1000))
	# What the VMM converts on its own is nobody's stall; all else is.
	is "every ioctl for a guest is part of a stall" \
		"$(grep '"stall_end"' "$dir/live" | jq -s 'map(.ioctls) | add')" \
		"$(ledger '.by_origin | [.hypercall, .access | .to_private, .to_shared | .count + .noop_count] | add')"
	is "no stall is left" "$(vm '[.operations_inflight[] | select(.op == "stall")] | length')" 0
}

echo "# the vCPU's thread converts"
stalls --by mix
# Which vCPU another thread works for, only gfns tell; gmemload's guests access
# memory that they want converted by an alias, so what they ask for has others.
echo "# another thread does, and requests are split"
stalls --by hypercall --other-thread --split 100
plan
