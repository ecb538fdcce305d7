#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A VM with SIZE (64G) of private memory that exists before gmemtop: its map is scanned within 2 s,
# exact to the page, and no run of a BPF program takes longer than 10 ms. Prints both times. Needs
# --icount: otherwise guest time includes the pauses of a busy host.
. selftests/tap.sh
. selftests/guest/ledger.sh
size=${1:-64G}
dir=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null' EXIT

build/gmemload --mem "$size" --count 200 --pattern mix --by ioctl --hold --ledger "$dir/ledger" \
	< <(exec sleep 600) > "$dir/load" &
load=$!
check "a VM of $size exists" wait_for 400 grep -q holding "$dir/load"
build/gmemtop --json -n 1 -d 0.1 > "$dir/top"
is "gmemtop exits cleanly" $? 0
kill -TERM $load
wait $load
verdict "the map equals the ledger" "$(ledger_differs "$dir/ledger" map "$dir/top")"
read -r took runs longest < <(jq -r '"\(.vms[0].read_took_ns) \(.cost.scan_runs) \(.cost.scan_max_ns)"' "$dir/top")
comment "scanned in $((took / 1000000)) ms; longest of $runs runs: $((longest / 1000)) us"
check "the map is scanned in at most 2 s" test "$took" -gt 0 -a "$took" -le 2000000000
check "no run of a scan takes longer than 10 ms" test "$longest" -gt 0 -a "$longest" -le 10000000
plan
