#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Prints what huge pages of guest_memfd save and cost: the rows of docs/huge-pages.md. Inside a VM:
#	selftests/guest/in-vm 6.12:full:icount selftests/bench/huge.sh [MIB]
exec "$GMEM_KTESTS/guest_memfd_huge_test" -m "${1:-256}"
