#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# gmemtop and gmemtrace show exactly what the load did: 4 VMs with 2 vCPUs each, at least 10,000
# conversions of mixed sizes, by hypercall, access and ioctl. Their memory has huge pages where the kernel has them.
. selftests/tap.sh
. selftests/guest/drift.sh
dir=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null' EXIT

build/gmemtrace live --events --json --ringbuf 128 > "$dir/live" 2> "$dir/live.err" &
live=$!
build/gmemtrace live > "$dir/text" 2> "$dir/text.err" &
text=$!
build/gmemtop --json -d 1 > "$dir/top" 2> "$dir/top.err" &
top=$!
wait_for 240 grep -q probes "$dir/live.err" || not_ok "gmemtrace attaches" "$(cat "$dir/live.err")"
await "gmemtrace with text output attaches" 240 grep -q probes "$dir/text.err"
wait_for 240 test -s "$dir/top" || not_ok "gmemtop attaches" "$(cat "$dir/top.err")"

[ "$GMEM_VARIANT" != full ] || huge=--huge-pages
build/gmemload ${huge:-} --vms 4 --vcpus 2 --mem 128M --count 1400 --pattern mix --by mix --seed "${1:-7}" \
	--hold --ledger "$dir/ledger" < <(exec sleep 600) > "$dir/load" &
load=$!
check "the load completes" wait_for 300 grep -q holding "$dir/load"

refreshed "after the load" "$dir/top" 2	# pages are counted once a second
# A gmemtop that starts now, and scans kernel memory, shows the same: no drift.
build/gmemtop --json -n 1 -d 0.1 > "$dir/fresh"
is "a fresh gmemtop exits cleanly" $? 0
no_drift "after the load" "$dir/top"
# The load holds its VMs, so the last output of the tools is the final state.
kill -TERM $top
wait $top
is "gmemtop exits cleanly" $? 0
kill -TERM $load
wait $load
is "the load exits cleanly" $? 0
all_ended() { [ "$(grep -c vm_end "$dir/live")" -ge 4 ]; }
await "gmemtrace emits the ends of 4 VMs" 240 all_ended
kill -TERM $live $text
wait $text
wait $live
is "gmemtrace exits cleanly" $? 0

done_n=$(sed -n 's/.* \([0-9]*\) conversions (.*/\1/p' "$dir/load")
comment "$done_n conversions; $(grep lost "$dir/live.err")"
check "the load does at least 10000 conversions" test "$done_n" -ge 10000
check "gmemtrace reports that it lost nothing" \
	grep -q 'lost ringbuf 0, vms 0, inflight 0, unpaired 0' "$dir/live.err"
is "gmemtrace emits one vm and one vm_end for each VM" "$(grep -c '"vm_end"' "$dir/live") $(grep -c '"event":"vm"' "$dir/live")" "4 4"

is "gmemtrace prints a line of text for every conversion" "$(grep -c ' convert ' "$dir/text")" \
	"$(jq '[.vms[].conversions[] | .count + .unchanged_count] | add' "$dir/ledger")"

ledger_results gmemtop "$dir/ledger" top "$dir/top"
ledger_results "a fresh gmemtop" "$dir/ledger" map "$dir/fresh"
ledger_results "gmemtrace live" "$dir/ledger" live "$dir/live"
plan
