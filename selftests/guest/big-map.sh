#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A VM of SIZE (64G) private memory that was there before: its map is read within 2 s,
# to the page, and no run of a program takes longer than 10 ms. Prints both. To be run
# with --icount: guest time without it has the pauses of a busy host in it.
. selftests/tap.sh
. selftests/guest/ledger.sh
size=${1:-64G}
dir=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null' EXIT

build/gmemload --mem "$size" --count 200 --pattern mix --by ioctl --hold --ledger "$dir/ledger" \
	< <(exec sleep 600) > "$dir/load" &
load=$!
check "a VM of $size is there" wait_for 400 grep -q holding "$dir/load"
build/gmemtop --json -n 1 -d 0.1 > "$dir/top"
is "gmemtop reads it" $? 0
kill -TERM $load
wait $load
is "its map equals the ledger" "$(ledger_differs "$dir/ledger" map "$dir/top")" ""
read -r took runs longest < <(jq -r '"\(.vms[0].read_took_ns) \(.cost.scan_runs) \(.cost.scan_max_ns)"' "$dir/top")
check "read in $((took / 1000000)) ms, at most 2000" test "$took" -gt 0 -a "$took" -le 2000000000
check "longest of $runs runs: $((longest / 1000)) us, at most 10000" test "$longest" -gt 0 -a "$longest" -le 10000000
plan
