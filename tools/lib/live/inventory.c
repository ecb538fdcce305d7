// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Inventory of VMs and the scans that keep it current. Longer than 400 lines because all kinds of scans share
 * the state of a VM, which no other file uses.
 */
#define HASH_NONFATAL_OOM 1	/* uthash would exit */
#include "live/inventory.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uthash.h>

#include "base/clocks.h"
#include "bpf/gmem_maps.h"
#include "gmem.skel.h"

/* Limit of one run of a program, which holds RCU. */
#define BUDGET_NS	1000000

/* Least interval between scans of a VM that could not be scanned, or keeps losing records. */
#define RETRY_NS	1000000000ULL

/* Kinds of walks over the memslots of all VMs, for files. */
enum walk { WALK_FIND, WALK_REFRESH, WALKS };

struct inventory_vm {
	uint64_t vm;
	uint32_t pid;		/* process in which a file of the VM was found last; 0: none */
	uint32_t vmm;		/* PID of the VMM; 0: unknown */
	uint64_t vmm_start_ns;
	uint64_t lost;		/* lost_state at the begin of the last scan */
	uint64_t lost_now;	/* lost_state in the last counters */
	uint64_t tried_ns;	/* time at which the last scan began */
	struct gmem_scan scan;	/* progress; phase is GMEM_SCAN_IDLE between scans */
	uint64_t pass;		/* id of the pass that scans its files */
	struct gmem_pass slots;	/* progress in the bindings of its memslots' files */
	bool pending;		/* stale, or not scanned yet */
	bool with_files;	/* the next scan includes files and bindings */
	bool changed;		/* some of its blocks are marked as changed */
	bool emitted_behind;	/* value of changed in the last GMEM_BEHIND */
	uint64_t walked[WALKS];	/* id of the pass that walked its memslots last */
	UT_hash_handle hh;
};

/* Pass over the files of processes: an iterator that is read step by step. */
struct pass {
	struct bpf_link *link;	/* NULL: no pass in progress */
	int fd;
	struct gmem_pass at;
};

/* Limit of processes that are scanned one by one: beyond it, one pass over all is faster. */
#define MANY_PROCESSES	64

struct inventory {
	struct gmem_bpf *skel;
	struct inventory_vm *vms;
	struct inventory_vm *now;	/* VM whose scan is in progress, or NULL */
	struct gmem_scan pages;	/* scan of a file's pages; phase is GMEM_SCAN_IDLE if there is none */
	struct pass find;	/* search for all VMs and files */
	struct pass files;	/* files of VM now */
	struct pass holders;
	struct pass refresh;	/* page counts of files */
	uint64_t holders_begin_ns;
	uint64_t last_pass;	/* id given last */
	uint32_t pids[MANY_PROCESSES];	/* processes to refresh; a single 0: all */
	int nr_pids;
	int next_pid;
	bool walking[WALKS];	/* a walk of this kind is in progress */
	size_t nr_pending;
	size_t nr_changed;
};

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

static void pass_end(struct pass *p)
{
	if (!p->link)
		return;
	close(p->fd);
	bpf_link__destroy(p->link);
	p->link = NULL;
}

