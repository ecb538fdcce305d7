#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The unit tests of the series pass, on a debug kernel: KASAN sees what is freed wrongly, and failslab
# fails allocations that may sleep, which it does not at boot.
. selftests/tap.sh
suite=/sys/kernel/debug/kunit/kvm_mem_attributes

mountpoint -q /sys/kernel/debug || mount -t debugfs none /sys/kernel/debug
[ -d "$suite" ] || { not_ok "this kernel has the unit tests" "no $suite"; plan; exit 1; }
echo N > /sys/kernel/debug/failslab/ignore-gfp-wait
echo 1 > "$suite/run"
results=$(cat "$suite/results")
while read -r verdict _ name; do
	case $verdict$name in
	*SKIP*)	not_ok "$name" "skipped" ;;
	ok*)	ok "$name" ;;
	*)	not_ok "$name" "$results" ;;
	esac
done < <(sed -nE 's/^    (not ok|ok) ([0-9]+) (- )?/\1 \2 /p' <<< "$results" | sed 's/^not ok/not_ok/')
check "allocations failed" grep -Eq ' [1-9][0-9]* allocations failed' <<< "$results"
is "a test of each kind ran" "$(grep -cE '^    (not )?ok ' <<< "$results")" 5
plan
