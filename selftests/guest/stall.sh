#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Stalls, from the vCPU's exit that asks for a conversion to its re-entry: as many as the guest's
# requests, and at least as long as the VMM sleeps.
. selftests/tap.sh
. selftests/guest/drift.sh
dir=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null' EXIT
pause_us=3000

# stalls OPTION..: tests the stalls of a gmemload with OPTION..
stalls()
{
	: > "$dir/top"
	build/gmemtrace live --json > "$dir/live" 2> "$dir/live.err" &
	live=$!
	build/gmemtop --json -d 0.5 > "$dir/top" 2> "$dir/top.err" &
	top=$!
	await "gmemtop starts" 240 test -s "$dir/top"
	await "gmemtrace attaches" 240 grep -q probes "$dir/live.err"
	build/gmemload --vcpus 2 --mem 32M --count 200 --pause-us $pause_us "$@" --hold --ledger "$dir/ledger" \
		< <(exec sleep 600) > "$dir/load" &
	load=$!
	check "the load completes" wait_for 200 grep -q holding "$dir/load"
	no_drift "after the load" "$dir/top"
	refreshed "after the load" "$dir/top" 2
	last_of "$dir/top" > "$dir/now"
	kill -TERM $load $top
	wait $load
	await "gmemtrace emits the end of the VM" 240 grep -q vm_end "$dir/live"
	kill -TERM $live
	wait $live

	vm() { jq ".vms[0] | $1" "$dir/now"; }
	ledger() { jq ".vms[0] | $1" "$dir/ledger"; }

	asked=$(ledger '.hypercalls + .memory_faults')
	is "gmemtop counts a stall for every request of the guest" \
		"$(vm '.to_private_stall_count + .to_shared_stall_count + .to_private_stall_unchanged + .to_shared_stall_unchanged')" "$asked"
	is "gmemtrace emits every stall" "$(grep -c '"stall_end"' "$dir/live")" "$asked"
	total=$(vm '.to_private_stall_total_ns + .to_shared_stall_total_ns')
	count=$(vm '.to_private_stall_count + .to_shared_stall_count')
	comment "$count stalls took $((total / 1000000)) ms"
	check "stalls took at least as long as the VMM slept" \
		test "$count" -gt 0 -a "$total" -ge $((count * pause_us * 1000))
	ioctl=$(vm '.to_private_stall_ioctl_ns + .to_shared_stall_ioctl_ns')
	discard=$(vm '.to_private_stall_discard_ns + .to_shared_stall_discard_ns')
	comment "of this, ioctls $((ioctl / 1000)) us and punches $((discard / 1000)) us"
	check "ioctls and punches are parts of stalls, in addition to the sleep" \
		test "$ioctl" -gt 0 -a "$discard" -gt 0 -a $((ioctl + discard)) -le $((total - count * pause_us * 1000))
	# Conversions by the VMM alone belong to no stall; all others do.
	is "every ioctl for a guest is part of a stall" \
		"$(grep '"stall_end"' "$dir/live" | jq -s 'map(.ioctls) | add')" \
		"$(ledger '.by_origin | [.hypercall, .access | .to_private, .to_shared | .count + .unchanged_count] | add')"
	is "no stall is in flight at the end" "$(vm '[.operations_inflight[] | select(.op == "stall")] | length')" 0
}

echo "# the vCPU's thread converts"
stalls --by mix
# Conversions by another thread are attributed to a vCPU by gfn alone. Guests of gmemload access the
# memory to convert through an alias with other gfns, so --by access cannot be tested here.
echo "# another thread converts, and requests are split"
stalls --by hypercall --other-thread --split 100
plan
