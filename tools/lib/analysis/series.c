// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "analysis/series.h"

#include <stddef.h>

#define PHASE(p, name, help) [GMEM_S_PHASE + (p)] = { name, name, help, true, true }

const struct gmem_series gmem_series[GMEM_SERIES] = {
	[GMEM_S_CONVERSION] = { "conversion", "conversion",
		"KVM_SET_MEMORY_ATTRIBUTES that changed something", true, true },
	PHASE(GMEM_PHASE_LOCK, "lock", "waits for slots_lock"),
	PHASE(GMEM_PHASE_CHECK, "check", "checks whether anything has to change"),
	PHASE(GMEM_PHASE_RESERVE, "reserve", "memory for the new attributes"),
	PHASE(GMEM_PHASE_ZAP, "zap", "mappings go, TLBs are flushed"),
	PHASE(GMEM_PHASE_STORE, "store", "attributes are stored"),
	PHASE(GMEM_PHASE_MIXED, "mixed", "which huge pages are possible now"),
	[GMEM_S_STALL] = { "stall", "stall",
		"from the exit of a vCPU that asks to its re-entry", true, true },
	[GMEM_S_STALL_IOCTL] = { "stall_ioctl", "ioctl",
		"of a stall: in KVM_SET_MEMORY_ATTRIBUTES", true, true },
	[GMEM_S_STALL_DISCARD] = { "stall_discard", "discard",
		"of a stall: punching the guest_memfd", true, true },
	[GMEM_S_STALL_VMM] = { "stall_vmm", "VMM",
		"of a stall: the rest, which is the VMM's own", true, true },
	[GMEM_S_WINDOW] = { "window", "window",
		"invalidation window of a conversion", false, true },
	[GMEM_S_INVALIDATE] = { "invalidate", "invalidate",
		"invalidation window of a punch, a release or a memory error", false, true },
	[GMEM_S_PUNCH] = { "punch", "punch", "a hole punched into guest_memfd", false, true },
	[GMEM_S_ALLOCATE] = { "allocate", "allocate", "guest_memfd preallocated", false, true },
	[GMEM_S_FAULT] = { "fault", "fault", "a private page found or allocated for a vCPU",
		false, false },
	[GMEM_S_TOUCH] = { "touch", "first touch", "of these: a page was allocated", false, false },
	[GMEM_S_TOUCH_AGAIN] = { "touch_converted", "after convert",
		"of these: first touch since the page was converted to private", false, false },
	[GMEM_S_USER_FAULT] = { "user_fault", "user fault", "guest_memfd mapped by the VMM",
		false, false },
	[GMEM_S_GUEST_FAULT] = { "guest_fault", "guest fault",
		"guest_memfd mapped by the VMM, touched by a vCPU", false, false },
	[GMEM_S_POPULATE] = { "populate", "populate", "private memory filled by the VMM",
		false, true },
};

const struct gmem_operation_info gmem_operations[GMEM_OPERATIONS] = {
	[GMEM_O_PUNCH]		= { "punch", "punches", "that freed nothing" },
	[GMEM_O_ALLOCATE]	= { "allocate", "preallocations", "that allocated nothing" },
	[GMEM_O_POPULATE]	= { "populate", "populate", NULL },
	[GMEM_O_FAULT]		= { "fault", "faults of vCPUs", NULL },
	[GMEM_O_USER_FAULT]	= { "user_fault", "faults of VMM", NULL },
	[GMEM_O_GUEST_FAULT]	= { "guest_fault", "faults on mappings", NULL },
	[GMEM_O_CREATE]		= { "create", "files created", NULL },
	[GMEM_O_BIND]		= { "bind", "bindings", NULL },
};

const struct gmem_size_class gmem_size_classes[GMEM_CLASSES] = {
	{ "4K", 1 },
	{ "64K", 16 },
	{ "2M", 512 },
	{ "32M", 8192 },
	{ "1G", 262144 },
	{ "more", UINT64_MAX },
};

unsigned int gmem_size_class(uint64_t pages)
{
	unsigned int i = 0;

	while (pages > gmem_size_classes[i].max_pages)
		i++;
	return i;
}
