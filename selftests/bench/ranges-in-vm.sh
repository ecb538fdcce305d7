#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Inside the VM: runs gmem_ranges in a memory cgroup of its own. Prints its JSON lines with the
# kernel's variant. Usage: ranges-in-vm.sh VARIANT MAX_GIB [GROUP..]
set -u
variant=$1 max=$2
shift 2
cgroups=/sys/fs/cgroup

mount_all()
{
	mountpoint -q $cgroups || mount -t cgroup2 none $cgroups
	mountpoint -q /sys/kernel/debug || mount -t debugfs none /sys/kernel/debug
	mountpoint -q /sys/kernel/tracing || mount -t tracefs none /sys/kernel/tracing
}

enter_cgroup()
{
	echo +memory > $cgroups/cgroup.subtree_control
	mkdir $cgroups/ranges && echo $$ > $cgroups/ranges/cgroup.procs
}

mount_all && enter_cgroup || exit
[ $# -gt 0 ] || set -- sizes slots states fragments mapped phases
for group in "$@"; do
	build/gmem_ranges --group "$group" --max-size "$max" | sed "s/^{/{\"variant\": \"$variant\", /"
	[ "${PIPESTATUS[0]}" -eq 0 ] || exit 1
done
