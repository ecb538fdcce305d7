// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "abi/kinds.h"

const struct gmem_kind_info gmem_kinds[GMEM_KINDS] = {
	[GMEM_VM]		= { "vm", "vm", GMEM_META, .unit = GMEM_NONE },
	[GMEM_VM_END]		= { "vm_end", "vm_end", GMEM_INSTANT, .unit = GMEM_NONE },
	[GMEM_CREATE]		= { "create", "create", GMEM_INSTANT, GMEM_PGOFF, GMEM_ARG_FLAGS,
				    .has_ino = true, .has_ret = true },
	[GMEM_RELEASE]		= { "release", "release", GMEM_INSTANT,
				    .has_ino = true, .has_nr_pages = true },
	[GMEM_BIND]		= { "bind", "bind", GMEM_INSTANT, GMEM_GFN, GMEM_ARG_PGOFF, "slot",
				    .has_ino = true, .has_ret = true },
	[GMEM_UNBIND]		= { "unbind", "unbind", GMEM_INSTANT, GMEM_GFN, GMEM_ARG_PGOFF,
				    "slot", .has_ino = true },
	[GMEM_FALLOCATE_BEGIN]	= { "fallocate_begin", "fallocate", GMEM_BEGIN, GMEM_PGOFF,
				    GMEM_ARG_MODE, .has_ino = true },
	[GMEM_FALLOCATE_END]	= { "fallocate_end", "fallocate", GMEM_END, GMEM_PGOFF,
				    GMEM_ARG_MODE, .has_ino = true, .has_nr_pages = true,
				    .has_ret = true,
				    .begin = GMEM_FALLOCATE_BEGIN },
	[GMEM_INVALIDATE_BEGIN]	= { "invalidate_begin", "invalidate", GMEM_BEGIN, GMEM_EITHER,
				    GMEM_ARG_CAUSE, .has_ino = true },
	[GMEM_INVALIDATE_END]	= { "invalidate_end", "invalidate", GMEM_END, GMEM_EITHER,
				    GMEM_ARG_CAUSE, .has_ino = true,
				    .begin = GMEM_INVALIDATE_BEGIN },
	[GMEM_ATTRIBUTES_BEGIN]	= { "attributes_begin", "attributes", GMEM_BEGIN, GMEM_EITHER,
				    GMEM_ARG_ATTRIBUTES, .aux = NULL },
	[GMEM_ATTRIBUTES_END]	= { "attributes_end", "attributes", GMEM_END, GMEM_EITHER,
				    GMEM_ARG_ATTRIBUTES, "changed", .has_ret = true,
				    .begin = GMEM_ATTRIBUTES_BEGIN },
	[GMEM_MEMORY_FAULT]	= { "memory_fault", "memory_fault", GMEM_INSTANT, GMEM_GFN,
				    GMEM_ARG_FLAGS, "vcpu", .has_ret = true },
	[GMEM_COUNTERS]		= { "counters", "counters", GMEM_META, .unit = GMEM_NONE },
	[GMEM_LOST]		= { "lost", "lost", GMEM_META, .unit = GMEM_NONE },
	[GMEM_ATTRIBUTES_PHASE]	= { "attributes_phase", "attributes_phase", GMEM_INSTANT,
				    GMEM_EITHER, GMEM_ARG_PHASE, .aux = NULL },
	[GMEM_FAULT_BEGIN]	= { "fault_begin", "fault", GMEM_BEGIN, GMEM_GFN, GMEM_ARG_PGOFF,
				    .has_ino = true },
	[GMEM_FAULT_END]	= { "fault_end", "fault", GMEM_END, GMEM_GFN, GMEM_ARG_PREPARE_NS,
				    "order", .has_ino = true, .has_nr_pages = true,
				    .has_ret = true,
				    .begin = GMEM_FAULT_BEGIN },
	[GMEM_FAULT_RETRY]	= { "fault_retry", "fault_retry", GMEM_INSTANT, GMEM_GFN,
				    GMEM_ARG_ATTRIBUTES, "vcpu", .has_ino = false },
	[GMEM_PREFETCH_RETRY]	= { "prefetch_retry", "prefetch_retry", GMEM_INSTANT, GMEM_GFN,
				    GMEM_ARG_ATTRIBUTES, "vcpu", .has_ino = false },
	[GMEM_MEMORY_ERROR]	= { "memory_error", "memory_error", GMEM_INSTANT, GMEM_PGOFF,
				    .has_ino = true },
	[GMEM_USER_FAULT_BEGIN]	= { "user_fault_begin", "user_fault", GMEM_BEGIN, GMEM_PGOFF,
				    GMEM_ARG_USER, .has_ino = true },
	[GMEM_USER_FAULT_END]	= { "user_fault_end", "user_fault", GMEM_END, GMEM_PGOFF,
				    GMEM_ARG_USER, .has_ino = true, .has_nr_pages = true,
				    .has_ret = true,
				    .begin = GMEM_USER_FAULT_BEGIN },
	[GMEM_POPULATE_BEGIN]	= { "populate_begin", "populate", GMEM_BEGIN, GMEM_GFN,
				    .has_ino = true },
	[GMEM_POPULATE_END]	= { "populate_end", "populate", GMEM_END, GMEM_GFN,
				    .has_ino = true, .has_nr_pages = true, .has_ret = true,
				    .begin = GMEM_POPULATE_BEGIN },
	[GMEM_SCAN_BEGIN]	= { "scan_begin", "scan_begin", GMEM_META, .unit = GMEM_NONE },
	[GMEM_SCAN_FILE]	= { "scan_file", "scan_file", GMEM_META, GMEM_PGOFF, GMEM_ARG_FLAGS,
				    .has_ino = true, .has_nr_pages = true },
	[GMEM_SCAN_SLOT]	= { "scan_slot", "scan_slot", GMEM_META, GMEM_GFN, GMEM_ARG_PGOFF,
				    "slot", .has_ino = true },
	[GMEM_SCAN_MAP]		= { "scan_map", "scan_map", GMEM_META, .unit = GMEM_NONE },
	[GMEM_SCAN_END]		= { "scan_end", "scan_end", GMEM_META, .unit = GMEM_NONE },
	[GMEM_STALL_BEGIN]	= { "stall_begin", "stall", GMEM_BEGIN, GMEM_GFN,
				    GMEM_ARG_ATTRIBUTES, "vcpu", .has_ino = false },
	[GMEM_STALL_END]	= { "stall_end", "stall", GMEM_END, GMEM_GFN,
				    GMEM_ARG_ATTRIBUTES, "vcpu", .has_ino = false,
				    .begin = GMEM_STALL_BEGIN },
	[GMEM_INFLIGHT]		= { "inflight", "inflight", GMEM_META, .unit = GMEM_NONE },
	[GMEM_NAME]		= { "name", "name", GMEM_META, .unit = GMEM_NONE },
	[GMEM_LOST_CPU]		= { "lost_cpu", "lost_cpu", GMEM_META, .unit = GMEM_NONE },
	[GMEM_PAGES]		= { "pages", "pages", GMEM_META, .unit = GMEM_NONE },
	[GMEM_SHARED_PAGES]	= { "shared_pages", "shared_pages", GMEM_META, .unit = GMEM_NONE },
	[GMEM_DOUBLE_BACKED]	= { "double_backed", "double_backed", GMEM_META, .unit = GMEM_NONE },
	[GMEM_BACKING]		= { "backing", "backing", GMEM_META, .unit = GMEM_NONE },
	[GMEM_SYNC]		= { "sync", "sync", GMEM_META, .unit = GMEM_NONE },
	[GMEM_HOLDER]		= { "holder", "holder", GMEM_META, .unit = GMEM_NONE },
	[GMEM_HOLDERS]		= { "holders", "holders", GMEM_META, .unit = GMEM_NONE },
	[GMEM_CLOCK]		= { "clock", "clock", GMEM_META, .unit = GMEM_NONE },
	[GMEM_PHASE]		= { "phase", "phase", GMEM_META, GMEM_EITHER, GMEM_ARG_PHASE, .aux = NULL },
	[GMEM_BEHIND]		= { "behind", "behind", GMEM_META, .unit = GMEM_NONE },
	[GMEM_MAPPED]		= { "mapped", "mapped", GMEM_META, .unit = GMEM_NONE },
	[GMEM_COST]		= { "cost", "cost", GMEM_META, .unit = GMEM_NONE },
	[GMEM_PROBES]		= { "probes", "probes", GMEM_META, .unit = GMEM_NONE },
};

