// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#define HASH_NONFATAL_OOM 1	/* uthash would exit */
#include "inventory.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uthash.h>

#include "clocks.h"
#include "gmem.skel.h"

/* Of one run of a program; RCU is held that long. */
#define BUDGET_NS	1000000

/* A VM that could not be found, or keeps losing records, is not read more often. */
#define RETRY_NS	1000000000ULL

struct known {
	uint64_t vm;
	uint32_t pid;		/* has a file of the VM open; 0: nobody known */
	uint32_t vmm;		/* 0: not known */
	uint64_t vmm_start_ns;
	uint64_t lost;		/* lost_state when it was read */
	uint64_t tried_ns;	/* when the last scan began */
	bool pending;
	bool with_files;	/* files and slots are doubtful, too */
	bool changed;		/* some of its blocks were marked */
	UT_hash_handle hh;
};

struct inventory {
	struct gmem_bpf *skel;
	struct known *vms;
	struct known *now;	/* being read */
	struct bpf_link *link;	/* of the iterator that reads it */
	bool pages;		/* it reads pages of a file, not a VM */
	bool everywhere;	/* the iterator looks into all processes */
	bool incomplete;	/* not all that was found at first found room: VM by VM, then */
	size_t nr_pending;
	size_t nr_changed;
};

/* Programs write to it as we read: nothing of it may be kept in registers. */
static volatile struct gmem_scan *scan_of(const struct inventory *inv)
{
	return &inv->skel->bss->scan;
}

struct inventory *inventory_new(struct gmem_bpf *skel)
{
	struct inventory *inv = calloc(1, sizeof(*inv));

	if (inv)
		inv->skel = skel;
	return inv;
}

static void set_pending(struct inventory *inv, struct known *k, bool pending)
{
	inv->nr_pending += pending - k->pending;
	k->pending = pending;
}

static void stop_reading(struct inventory *inv)
{
	bpf_link__destroy(inv->link);
	inv->link = NULL;
	inv->now = NULL;
	inv->pages = false;
}

static void forget(struct inventory *inv, struct known *k)
{
	if (inv->now == k)
		stop_reading(inv);
	set_pending(inv, k, false);
	inv->nr_changed -= k->changed;
	HASH_DEL(inv->vms, k);
	free(k);
}

void inventory_free(struct inventory *inv)
{
	struct known *k, *tmp;

	if (!inv)
		return;
	HASH_ITER(hh, inv->vms, k, tmp)
		forget(inv, k);
	free(inv);
}

static struct known *find(struct inventory *inv, uint64_t vm)
{
	struct known *k;

	HASH_FIND(hh, inv->vms, &vm, sizeof(vm), k);
	return k;
}

/* The VM, which is to be read if it is new. */
static struct known *get(struct inventory *inv, uint64_t vm, uint32_t pid)
{
	struct known *k = find(inv, vm);

	if (k)
		return k;
	k = calloc(1, sizeof(*k));
	if (!k)
		return NULL;
	k->vm = vm;
	k->pid = pid;
	k->with_files = inv->incomplete;
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
	struct known *k;

	switch (rec->kind) {
	case GMEM_VM:
		k = get(inv, rec->vm, rec->tgid);
		if (!k)
			return -ENOMEM;
		if (!k->pid)	/* its counters were seen first */
			k->pid = rec->tgid;
		k->vmm = rec->tgid;
		k->vmm_start_ns = ((const struct gmem_vm_rec *)rec)->start_ns;
		return 0;
	case GMEM_SCAN_FILE:
		k = get(inv, rec->vm, 0);
		if (k)
			k->pid = ((const struct gmem_rec *)rec)->aux;
		return k ? 0 : -ENOMEM;
	case GMEM_SCAN_BEGIN:
		k = find(inv, rec->vm);
		if (k)
			k->lost = ((const struct gmem_rec *)rec)->arg;
		return 0;
	case GMEM_VM_END:
		k = find(inv, rec->vm);
		if (k)
			forget(inv, k);
		return 0;
	default:
		return 0;
	}
}

int inventory_counters(struct inventory *inv, uint64_t vm, const struct gmem_counters *c)
{
	struct known *k;

	if (c->ended_ns) {
		k = find(inv, vm);
		if (k)
			forget(inv, k);
		return 0;
	}
	k = get(inv, vm, 0);
	if (!k)
		return -ENOMEM;
	if (c->lost_state != k->lost && k != inv->now) {
		k->with_files = true;
		set_pending(inv, k, true);
	}
	return 0;
}

