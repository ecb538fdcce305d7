#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The kernel's own tests of guest_memfd pass on this kernel, with every event enabled.
. selftests/tap.sh
. selftests/events/variant.sh
events=$(expected_events)
if [ -n "$events" ]; then
	for event in $events; do
		echo 1 > "$kvm_events/$event/enable"
	done
	is "every event is enabled" "$(cat $(printf "$kvm_events/%s/enable " $events) | sort -u)" 1
else
	skip "every event is enabled" "the kernel is built without the series"
fi
check "private_mem_conversions_test" "$GMEM_KTESTS/private_mem_conversions_test"
check "private_mem_conversions_test -n 4" "$GMEM_KTESTS/private_mem_conversions_test" -n 4
check "private_mem_kvm_exits_test" "$GMEM_KTESTS/private_mem_kvm_exits_test"
check "guest_memfd_test" "$GMEM_KTESTS/guest_memfd_test"
check "set_memory_region_test" "$GMEM_KTESTS/set_memory_region_test"
plan
