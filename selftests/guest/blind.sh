#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Programs that the kernel stops calling are reported within two refreshes, and no map is current
# from then on. Usage: blind.sh [stock]
. selftests/tap.sh
. selftests/guest/drift.sh
stock=${1-}
dir=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null' EXIT

build/gmemload --vms 2 --mem 16M --pause-us 2000 --count 1000000 --pattern mix --by mix --ledger "$dir/ledger" \
	< <(exec sleep 600) > "$dir/load" 2>&1 &
load=$!

# start NAME: starts gmemtop; ok when it shows current maps of both VMs
start() {
	: > "$dir/top"
	build/gmemtop --json -d 1 > "$dir/top" 2> "$dir/err" &
	top=$!
	check "$1" wait_for 240 shows "$dir/top" '[.vms[] | select(.map_state == "current")] | length == 2'
}
stop() { kill $top; wait $top; }
lines() { [ "$(wc -l < "$dir/top")" -ge "$1" ]; }

# reported FUNCTION COMMAND..: prints the number of refreshes after COMMAND until FUNCTION is reported
# blind, at most 10
reported() {
	local before n

	before=$(wc -l < "$dir/top")
	"${@:2}" > "$dir/done" 2>&1 || { echo "failed: $(cat "$dir/done")"; return; }
	for n in $(seq 10); do
		wait_for 240 lines $((before + n)) || { echo "no refresh within 240 s"; return; }
		sed -n "$((before + n))p" "$dir/top" | jq_true ".blind | index(\"$1\") != null" > "$dir/done" && break
	done
	echo "$n"
}
soon() { # NAME FUNCTION COMMAND..: allows two refreshes after the one in progress
	local n

	n=$(reported "${@:2}")
	comment "$1: reported in refresh $n"
	check "$1: reported within two refreshes" test "$n" -ge 1 -a "$n" -le 3
	check "$1: maps are no longer current" shows "$dir/top" \
		'(.vms | length == 2) and ([.vms[] | select(.map_state == "current")] == [])'
}

start "gmemtop shows current maps"
is "no function is blind" "$(last_of "$dir/top" | jq -c .blind)" "[]"
soon "function tracing is switched off" kvm_arch_destroy_vm sh -c 'echo 0 > /proc/sys/kernel/ftrace_enabled'
stop
check "gmemtop starts without function tracing" sh -c "build/gmemtop --json -n 2 -d 1 > $dir/top 2> $dir/err"
check "gmemtop reports the blind functions from the start" shows "$dir/top" '.blind | index("kvm_arch_destroy_vm") != null'
echo 1 > /proc/sys/kernel/ftrace_enabled

function=kvm_mem_attributes_end program=on_attributes_end
[ "$stock" != stock ] || function=kvm_vm_ioctl program=stock_attributes_exit
start "function tracing is on again: maps are current"
soon "the link on $function is closed" $function build/blind close $top $program
stop
kill $load
wait $load
if [ "$stock" = stock ]; then
	build/blind contradict > "$dir/out" 2> "$dir/err"
	is "the second conversion whose ioctl is missed reveals a blind kvm_vm_ioctl" \
		"$? $(paste -sd ' ' "$dir/out") $(cat "$dir/err")" "0 none none none kvm_vm_ioctl "

	echo "# another tool attaches while a conversion is in progress: the kernel skips the programs at its end"
	mkfifo "$dir/requests"
	: > "$dir/converted" > "$dir/top"
	build/gmemtop --json -d 1 > "$dir/top" 2> "$dir/err" &
	top=$!
	check "gmemtop starts" wait_for 240 test -s "$dir/top"
	build/blind convert 32 < "$dir/requests" > "$dir/converted" &
	exec 5> "$dir/requests"
	build/blind convert 32 < <(exec sleep 600) > "$dir/idle" &	# its map must not stay stale either
	current() { shows "$dir/top" "[.vms[] | [.map_state, .extents]] | sort == [[\"current\",0],[\"current\",$1]]"; }
	check "gmemtop shows both VMs" wait_for 240 current 0
	echo private >&5
	others=0
	until grep -q private "$dir/converted"; do
		build/gmemtop --json -n 1 > "$dir/other" 2>&1
		others=$((others + 1))
	done
	comment "$others tools attached and detached meanwhile"
	check "gmemtop shows the result of the conversion" wait_for 240 current 1
	seen=$(last_of "$dir/top" | jq '[.vms[].to_private_count] | add')
	comment "$seen of 3 ends of conversions were seen"
	echo shared >&5
	check "ends that were skipped are counted when their thread converts again" wait_for 240 shows "$dir/top" \
		"[([.vms[].to_shared_count] | add), .lost.skipped] == [3, $((3 - seen))]"
	comment "$(last_of "$dir/top" | jq -c .lost)"
	check "both maps are exact after skipped ends" wait_for 240 current 0
	exec 5>&-
	stop
fi
plan
