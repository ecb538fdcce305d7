/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Maps shared by all programs: state per VM, losses, and the ring buffer to user space.
 */
#ifndef GMEM_STATE_BPF_H
#define GMEM_STATE_BPF_H

#include "gmem_kernel.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "gmem_abi.h"
#include "gmem_hist.h"
#include "gmem_maps.h"

/* User space clears the places, and deletes the entries, of VMs that ended. */
struct gmem_vm_state vms[VM_PLACES];

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u64);
	__type(value, struct gmem_vm_state);
} vms_overflow SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u64);
	__type(value, __u32);	/* enum gmem_vm_home */
} vm_homes SEC(".maps");

/* VMs that ever were in map vms_overflow: if 0, user space need not walk the map. */
__u64 overflowed_vms;

__u8 active[ACTIVE_VMS] __attribute__((aligned(8)));

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, GMEM_LOSSES);
	__type(key, __u32);
	__type(value, __u64);
} lost SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, GMEM_KINDS);
	__type(key, __u32);
	__type(value, __u64);
} lost_kinds SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);	/* user space sets the real size */
} records SEC(".maps");

/* Enabled probe groups (GMEM_PROBES_*), set by user space. */
__u32 enabled_groups;

static __always_inline bool is_enabled(__u32 group)
{
	return *(volatile __u32 *)&enabled_groups & group;
}

/*
 * Probes are attached one after the other, which takes a while. Programs neither count nor emit
 * until all are attached: that is time 0.
 */
static __always_inline bool started(void)
{
	return is_enabled(GMEM_PROBES_BASE);
}

/* Set at the end of a recording: later events are not counted, and user space drops their records. */
__u32 stopped;

/* Time 0, set before @enabled_groups. No record is earlier, even if its program read the clock before. */
__u64 begin_ns;

/* Fill level of the ring buffer that wakes the reader, which also polls ten times a second. */
const volatile __u64 wakeup_bytes = 256 << 10;

/*
 * bpf_get_current_pid_tgid(), helper 14, declared so that the compiler calls it once for each program. From
 * clang 23 on the attribute has no effect on a pointer: then it is called more often.
 */
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wignored-attributes"
static __u64 (*const this_id)(void) __attribute__((const)) = (void *)14;
#pragma clang diagnostic pop

static __always_inline void count_loss(__u32 reason)
{
	__u64 *n = bpf_map_lookup_elem(&lost, &reason);

	if (n)
		*n += 1;	/* not atomic: per CPU, and no other program interrupts this one */
}

/* Adds to a counter of a VM: several CPUs may serve one VM at once. */
static __always_inline void atomic_add(__u64 *counter, __u64 n)
{
	__sync_fetch_and_add(counter, n);
}

static __always_inline bool changes_state(__u32 kind)
{
	switch (kind) {
	case GMEM_VM:
	case GMEM_CREATE:
	case GMEM_RELEASE:
	case GMEM_BIND:
	case GMEM_UNBIND:
	case GMEM_ATTRIBUTES_END:
		return true;
	default:
		return false;
	}
}

/* Returns the state of a VM, or NULL for a new VM. */
static __always_inline struct gmem_vm_state *find_state(__u64 vm)
{
	struct gmem_vm_state *v = &vms[vm & (VM_PLACES - 1)];

	if (vm && *(volatile __u64 *)&v->vm == vm)
		return v;
	return bpf_map_lookup_elem(&vms_overflow, &vm);
}

/* Marks the VM as active, as its state may change. Returns the state, or NULL for a new VM. */
static __always_inline struct gmem_vm_state *mark_active(__u64 vm)
{
	if (!started())
		return NULL;
	*(volatile __u8 *)&active[vm & (ACTIVE_VMS - 1)] = 1;
	return find_state(vm);
}

/* Counts a record that was dropped for lack of room. If it changes state, user space scans the VM again. */
static __noinline int count_lost_record(__u64 vm, __u32 kind)
{
	struct gmem_vm_state *v = mark_active(vm);
	__u64 *n = bpf_map_lookup_elem(&lost_kinds, &kind);

	count_loss(GMEM_LOST_RINGBUF);
	if (n)
		*n += 1;
	if (!v)
		return 0;
	atomic_add(&v->c.lost_records, 1);
	if (changes_state(kind))
		atomic_add(&v->c.lost_state, 1);
	return 0;
}

/* Sets every byte of the header: the ring buffer gives out memory with old records. */
static __always_inline void fill_hdr(struct gmem_hdr *h, __u64 vm, __u16 kind, __u16 size, __u64 ts)
{
	__u64 id = this_id();

	h->ts_ns = ts < begin_ns ? begin_ns : ts;
	h->vm = vm;
	h->tgid = id >> 32;
	h->tid = id;
	h->kind = kind;
	h->size = size;
	h->cpu = bpf_get_smp_processor_id();
	h->flags = 0;
}

/* Records submitted. Not atomic: if CPUs race, a fill level is found by a later record. */
__u32 submitted;

/* Looks at the fill level once for CHECK_EVERY records. */
#define CHECK_EVERY	32

static __always_inline __u64 wakeup_flags(void)
{
	__u32 n = *(volatile __u32 *)&submitted + 1;

	*(volatile __u32 *)&submitted = n;
	if (n % CHECK_EVERY)
		return BPF_RB_NO_WAKEUP;
	return bpf_ringbuf_query(&records, BPF_RB_AVAIL_DATA) >= wakeup_bytes ?
		BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP;
}

static __always_inline void submit(void *rec)
{
	bpf_ringbuf_submit(rec, wakeup_flags());
}

/* Copies all but the header. */
static __always_inline void fill_body(struct gmem_rec *r, const struct gmem_rec *body)
{
	__builtin_memcpy(&r->ino, &body->ino, sizeof(*r) - sizeof(r->h));
}

static __always_inline void emit_always(__u64 vm, __u16 kind, __u64 ts, const struct gmem_rec *body)
{
	struct gmem_rec *r = bpf_ringbuf_reserve(&records, sizeof(*r), 0);

	if (!r) {
		count_lost_record(vm, kind);
		return;
	}
	fill_body(r, body);
	fill_hdr(&r->h, vm, kind, sizeof(*r), ts);
	submit(r);
}

static __always_inline void emit(__u64 vm, __u16 kind, __u64 ts, const struct gmem_rec *body)
{
	if (started())
		emit_always(vm, kind, ts, body);
}

/* Emits a record only if GMEM_PROBES_EVENTS is enabled, which it is with GMEM_PROBES_BASE only. */
static __always_inline void emit_event(__u64 vm, __u16 kind, __u64 ts, const struct gmem_rec *body)
{
	if (is_enabled(GMEM_PROBES_EVENTS))
		emit_always(vm, kind, ts, body);
}

#endif /* GMEM_STATE_BPF_H */
