// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "live/inventory_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Least interval between scans of a VM that could not be scanned, or keeps losing records. */
#define RETRY_NS	1000000000ULL

/* Returns the cost of scans, in memory that programs write to at any time, hence volatile. */
static volatile struct gmem_scan_cost *cost_of(const struct inventory *inv)
{
	return &inv->skel->bss->scan_cost;
}

struct inventory *inventory_new(struct gmem_bpf *skel)
{
	struct inventory *inv = calloc(1, sizeof(*inv));

	if (!inv)
		return NULL;
	inv->skel = skel;
	cost_of(inv)->budget_ns = BUDGET_NS;
	return inv;
}

static void set_pending(struct inventory *inv, struct inventory_vm *k, bool pending)
{
	inv->nr_pending += pending - k->pending;
	k->pending = pending;
}

static void set_changed(struct inventory *inv, struct inventory_vm *k, bool changed)
{
	inv->nr_changed += changed - k->changed;
	k->changed = changed;
}

/* Stops the scan of the VM, if there is one. */
static void stop_reading(struct inventory *inv, struct inventory_vm *k)
{
	if (k->scan.phase == GMEM_SCAN_FILES)
		scan_pass_end(&inv->files);
	k->scan.phase = GMEM_SCAN_IDLE;
	if (inv->now == k)
		inv->now = NULL;
}

static void remove_vm(struct inventory *inv, struct inventory_vm *k)
{
	stop_reading(inv, k);
	set_pending(inv, k, false);
	set_changed(inv, k, false);
	HASH_DEL(inv->vms, k);
	free(k);
}

void inventory_free(struct inventory *inv)
{
	struct inventory_vm *k, *tmp;

	if (!inv)
		return;
	HASH_ITER(hh, inv->vms, k, tmp)
		remove_vm(inv, k);
	scan_pass_end(&inv->find);
	scan_pass_end(&inv->files);
	scan_pass_end(&inv->holders);
	scan_pass_end(&inv->refresh);
	free(inv);
}

static struct inventory_vm *find_vm(struct inventory *inv, uint64_t vm)
{
	struct inventory_vm *k;

	HASH_FIND(hh, inv->vms, &vm, sizeof(vm), k);
	return k;
}

/* Returns the VM, or NULL without memory. A new one is added, and scheduled for a scan. */
static struct inventory_vm *get_vm(struct inventory *inv, uint64_t vm)
{
	struct inventory_vm *k = find_vm(inv, vm);

	if (k)
		return k;
	k = calloc(1, sizeof(*k));
	if (!k)
		return NULL;
	k->vm = vm;
	HASH_ADD(hh, inv->vms, vm, sizeof(k->vm), k);
	if (!k->hh.tbl) {
		free(k);
		return NULL;
	}
	set_pending(inv, k, true);
	return k;
}

int inventory_record(struct inventory *inv, const struct gmem_hdr *rec)
{
	struct inventory_vm *k;

	switch (rec->kind) {
	case GMEM_VM:
		k = get_vm(inv, rec->vm);
		if (!k)
			return -ENOMEM;
		if (!k->pid)
			k->pid = rec->tgid;
		k->vmm = rec->tgid;
		k->vmm_start_ns = ((const struct gmem_vm_rec *)rec)->start_ns;
		return 0;
	case GMEM_SCAN_FILE:
		k = get_vm(inv, rec->vm);
		if (k && ((const struct gmem_rec *)rec)->holder)
			k->pid = ((const struct gmem_rec *)rec)->holder;
		return k ? 0 : -ENOMEM;
	case GMEM_SCAN_BEGIN:
		k = find_vm(inv, rec->vm);
		if (k)
			k->lost = ((const struct gmem_rec *)rec)->lost_state;
		return 0;
	case GMEM_VM_END:
		k = find_vm(inv, rec->vm);
		if (k)
			remove_vm(inv, k);
		return 0;
	default:
		return 0;
	}
}

static void read_if_lost(struct inventory *inv, struct inventory_vm *k)
{
	if (k->lost_now == k->lost)
		return;
	k->with_files = true;
	set_pending(inv, k, true);
}

