#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Runs 10,000 refreshes of gmemtop's screen, with VMs that come and go and keys that are pressed,
# under the address and leak sanitizers.
cd "$(dirname "$0")/../.." || exit 3
export ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=halt_on_error=1
flags='-fsanitize=address,undefined -fno-sanitize-recover=all'
if ! make -s -j"$(nproc)" B=build/asan CFLAGS="-O1 -g $flags" LDFLAGS="$flags" \
	build/asan/gmemtop_soak > build/asan.log 2>&1; then
	tail -n 5 build/asan.log >&2
	echo "screen-leaks.sh: cannot build with sanitizers: see build/asan.log" >&2
	exit 3
fi
exec build/asan/gmemtop_soak "${1:-10000}"
