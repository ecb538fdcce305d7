#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests that the fields and the text of the kvm_gmem_* events, on which programs rely, are those of
# selftests/events/formats/ on every kernel. Runs inside the VM and prints TAP.
#
# Outside of a VM it updates these files:
#	GMEM_UPDATE_GOLDEN=1 selftests/events/formats.sh [OPTION OF selftests/vm/run]..
set -u
here=$(cd "$(dirname "$0")" && pwd)
golden=$here/formats
events=/sys/kernel/tracing/events/kvm

# normal_format FILE: prints a format without its ID and the fields that all events have.
normal_format()
{
	grep -vE '^ID: |field:.* common_[a-z_]+;' "$1" | cat -s
}

event_names()
{
	(cd $events 2> /dev/null && ls -d kvm_gmem_* 2> /dev/null)
}

golden_names()
{
	(cd "$golden" && ls -d kvm_gmem_*)
}

write_tar()
{
	local dir event

	dir=$(mktemp -d)
	for event in $(event_names); do
		normal_format "$events/$event/format" > "$dir/$event"
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
if [ -z "$(event_names)" ]; then
	echo "1..0 # SKIP the kernel has no events kvm_gmem_*"
	exit 4
fi

# may_lack EVENT: returns 0 if this kernel may lack the event, 1 if not, 2 if its configuration is unknown.
may_lack()
{
	local options option

	options=$(sed -n "s/^$1 //p" "$golden/conditional")
	[ -n "$options" ] || return 1
	[ -r /proc/config.gz ] || return 2
	for option in $options; do
		! zcat /proc/config.gz | grep -q "^$option=" || return 1
	done
}

for event in $( { event_names; golden_names; } | sort -u); do
	if [ ! -f "$golden/$event" ]; then
		not_ok "$event" "this new event has no file selftests/events/formats/$event"
	elif [ -d "$events/$event" ]; then
		is "$event" "$(normal_format "$events/$event/format")" "$(cat "$golden/$event")"
	else
		may_lack "$event"
		case $? in
		0) skip "$event" "not with this configuration of the kernel" ;;
		1) not_ok "$event" "the kernel lacks the event" ;;
		*) skip "$event" "the kernel lacks the event, and its configuration is unknown" ;;
		esac
	fi
done
plan