/* Stops the scan of the VM, if there is one. */
static void stop_reading(struct inventory *inv, struct inventory_vm *k)
{
	if (k->scan.phase == GMEM_SCAN_FILES)
		pass_end(&inv->files);
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
	pass_end(&inv->find);
	pass_end(&inv->files);
	pass_end(&inv->holders);
	pass_end(&inv->refresh);
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
		if (k && ((const struct gmem_rec *)rec)->aux)
			k->pid = ((const struct gmem_rec *)rec)->aux;
		return k ? 0 : -ENOMEM;
	case GMEM_SCAN_BEGIN:
		k = find_vm(inv, rec->vm);
		if (k)
			k->lost = ((const struct gmem_rec *)rec)->arg;
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

/* Begins a pass over the files of a process; @pid 0: of all processes. Returns 0 or -errno. */
static int pass_begin(struct inventory *inv, struct pass *p, uint32_t pid, uint64_t id)
{
	union bpf_iter_link_info info = { .task = { .pid = pid } };
	LIBBPF_OPTS(bpf_iter_attach_opts, opts, .link_info = &info,
		    .link_info_len = sizeof(info));

	pass_end(p);
	p->at = (struct gmem_pass){ .id = id };
	p->link = bpf_program__attach_iter(inv->skel->progs.scan_files, pid ? &opts : NULL);
	if (!p->link)
		return -errno;
	p->fd = bpf_iter_create(bpf_link__fd(p->link));
	if (p->fd >= 0)
		return 0;
	p->fd = -errno;
	bpf_link__destroy(p->link);
	p->link = NULL;
	return p->fd;
}

/*
 * Takes a step of a pass: reading the iterator runs the program, and yields no data. EAGAIN means that there
 * is more, without room in the ring buffer, or after a limit of the kernel. Returns 1 then, 0 at the end, -errno.
 */
static int pass_step(struct inventory *inv, struct pass *p)
{
	volatile struct gmem_pass *at = &inv->skel->bss->pass;
	char buf[64];
	ssize_t n;

	*at = p->at;
	n = read(p->fd, buf, sizeof(buf));
	p->at = *at;
	if (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)))
		return 1;
	if (n < 0)
		n = -errno;
	pass_end(p);
	return n;
}

/* Runs a scan program once. Returns enum gmem_scan_result or -errno. */
static int run_program(struct bpf_program *prog)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	int err = bpf_prog_test_run_opts(bpf_program__fd(prog), &opts);

	return err ? -errno : (int)opts.retval;
}

/* The same, with the progress of @scan. */
static int run_scan(struct inventory *inv, struct bpf_program *prog, struct gmem_scan *scan)
{
	volatile struct gmem_scan *at = &inv->skel->bss->scan;
	int result;

	*at = *scan;
	result = run_program(prog);
	*scan = *at;
	return result;
}

/* Scans the files in memslots, as part of a pass. A file with many bindings takes several runs. */
static int run_slots(struct inventory *inv, struct inventory_vm *k, struct gmem_scan *scan, uint64_t pass)
{
	volatile struct gmem_pass *at = &inv->skel->bss->pass;
	int result;

	if (k->slots.id != pass)
		k->slots = (struct gmem_pass){ .id = pass };
	*at = k->slots;
	result = run_scan(inv, inv->skel->progs.scan_slots, scan);
	k->slots = *at;
	return result;
}

/* The same without bindings. Each run emits some files, and the programs record which. */
static int run_slots_for_files(struct inventory *inv, struct gmem_scan *scan, uint64_t pass)
{
	inv->skel->bss->pass = (struct gmem_pass){ .id = pass, .no_slots = true };
	return run_scan(inv, inv->skel->progs.scan_slots, scan);
}

int inventory_find(struct inventory *inv)
{
	return pass_begin(inv, &inv->find, 0, ++inv->last_pass);
}

/* Scans the memslots of VMs within time and room. Returns 1 if there is more to do, 0 if not, -errno. */
static int walk_slots(struct inventory *inv, enum walk w, uint64_t pass)
{
	uint64_t end_ns = gmem_now_ns() + BUDGET_NS;
	struct inventory_vm *k, *tmp;
	int result;

	HASH_ITER(hh, inv->vms, k, tmp) {
		struct gmem_scan scan = { .vm = k->vm };

		if (k->walked[w] == pass)
			continue;
		result = w == WALK_REFRESH ? run_slots_for_files(inv, &scan, pass) :
					     run_slots(inv, k, &scan, pass);
		if (result == GMEM_RUN_DONE || result == GMEM_RUN_GONE)
			k->walked[w] = pass;
		if (result < 0 || result == GMEM_RUN_MORE || gmem_now_ns() > end_ns)
			return result < 0 ? result : 1;
	}
	inv->walking[w] = false;
	return 0;
}

