#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The kernel's own tests of guest_memfd pass on this kernel, with every event enabled.
. selftests/tap.sh
events=/sys/kernel/tracing/events/kvm
if ls -d $events/*gmem* > /dev/null 2>&1; then
	ours=$(ls -d $events/*gmem* $events/*mem_attributes* $events/kvm_memory_fault_exit $events/kvm_map_gpa_range_exit $events/kvm_fault_retry 2> /dev/null)
	for event in $ours; do
		echo 1 > "$event/enable"
	done
	is "every event is enabled" "$(for event in $ours; do cat "$event/enable"; done | sort -u)" 1
else
	skip "every event is enabled" "the kernel has no events kvm_gmem_*"
fi
check "private_mem_conversions_test" "$GMEM_KTESTS/private_mem_conversions_test"
check "private_mem_conversions_test -n 4" "$GMEM_KTESTS/private_mem_conversions_test" -n 4
check "private_mem_kvm_exits_test" "$GMEM_KTESTS/private_mem_kvm_exits_test"
check "guest_memfd_test" "$GMEM_KTESTS/guest_memfd_test"
check "set_memory_region_test" "$GMEM_KTESTS/set_memory_region_test"
plan
