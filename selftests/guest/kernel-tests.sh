#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The kernel's own tests of guest_memfd, and those of the series, pass on this kernel, with every event
# enabled. Variants that lack what the series adds skip its tests.
. selftests/tap.sh
. selftests/events/variant.sh
. selftests/guest/modules.sh
load_kvm
KSFT_SKIP=4

# ktest NAME [ARG..]: runs one of the tests.
ktest()
{
	local out status=0

	out=$("$GMEM_KTESTS/$1" "${@:2}" 2>&1) || status=$?
	case $status in
	0)	ok "$*" ;;
	"$KSFT_SKIP")	[ "$kernel_variant" != full ] && skip "$*" "variant $kernel_variant does not have what it tests" ||
				not_ok "$*" "skipped: $out" ;;
	*)	not_ok "$*" "status $status: $out" ;;
	esac
}

events=$(expected_events)
if [ -n "$events" ]; then
	for event in $events; do
		echo 1 > "$kvm_events/$event/enable"
	done
	is "every event is enabled" "$(cat $(printf "$kvm_events/%s/enable " $events) | sort -u)" 1
else
	skip "every event is enabled" "the kernel is built without the series"
fi
# GMEM_HOLES: how many holes the test of huge pages punches.
for test in "$GMEM_KTESTS"/*; do
	case ${test##*/} in
	guest_memfd_huge_test)	ktest guest_memfd_huge_test ${GMEM_HOLES:+-i "$GMEM_HOLES"} ;;
	*)	ktest "${test##*/}" ;;
	esac
done
ktest private_mem_conversions_test -n 4
plan