const char *const gmem_arg_keys[] = {
	[GMEM_ARG_PGOFF]	= "pgoff",
	[GMEM_ARG_FLAGS]	= "flags",
	[GMEM_ARG_MODE]		= "mode",
	[GMEM_ARG_CAUSE]	= "cause",
	[GMEM_ARG_ATTRIBUTES]	= "attributes",
	[GMEM_ARG_PHASE]	= "phase",
	[GMEM_ARG_PREPARE_NS]	= "prepare_ns",
	[GMEM_ARG_USER]		= "by",
};

const char *const gmem_direction_names[GMEM_DIRECTIONS] = {
	[GMEM_TO_SHARED]	= "to_shared",
	[GMEM_TO_PRIVATE]	= "to_private",
};

const char *const gmem_phase_names[GMEM_PHASES] = {
	[GMEM_PHASE_LOCK]	= "lock",
	[GMEM_PHASE_CHECK]	= "check",
	[GMEM_PHASE_RESERVE]	= "reserve",
	[GMEM_PHASE_ZAP]	= "zap",
	[GMEM_PHASE_STORE]	= "store",
	[GMEM_PHASE_MIXED]	= "mixed",
};

const char *const gmem_event_names[GMEM_EVENTS] = {
	[GMEM_EVENT_VM_END]		= "vm_end",
	[GMEM_EVENT_STALL]		= "stall",
	[GMEM_EVENT_CREATE]		= "create",
	[GMEM_EVENT_RELEASE]		= "release",
	[GMEM_EVENT_BIND]		= "bind",
	[GMEM_EVENT_UNBIND]		= "unbind",
	[GMEM_EVENT_FALLOCATE_BEGIN]	= "fallocate_begin",
	[GMEM_EVENT_FALLOCATE_END]	= "fallocate_end",
	[GMEM_EVENT_ATTRIBUTES_BEGIN]	= "attributes_begin",
	[GMEM_EVENT_ATTRIBUTES_END]	= "attributes_end",
	[GMEM_EVENT_ATTRIBUTES_PHASE]	= "attributes_phase",
	[GMEM_EVENT_WINDOW]		= "window",
	[GMEM_EVENT_INVALIDATE]		= "invalidate",
	[GMEM_EVENT_MEMORY_FAULT]	= "memory_fault",
	[GMEM_EVENT_MEMORY_ERROR]	= "memory_error",
	[GMEM_EVENT_FAULT_RETRY]	= "fault_retry",
	[GMEM_EVENT_FAULT_BEGIN]	= "fault_begin",
	[GMEM_EVENT_FAULT_END]		= "fault_end",
	[GMEM_EVENT_USER_FAULT_BEGIN]	= "user_fault_begin",
	[GMEM_EVENT_USER_FAULT_END]	= "user_fault_end",
	[GMEM_EVENT_POPULATE]		= "populate",
};

