#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Detection of blind programs, which are attached and do not run. Counts the runs of gmemtop's
# programs on kvm_vm_ioctl, and of one attached with fentry alone, under a load with a fixed number
# of calls: gmemtop must count those that fentry misses.
. selftests/tap.sh
. selftests/guest/drift.sh
dir=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null' EXIT
tracing=/sys/kernel/tracing

# runs NAME: prints the run count of the loaded programs of that name and of its variant for kprobes.
runs() {
	bpftool prog show --json | jq -r --arg n "$1" '[.[] | select((.name // "") as $m |
		$m == $n or $m == $n + "_k") | .run_cnt // 0] | add // "not loaded"'
}

start() { # NAME PATTERN COMMAND..: waits for PATTERN in the output, which COMMAND prints once it has attached
	"${@:3}" > "$dir/$1" 2> "$dir/$1.err" &
	wait_for 240 grep -q "$2" "$dir/$1" || not_ok "$1 attaches" "$(cat "$dir/$1.err")"
}

# end NAME PID: interrupts bpftrace until it ends, as it can miss a signal that arrives while it is not in
# epoll_wait(). The pause lets it print its maps: a second signal kills it while it does.
end() {
	ended() { ! kill -0 "$1"; }
	for _ in $(seq 8); do
		kill -INT "$2" 2> "$dir/kill"
		! wait_for 30 ended "$2" || return 0
	done
	not_ok "$1 ends" "it runs after 8 signals"
}

use_kvm() { # calls of KVM_SET_MEMORY_ATTRIBUTES: 4 per round and thread
	rm -f "$dir/ledger" "$dir/load"
	build/distro_load 1 "$1" "$dir/ledger" > "$dir/load" &
	load=$!
	await "the load completes" 240 grep -q holding "$dir/load"
}

sysctl -q kernel.bpf_stats_enabled=1
start top . build/gmemtop --json -d 1
use_kvm 50
comment "ftrace has patched: $(grep -c '^kvm_vm_ioctl ' $tracing/enabled_functions) record of kvm_vm_ioctl"
comment "records behind it: $(grep -A1 -w '^kvm_vm_ioctl' $tracing/available_filter_functions | tail -1)"
for program in stock_attributes stock_attributes_exit stock_check; do
	comment "$program ran $(runs $program) times"
done
if command -v bpftrace > /dev/null; then
	kill $load
	start fentry ready bpftrace -e 'kfunc:kvm_vm_ioctl { @n = count(); } BEGIN { printf("ready\n"); }'
	fentry=$!
	start kprobe ready bpftrace -e 'kprobe:kvm_vm_ioctl { @n = count(); } BEGIN { printf("ready\n"); }'
	kprobe=$!
	use_kvm 50
	end fentry $fentry
	end kprobe $kprobe
	comment "fentry alone: $(grep -o '@n: .*' "$dir/fentry" || cat "$dir/fentry.err")"
	comment "kprobe alone: $(grep -o '@n: .*' "$dir/kprobe" || cat "$dir/kprobe.err")"
fi
pid=$(jq .pid "$dir/ledger")
want=$(jq -c '[.counts.to_shared_unchanged]' "$dir/ledger")
counted() { last_of "$dir/top" | jq -c --argjson p "$pid" '[.vms[] | select(.pid == $p) | .to_shared_unchanged]'; }
all_counted() { [ "$(counted)" = "$want" ]; }
wait_for 240 all_counted || :
is "gmemtop has counted all conversions of the last load" "$(counted)" "$want"
plan