int inventory_counters(struct inventory *inv, uint64_t vm, const struct gmem_counters *c)
{
	struct inventory_vm *k;

	if (c->ended_ns) {
		k = find_vm(inv, vm);
		if (k)
			remove_vm(inv, k);
		return 0;
	}
	k = get_vm(inv, vm);
	if (!k)
		return -ENOMEM;
	k->lost_now = c->lost_state;
	if (k->scan.phase == GMEM_SCAN_IDLE)
		read_if_lost(inv, k);
	return 0;
}

/* Searches all processes, then starts the walk over the memslots of the VMs found. Returns 1 or -errno. */
static int find_step(struct inventory *inv)
{
	int more = scan_pass_step(inv, &inv->find);

	if (more)
		return more;
	inv->walking[WALK_FIND] = true;
	return 1;
}

int inventory_read_pages(struct inventory *inv, uint64_t vm, uint64_t ino)
{
	inv->pages = (struct gmem_scan){ .vm = vm, .ino = ino, .phase = GMEM_SCAN_CACHE };
	return 0;
}

static int read_pages_on(struct inventory *inv)
{
	int result = scan_run_on(inv, inv->skel->progs.scan_map, &inv->pages);

	if (result != GMEM_RUN_MORE)
		inv->pages.phase = GMEM_SCAN_IDLE;
	return result < 0 ? result : 1;
}

uint32_t inventory_vmm(const struct inventory *inv, uint64_t vm, uint64_t *start_ns)
{
	const struct inventory_vm *k;

	HASH_FIND(hh, inv->vms, &vm, sizeof(vm), k);
	*start_ns = k ? k->vmm_start_ns : 0;
	return k ? k->vmm : 0;
}

static void start_reading(struct inventory *inv, struct inventory_vm *k)
{
	k->tried_ns = gmem_now_ns();
	k->scan = (struct gmem_scan){
		.vm = k->vm, .phase = GMEM_SCAN_BEGINS, .with_files = k->with_files,
	};
	k->pass = ++inv->last_pass;
}

/* Returns the pending VM that has waited longest, or NULL. A new scan must wait for RETRY_NS. */
static struct inventory_vm *next_to_read(struct inventory *inv)
{
	struct inventory_vm *k, *tmp, *best = NULL;
	uint64_t now = gmem_now_ns();

	HASH_ITER(hh, inv->vms, k, tmp) {
		bool begun = k->scan.phase != GMEM_SCAN_IDLE;

		if (!k->pending || (!begun && k->tried_ns && now - k->tried_ns < RETRY_NS))
			continue;
		if (!best || k->tried_ns < best->tried_ns)
			best = k;
	}
	return best;
}

static void done_reading(struct inventory *inv, struct inventory_vm *k)
{
	k->with_files = false;
	set_pending(inv, k, false);
	stop_reading(inv, k);
	/* Check here: if the VM is idle from now on, no counters of it arrive. */
	read_if_lost(inv, k);
}

/* Takes a step of the one pass over all processes. Returns 1 if there is more, 0 if not, -errno. */
static int read_files(struct inventory *inv, struct inventory_vm *k)
{
	int more = 1;

	if (!inv->files.link) {
		more = scan_pass_begin(inv, &inv->files, 0, k->pass);
		inv->files.at.vm = k->vm;
		inv->files.at.identify = true;
	}
	if (more >= 0)
		more = scan_pass_step(inv, &inv->files);
	if (!more)
		k->scan.phase = GMEM_SCAN_SLOTS;
	return more;
}

/* Takes a step of the scan of the VM. Returns enum gmem_scan_result or -errno. */
static int read_on(struct inventory *inv, struct inventory_vm *k)
{
	int more;

	switch (k->scan.phase) {
	case GMEM_SCAN_FILES:
		more = read_files(inv, k);
		return more < 0 ? more : GMEM_RUN_MORE;
	case GMEM_SCAN_SLOTS:
		return scan_slots(inv, k, &k->scan, k->pass);
	default:
		return scan_run_on(inv, inv->skel->progs.scan_map, &k->scan);
	}
}

