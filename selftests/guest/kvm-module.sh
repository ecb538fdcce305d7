#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# KVM as a module is loaded, used, unloaded and loaded again while gmemtop runs with --wait.
# Needs a kernel with KVM=m and no module loaded: in-vm VERSION::m
. selftests/tap.sh
. selftests/guest/drift.sh
. selftests/guest/modules.sh
dir=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null' EXIT

# unload_kvm: gmemtop holds kvm.ko while it is attached, and releases it once kvm_amd is gone.
unload_kvm() {
	rmmod kvm_amd && wait_for 240 rmmod kvm 2> "$dir/rmmod"
}

use_it() { # name
	build/gmemload --vms 2 --count 200 --pattern mix --by mix --hold --ledger "$dir/ledger" \
		< <(exec sleep 600) > "$dir/load" &
	load=$!
	check "$1: VMs run" wait_for 100 grep -q holding "$dir/load"
	comes_to_equal "$1: gmemtop equals the ledger" "$dir/ledger" top "$dir/top"
	no_drift "$1" "$dir/top"
	kill -TERM $load
	wait $load
}

check "KVM is not loaded" test ! -e /dev/kvm
build/gmemtop -b -n 1 -d 0.1 > "$dir/out" 2>&1
is "gmemtop reports that /dev/kvm is missing" "$? $(grep -c /dev/kvm "$dir/out")" "4 1"

build/gmemtop --json --wait -d 0.5 > "$dir/top" 2> "$dir/top.err" &
top=$!
check "gmemtop --wait waits for KVM" wait_for 240 shows "$dir/top" '.probes | startswith("none")'
check "KVM is loaded" load_kvm
check "the types of KVM are in the BTF of the module" test -e /sys/kernel/btf/kvm
check "gmemtop attaches" wait_for 240 shows "$dir/top" '.probes | startswith("none") | not'
use_it "loaded"
check "KVM is unloaded" unload_kvm
check "gmemtop waits again" wait_for 240 shows "$dir/top" '.probes | startswith("none")'
check "KVM is loaded again" load_kvm
check "gmemtop attaches again" wait_for 240 shows "$dir/top" '.probes | startswith("none") | not'
use_it "loaded again"
kill -TERM $top
wait $top
is "gmemtop exits cleanly" "$? $(cat "$dir/top.err")" "0 "
check "KVM can be unloaded when gmemtop has ended" unload_kvm
plan