/* Iterators that write nothing have nothing to read: the programs run while we try. */
static int run(struct bpf_link *link)
{
	int fd = bpf_iter_create(bpf_link__fd(link)), err = 0;
	char buf[64];
	ssize_t n;

	if (fd < 0)
		return -errno;
	do {
		n = read(fd, buf, sizeof(buf));
	} while (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)));
	if (n < 0)
		err = -errno;
	close(fd);
	return err;
}

/* pid 0: the files of all processes. */
static struct bpf_link *attach(struct bpf_program *prog, uint32_t pid)
{
	union bpf_iter_link_info info = { .task = { .pid = pid } };
	LIBBPF_OPTS(bpf_iter_attach_opts, opts, .link_info = &info,
		    .link_info_len = sizeof(info));

	return bpf_program__attach_iter(prog, pid ? &opts : NULL);
}

/* vm 0: all. */
static int find_files(struct inventory *inv, uint64_t vm, uint32_t pid, bool no_slots)
{
	volatile struct gmem_scan *scan = scan_of(inv);
	uint64_t before = scan->vm;
	struct bpf_link *link = attach(inv->skel->progs.scan_files, pid);
	int err;

	if (!link)
		return -errno;
	scan->vm = vm;
	scan->no_slots = no_slots;
	err = run(link);
	scan->vm = before;
	bpf_link__destroy(link);
	return err;
}

int inventory_find(struct inventory *inv)
{
	volatile struct gmem_scan *scan = scan_of(inv);
	uint64_t room = scan->no_room;
	int err = find_files(inv, 0, 0, false);

	inv->incomplete = scan->no_room != room;
	return err;
}

static int look_in(struct inventory *inv, uint32_t pid)
{
	bpf_link__destroy(inv->link);
	inv->link = attach(inv->skel->progs.scan_map, pid);
	inv->everywhere = !pid;
	return inv->link ? 0 : -errno;
}

/* If the process is gone, somebody else may have the file. */
static int look_in_or_everywhere(struct inventory *inv, uint32_t pid)
{
	int err = look_in(inv, pid);

	return err == -ESRCH ? look_in(inv, 0) : err;
}

int inventory_read_pages(struct inventory *inv, uint64_t vm, uint64_t ino, uint32_t holder)
{
	volatile struct gmem_scan *scan = scan_of(inv);
	int err = look_in_or_everywhere(inv, holder);

	if (err)
		return err;
	inv->pages = true;
	scan->vm = vm;
	scan->ino = ino;
	scan->next = 0;
	scan->budget_ns = BUDGET_NS;
	scan->phase = GMEM_SCAN_CACHE;
	return 0;
}

uint32_t inventory_vmm(const struct inventory *inv, uint64_t vm, uint64_t *start_ns)
{
	const struct known *k;

	HASH_FIND(hh, inv->vms, &vm, sizeof(vm), k);
	*start_ns = k ? k->vmm_start_ns : 0;
	return k ? k->vmm : 0;
}

static int start_reading(struct inventory *inv, struct known *k)
{
	volatile struct gmem_scan *scan = scan_of(inv);
	int err = look_in_or_everywhere(inv, k->pid);

	if (err)
		return err;
	inv->now = k;
	k->tried_ns = gmem_now_ns();
	scan->vm = k->vm;
	scan->next = 0;
	scan->with_files = k->with_files;
	scan->budget_ns = BUDGET_NS;
	scan->phase = GMEM_SCAN_BEGINS;
	return 0;
}

static struct known *next_to_read(struct inventory *inv)
{
	struct known *k, *tmp, *best = NULL;
	uint64_t now = gmem_now_ns();

	HASH_ITER(hh, inv->vms, k, tmp) {
		if (!k->pending || (k->tried_ns && now - k->tried_ns < RETRY_NS))
			continue;
		if (!best || k->tried_ns < best->tried_ns)
			best = k;
	}
	return best;
}

static void done_reading(struct inventory *inv)
{
	if (inv->now) {
		inv->now->with_files = false;
		set_pending(inv, inv->now, false);
	}
	stop_reading(inv);
}

/* No process has a file of it: it is about to end, or its files are on their way somewhere. */
static void not_found(struct inventory *inv)
{
	stop_reading(inv);
}