/* Lets other VMs go first if this one found no room, unless it is in its pass over the files of processes. */
static void take_turns(struct inventory *inv, struct inventory_vm *k, uint64_t room)
{
	if (cost_of(inv)->no_room == room || k->scan.phase == GMEM_SCAN_FILES)
		return;
	k->tried_ns = gmem_now_ns();
	inv->now = NULL;
}

static int read_step(struct inventory *inv)
{
	uint64_t room = cost_of(inv)->no_room;
	struct inventory_vm *k = inv->now;
	int result;

	if (!k)
		k = inv->now = next_to_read(inv);
	if (!k)
		return 0;
	if (k->scan.phase == GMEM_SCAN_IDLE)
		start_reading(inv, k);
	result = read_on(inv, k);
	if (result < 0 || result == GMEM_RUN_GONE) {
		stop_reading(inv, k);	/* the record of the VM's end follows, or the scan is repeated */
		return result < 0 ? result : 1;
	}
	if (k->scan.phase == GMEM_SCAN_DONE)
		done_reading(inv, k);
	else
		take_turns(inv, k, room);
	return 1;
}

int inventory_mark_blocks(struct inventory *inv, uint64_t vm)
{
	struct inventory_vm *k = get_vm(inv, vm);

	if (!k)
		return -ENOMEM;
	set_changed(inv, k, true);
	return 0;
}

static void mark_stale(struct inventory *inv, struct inventory_vm *k)
{
	k->with_files = true;
	set_pending(inv, k, true);
	k->lost = UINT64_MAX;	/* a scan in progress is followed by another */
}

void inventory_mark_stale(struct inventory *inv)
{
	struct inventory_vm *k, *tmp;

	HASH_ITER(hh, inv->vms, k, tmp)
		mark_stale(inv, k);
}

void inventory_mark_stale_vm(struct inventory *inv, uint64_t vm)
{
	struct inventory_vm *k = find_vm(inv, vm);

	if (k)
		mark_stale(inv, k);
}

int inventory_scan_blocks(struct inventory *inv)
{
	struct inventory_vm *k, *tmp;
	int result, left = 0;

	if (!inv->nr_changed)
		return 0;
	HASH_ITER(hh, inv->vms, k, tmp) {
		if (!k->changed)
			continue;
		inv->skel->bss->changed_vm = k->vm;
		result = scan_run(inv->skel->progs.scan_changed);
		if (result < 0)
			return result;
		if (result == GMEM_RUN_MORE)
			left = 1;
		else
			set_changed(inv, k, false);
	}
	return left;
}

/* Emits GMEM_BEHIND if its value has changed. */
static int emit_behind(struct inventory_vm *k, gmem_record_fn fn, void *ctx)
{
	struct gmem_rec r = {
		.h = { .ts_ns = gmem_now_ns(), .vm = k->vm, .kind = GMEM_BEHIND, .size = sizeof(r) },
		.behind = k->changed,
	};

	if (k->emitted_behind == k->changed)
		return 0;
	k->emitted_behind = k->changed;
	return fn(ctx, &r.h);
}

int inventory_emit_behind(struct inventory *inv, gmem_record_fn fn, void *ctx)
{
	struct inventory_vm *k, *tmp;
	int err = 0;

	HASH_ITER(hh, inv->vms, k, tmp) {
		if (!err)
			err = emit_behind(k, fn, ctx);
	}
	return err;
}

int inventory_step(struct inventory *inv)
{
	int more;

	if (inv->find.link)
		return find_step(inv);
	if (inv->walking[WALK_FIND]) {
		more = scan_all_slots(inv, WALK_FIND, inv->find.at.id);
		return more < 0 ? more : 1;
	}
	if (inv->pages.phase != GMEM_SCAN_IDLE)
		return read_pages_on(inv);
	return inv->nr_pending ? read_step(inv) : 0;
}

size_t inventory_pending(const struct inventory *inv)
{
	return inv->nr_pending + (inv->find.link != NULL);
}
