#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Programs that stop running behind the tool's back are reported within two refreshes, and no map is
# current from then on. Usage: blind.sh [stock]
. selftests/tap.sh
stock=${1-}
dir=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null' EXIT

build/gmemload --vms 2 --mem 16M --pause-us 2000 --count 1000000 --pattern mix --by mix --ledger "$dir/ledger" \
	< <(exec sleep 600) > "$dir/load" 2>&1 &
load=$!

# start: gmemtop, until it shows current maps of both VMs
start() {
	: > "$dir/top"
	build/gmemtop --json -d 1 > "$dir/top" 2> "$dir/err" &
	top=$!
	wait_for 60 shows '[.vms[] | select(.map_state == "current")] | length == 2'
}
# The last line that was written to its end.
last() { grep '}$' "$dir/top" | tail -1; }
# Succeeds only if there is a line: jq does without one, too.
shows() { [ "$(last | jq "$1")" = true ]; }
stop() { kill $top; wait $top; }

# reported FUNCTION: the refreshes from now on until it is, but no more than 10
reported() {
	local before n

	before=$(wc -l < "$dir/top")	# lines that end
	"${@:2}" > "$dir/done" 2>&1 || { echo "failed: $(cat "$dir/done")"; return; }
	for n in $(seq 10); do
		wait_for 30 sh -c "test \$(wc -l < $dir/top) -ge $((before + n))"
		[ "$(sed -n "$((before + n))p" "$dir/top" | jq ".blind | index(\"$1\") != null")" = true ] && break
	done
	echo "$n"
}
soon() { # NAME FUNCTION COMMAND..: the refresh that was under way does not count
	local n

	n=$(reported "${@:2}")
	check "$1: reported within two refreshes ($n)" test "$n" -ge 1 -a "$n" -le 3
	check "$1: no map is current any more" shows '[.vms[] | select(.map_state == "current")] == []'
}

start
report $? "gmemtop shows current maps"
is "nothing is blind" "$(last | jq -c .blind)" "[]"
soon "tracing of functions is switched off" kvm_arch_destroy_vm sh -c 'echo 0 > /proc/sys/kernel/ftrace_enabled'
stop
check "gmemtop starts with it" sh -c "build/gmemtop --json -n 2 -d 1 > $dir/top 2> $dir/err"
check "and reports it at once" shows '.blind | index("kvm_arch_destroy_vm") != null'
echo 1 > /proc/sys/kernel/ftrace_enabled

function=kvm_gmem_attributes_end program=on_attributes_end
[ "$stock" != stock ] || function=kvm_vm_ioctl program=stock_attributes_exit
start
report $? "it is on again: maps are current"
soon "somebody closes the link on $function" $function build/blind close $top $program
stop
kill $load
wait $load
if [ "$stock" = stock ]; then
	build/blind contradict > "$dir/out" 2> "$dir/err"
	is "a conversion without its ioctl is a contradiction, at the second" \
		"$? $(paste -sd ' ' "$dir/out") $(cat "$dir/err")" "0 none none none kvm_vm_ioctl "

	echo "# another tool attaches while a conversion is in progress: the kernel skips the programs at its end"
	mkfifo "$dir/requests"
	: > "$dir/converted"
	build/gmemtop --json -d 1 > "$dir/top" 2> "$dir/err" &
	top=$!
	check "gmemtop starts" wait_for 240 test -s "$dir/top"
	build/blind convert 32 < "$dir/requests" > "$dir/converted" &
	exec 5> "$dir/requests"
	build/blind convert 32 < <(exec sleep 600) > "$dir/idle" &	# its map must not stay stale either
	current() { shows "[.vms[] | [.map_state, .extents]] | sort == [[\"current\",0],[\"current\",$1]]"; }
	check "gmemtop shows both VMs" wait_for 240 current 0
	echo private >&5
	others=0
	until grep -q private "$dir/converted"; do
		build/gmemtop --json -n 1 > "$dir/other" 2>&1
		others=$((others + 1))
	done
	comment "$others tools came and went meanwhile"
	check "what the conversion did is shown" wait_for 240 current 1
	seen=$(last | jq '[.vms[].to_private_count] | add')
	comment "$seen of 3 ends were seen"
	echo shared >&5
	check "its thread converts again: an end that was skipped is counted" \
		wait_for 240 shows "[([.vms[].to_shared_count] | add), .lost.skipped] == [3, $((3 - seen))]"
	comment "$(last | jq -c .lost)"
	check "and both maps are right" wait_for 60 current 0
	exec 5>&-
	stop
fi
plan
