#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A VM of SIZE (64G) private memory that exists already: its map is scanned within 2 s, to the page,
# and no run of a program takes longer than 10 ms. Prints both. Needs --icount: guest time without it
# includes the pauses of a busy host.
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
verdict "its map equals the ledger" "$(ledger_differs "$dir/ledger" map "$dir/top")"
read -r took runs longest < <(jq -r '"\(.vms[0].read_took_ns) \(.cost.scan_runs) \(.cost.scan_max_ns)"' "$dir/top")
comment "scanned in $((took / 1000000)) ms; longest of $runs runs: $((longest / 1000)) us"
check "scanned in at most 2 s" test "$took" -gt 0 -a "$took" -le 2000000000
check "no run takes longer than 10 ms" test "$longest" -gt 0 -a "$longest" -le 10000000
plan
