#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests that the kernel has the events of its variant (selftests/events/variants), and that their fields and
# text, on which programs rely, are those of selftests/events/formats/. Runs inside the VM and prints TAP.
#
# Outside of a VM it updates these files:
#	GMEM_UPDATE_GOLDEN=1 selftests/events/formats.sh [OPTION OF selftests/vm/run]..
set -u
here=$(cd "$(dirname "$0")" && pwd)
golden=$here/formats
. "$here/variant.sh"

# normal_format FILE: prints a format without its ID, the fields that all events have, the names of exit
# reasons, of which each kernel has more than the one before, and the cause that only variant full has.
normal_format()
{
	grep -vE '^ID: |field:.* common_[a-z_]+;' "$1" | cat -s |
		sed -E 's/(, \{ [0-9]+, "KVM_EXIT_" "[A-Z0-9_]+" \})+/, .../g; s/, \{ 3, "join" \}//'
}

present_events()
{
	(cd $kvm_events 2> /dev/null && ls -d kvm_gmem_* kvm_mem_attributes_* "${!series[@]}" 2> /dev/null) | sort -u
}

write_tar()
{
	local dir event

	dir=$(mktemp -d)
	for event in $(present_events); do
		normal_format "$kvm_events/$event/format" > "$dir/$event"
	done
	tar -C "$dir" -cf - .
	rm -r "$dir"
}

if [ "${GMEM_UPDATE_GOLDEN:-0}" = 1 ]; then
	[ "$(uname -n)" = gmem-vm ] && { write_tar; exit; }
	# Files written in the VM do not reach the host, so the VM sends a tar.
	cd "$here/../.." || exit 1
	set -o pipefail
	selftests/vm/run "$@" -- selftests/events/formats.sh |
		tar -C "$golden" --no-same-owner --no-overwrite-dir --no-same-permissions -xf -
	exit
fi

. "$here/../tap.sh"
if [ "$kernel_variant" = stock ]; then
	echo "1..0 # SKIP the kernel is built without the series"
	exit 4
fi

for event in $( { present_events; printf '%s\n' "${!series[@]}"; } | sort -u); do
	status=${series[$event]-}
	if [ -z "$status" ]; then
		not_ok "$event" "this new event has no line in selftests/events/variants"
	elif [ "$status" = expected ] && [ ! -d "$kvm_events/$event" ]; then
		not_ok "$event" "the kernel lacks the event, which variant $kernel_variant has"
	elif [ "$status" = expected ]; then
		is "$event" "$(normal_format "$kvm_events/$event/format")" "$(cat "$golden/$event" 2>&1)"
	elif [ -d "$kvm_events/$event" ]; then
		not_ok "$event" "the kernel has the event: $status"
	else
		skip "$event" "$status"
	fi
done
plan