const char *const gmem_loss_names[GMEM_LOSSES] = {
	[GMEM_LOST_RINGBUF]	= "ringbuf",
	[GMEM_LOST_VMS]		= "vms",
	[GMEM_LOST_INFLIGHT]	= "inflight",
	[GMEM_LOST_UNPAIRED]	= "unpaired",
	[GMEM_LOST_RANGE]	= "range",
	[GMEM_LOST_DAMAGED]	= "damaged",
	[GMEM_LOST_SKIPPED]	= "skipped",
};

enum gmem_unit gmem_unit_of(const struct gmem_rec *r)
{
	const struct gmem_kind_info *k = gmem_kind(r->h.kind);

	if (!k)
		return GMEM_NONE;
	if (k->unit == GMEM_EITHER)
		return r->ino ? GMEM_PGOFF : GMEM_GFN;
	return k->unit;
}

size_t gmem_kind_bytes(unsigned int kind)
{
	switch (kind) {
	case GMEM_VM:		return sizeof(struct gmem_vm_rec);
	case GMEM_COUNTERS:	return sizeof(struct gmem_counters_rec);
	case GMEM_LOST:		return sizeof(struct gmem_lost_rec);
	case GMEM_LOST_CPU:	return sizeof(struct gmem_lost_cpu_rec);
	case GMEM_NAME:		return sizeof(struct gmem_name_rec);
	case GMEM_PROBES:	return sizeof(struct gmem_probes_rec);
	case GMEM_STALL_END:	return sizeof(struct gmem_stall_rec);
	case GMEM_HOLDER:	return sizeof(struct gmem_holder_rec);
	case GMEM_COST:		return sizeof(struct gmem_cost_rec);
	case GMEM_CLOCK:	return sizeof(struct gmem_clock_rec);
	case GMEM_MAPPED:	return sizeof(struct gmem_mapped_rec);
	case GMEM_SCAN_MAP:
	case GMEM_PAGES:
	case GMEM_DOUBLE_BACKED:
	case GMEM_SHARED_PAGES:	return sizeof(struct gmem_map_rec);
	default:		return gmem_kind(kind) ? sizeof(struct gmem_rec) : 0;
	}
}