/* Searches all processes, then starts the walk over the memslots of the VMs found. Returns 1 or -errno. */
static int find_step(struct inventory *inv)
{
	int more = pass_step(inv, &inv->find);

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
	int result = run_scan(inv, inv->skel->progs.scan_map, &inv->pages);

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
		more = pass_begin(inv, &inv->files, 0, k->pass);
		inv->files.at.vm = k->vm;
		inv->files.at.identify = true;
	}
	if (more >= 0)
		more = pass_step(inv, &inv->files);
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
		return run_slots(inv, k, &k->scan, k->pass);
	default:
		return run_scan(inv, inv->skel->progs.scan_map, &k->scan);
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

int inventory_changed(struct inventory *inv, uint64_t vm)
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

void inventory_distrust(struct inventory *inv)
{
	struct inventory_vm *k, *tmp;

	HASH_ITER(hh, inv->vms, k, tmp)
		mark_stale(inv, k);
}

void inventory_distrust_vm(struct inventory *inv, uint64_t vm)
{
	struct inventory_vm *k = find_vm(inv, vm);

	if (k)
		mark_stale(inv, k);
}

int inventory_read_changed(struct inventory *inv)
{
	struct inventory_vm *k, *tmp;
	int result, left = 0;

	if (!inv->nr_changed)
		return 0;
	HASH_ITER(hh, inv->vms, k, tmp) {
		if (!k->changed)
			continue;
		inv->skel->bss->changed_vm = k->vm;
		result = run_program(inv->skel->progs.scan_changed);
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
		.aux = k->changed,
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
		more = walk_slots(inv, WALK_FIND, inv->find.at.id);
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

static int compare_pids(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Collects the processes in which files were found last, sorted and unique; many become one 0: all. */
static void collect_pids(struct inventory *inv)
{
	struct inventory_vm *k, *tmp;
	int n = 0, unique = 0;

	HASH_ITER(hh, inv->vms, k, tmp) {
		if (n < MANY_PROCESSES && k->pid)
			inv->pids[n++] = k->pid;
		else if (n == MANY_PROCESSES)
			inv->pids[0] = 0;
	}
	qsort(inv->pids, n, sizeof(*inv->pids), compare_pids);
	for (int i = 0; i < n; i++) {
		if (!i || inv->pids[i] != inv->pids[i - 1])
			inv->pids[unique++] = inv->pids[i];
	}
	inv->nr_pids = unique && !inv->pids[0] ? 1 : unique;
	inv->next_pid = 0;
}

int inventory_holders(struct inventory *inv, uint64_t *begin_ns)
{
	int more;

	if (!inv->holders.link) {
		inv->holders_begin_ns = gmem_now_ns();
		more = pass_begin(inv, &inv->holders, 0, ++inv->last_pass);
		if (more)
			return more;
		inv->holders.at.no_slots = true;
		inv->holders.at.holders = true;
	}
	*begin_ns = inv->holders_begin_ns;
	more = pass_step(inv, &inv->holders);
	return more < 0 ? more : !more;
}

/* Refreshes files of the next process. One that ended is skipped: the pass for holders finds others. */
static int refresh_pid(struct inventory *inv)
{
	int err = 0;

	if (!inv->refresh.link) {
		err = pass_begin(inv, &inv->refresh, inv->pids[inv->next_pid], inv->refresh.at.id);
		inv->refresh.at.no_slots = true;
	}
	if (!err)
		err = pass_step(inv, &inv->refresh);
	inv->next_pid += err <= 0;
	return err < 0 && err != -ESRCH ? err : 1;
}

int inventory_refresh(struct inventory *inv)
{
	if (!inv->walking[WALK_REFRESH]) {
		inv->walking[WALK_REFRESH] = true;
		inv->refresh.at.id = ++inv->last_pass;
		collect_pids(inv);
	}
	if (inv->next_pid < inv->nr_pids)
		return refresh_pid(inv);
	return walk_slots(inv, WALK_REFRESH, inv->refresh.at.id);
}
