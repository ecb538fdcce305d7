# SPDX-License-Identifier: GPL-2.0-only
# The table selftests/events/variants, for shell tests inside the VM. Sourced. variant.c is the same for C.
# Sets kernel_variant, and series, which maps each event of any variant to "expected" if this kernel must have
# it, or to the reason why not.
kvm_events=/sys/kernel/tracing/events/kvm

# $GMEM_VARIANT, or what the kernel's events suggest. Variant full has the events of trace.
kernel_variant=${GMEM_VARIANT-}
if [ -n "$kernel_variant" ]; then
	:
elif [ -e $kvm_events/kvm_gmem_fallocate_end ]; then
	kernel_variant=trace
elif [ -e $kvm_events/kvm_memory_fault_exit ]; then
	kernel_variant=core
else
	kernel_variant=stock
fi

# event_status EVENT VARIANT OPTIONS: sets status. A kernel that has one of the options must have the event.
event_status()
{
	case $2:$kernel_variant in
	core:core | core:trace | trace:trace | *:full) ;;
	*)
		status="variant $kernel_variant does not have it"
		return ;;
	esac
	status=expected
	[ -n "$3" ] || return 0
	if [ -r /proc/config.gz ]; then
		zcat /proc/config.gz | grep -qE "^(${3// /|})=" || status="not with this configuration of the kernel"
	elif [ ! -e "$kvm_events/$1" ]; then
		status="the kernel's configuration is unknown"
	fi
}

declare -A series
while read -r event variant options; do
	case $event in kvm_*) ;; *) continue ;; esac
	event_status "$event" "$variant" "$options"
	series[$event]=$status
done < "$(dirname "${BASH_SOURCE[0]}")/variants"
unset event variant options status

# expected_events: prints the events that this kernel must have.
expected_events()
{
	local event

	for event in "${!series[@]}"; do
		[ "${series[$event]}" != expected ] || echo "$event"
	done | sort
}