static int read_on(struct inventory *inv)
{
	volatile struct gmem_scan *scan = scan_of(inv);
	uint64_t room = scan->no_room;
	int err;

	if (scan->phase == GMEM_SCAN_FILES) {
		err = scan->with_files ? find_files(inv, scan->vm, 0, false) : 0;
		/* Some may be missing: once more, when there is room. */
		if (!err && scan->no_room == room)
			scan->phase = GMEM_SCAN_MAPS;
		return err;
	}
	scan->found = 0;
	err = run(inv->link);
	if (err)
		return err;
	if (scan->found) {
		if (scan->phase == GMEM_SCAN_DONE)
			done_reading(inv);
		return 0;
	}
	if (!inv->everywhere)
		return look_in(inv, 0);
	not_found(inv);
	return 0;
}

int inventory_changed(struct inventory *inv, uint64_t vm)
{
	struct known *k = get(inv, vm, 0);

	if (!k)
		return -ENOMEM;
	inv->nr_changed += !k->changed;
	k->changed = true;
	return 0;
}

void inventory_distrust(struct inventory *inv)
{
	struct known *k, *tmp;

	HASH_ITER(hh, inv->vms, k, tmp) {
		k->with_files = true;
		if (k != inv->now)
			set_pending(inv, k, true);
	}
}

static int read_changed_of(struct inventory *inv, uint32_t pid)
{
	struct bpf_link *link = attach(inv->skel->progs.scan_changed, pid);
	int err = link ? run(link) : -errno;

	bpf_link__destroy(link);
	return err;
}

/* All VMs of a process are read at once: the others find nothing to do. */
static int read_changed_by_pid(struct inventory *inv)
{
	volatile struct gmem_scan *scan = scan_of(inv);
	struct known *k, *tmp;
	uint64_t found;
	int err = 0;

	HASH_ITER(hh, inv->vms, k, tmp) {
		if (!k->changed)
			continue;
		found = scan->found;
		err = k->pid ? read_changed_of(inv, k->pid) : -ESRCH;
		if (err == -ESRCH || (!err && scan->found == found))
			return read_changed_of(inv, 0);
		if (err)
			return err;
	}
	return 0;
}

int inventory_read_changed(struct inventory *inv)
{
	volatile struct gmem_scan *scan = scan_of(inv);
	uint64_t left = scan->left;
	struct known *k, *tmp;
	int err;

	if (!inv->nr_changed)
		return 0;
	scan->budget_ns = BUDGET_NS;
	err = read_changed_by_pid(inv);
	if (err || scan->left != left)
		return err ? err : 1;
	HASH_ITER(hh, inv->vms, k, tmp)
		k->changed = false;
	inv->nr_changed = 0;
	return 0;
}

int inventory_step(struct inventory *inv)
{
	struct known *k;
	int err = 0;

	if (!inv->now && !inv->pages) {
		k = inv->nr_pending ? next_to_read(inv) : NULL;
		if (!k)
			return 0;
		err = start_reading(inv, k);
	}
	if (!err)
		err = read_on(inv);
	if (err)
		stop_reading(inv);
	return err ? err : 1;
}

size_t inventory_pending(const struct inventory *inv)
{
	return inv->nr_pending;
}

/* Asking many processes one by one takes longer than asking all. */
#define MANY_PROCESSES	64

static int compare_pids(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Of the processes that have VMs, in order; -1 if there are many, or one is not known. */
static int pids_of(const struct inventory *inv, uint32_t pids[MANY_PROCESSES])
{
	struct known *k, *tmp;
	int n = 0, unique = 0;

	HASH_ITER(hh, inv->vms, k, tmp) {
		if (!k->pid || n == MANY_PROCESSES)
			return -1;
		pids[n++] = k->pid;
	}
	qsort(pids, n, sizeof(*pids), compare_pids);
	for (int i = 0; i < n; i++) {
		if (!i || pids[i] != pids[i - 1])
			pids[unique++] = pids[i];
	}
	return unique;
}

int inventory_holders(struct inventory *inv, uint64_t *begin_ns)
{
	volatile struct gmem_scan *scan = scan_of(inv);
	uint64_t room = scan->no_room;
	int err;

	*begin_ns = gmem_now_ns();
	scan->holder = 0;
	scan->holders = true;
	err = find_files(inv, 0, 0, true);
	scan->holders = false;
	return err ? err : scan->no_room == room;
}

int inventory_refresh(struct inventory *inv)
{
	uint32_t pids[MANY_PROCESSES];
	int n = pids_of(inv, pids), err = 0;

	for (int i = 0; i < n && !err; i++) {
		err = find_files(inv, 0, pids[i], true);
		if (err == -ESRCH)	/* it is gone; somebody else may have its files */
			n = -1;
	}
	return n < 0 ? find_files(inv, 0, 0, true) : err;
}
