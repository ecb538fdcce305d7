// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Programs that scan, run in bounded steps: passes over the files of processes, and walks over memslots. */
#include "live/inventory_parts.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

void scan_pass_end(struct pass *p)
{
	if (!p->link)
		return;
	close(p->fd);
	bpf_link__destroy(p->link);
	p->link = NULL;
}

int scan_pass_begin(struct inventory *inv, struct pass *p, uint32_t pid, uint64_t id)
{
	union bpf_iter_link_info info = { .task = { .pid = pid } };
	LIBBPF_OPTS(bpf_iter_attach_opts, opts, .link_info = &info,
		    .link_info_len = sizeof(info));

	scan_pass_end(p);
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

int scan_pass_step(struct inventory *inv, struct pass *p)
{
	volatile struct gmem_pass *at = &inv->skel->bss->pass;
	char buf[64];
	ssize_t n;

	/* Reading the iterator runs the program, and yields no data. EAGAIN means that there is more. */
	*at = p->at;
	n = read(p->fd, buf, sizeof(buf));
	p->at = *at;
	if (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)))
		return 1;
	if (n < 0)
		n = -errno;
	scan_pass_end(p);
	return n;
}

int scan_run(struct bpf_program *prog)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	int err = bpf_prog_test_run_opts(bpf_program__fd(prog), &opts);

	return err ? -errno : (int)opts.retval;
}

int scan_run_on(struct inventory *inv, struct bpf_program *prog, struct gmem_scan *scan)
{
	volatile struct gmem_scan *at = &inv->skel->bss->scan;
	int result;

	*at = *scan;
	result = scan_run(prog);
	*scan = *at;
	return result;
}

int scan_slots(struct inventory *inv, struct inventory_vm *k, struct gmem_scan *scan, uint64_t pass)
{
	volatile struct gmem_pass *at = &inv->skel->bss->pass;
	int result;

	if (k->slots.id != pass)
		k->slots = (struct gmem_pass){ .id = pass };
	*at = k->slots;
	result = scan_run_on(inv, inv->skel->progs.scan_slots, scan);
	k->slots = *at;
	return result;
}

/* Scans the files in memslots without their bindings. Each run emits some files, and the programs record which. */
static int run_slots_for_files(struct inventory *inv, struct gmem_scan *scan, uint64_t pass)
{
	inv->skel->bss->pass = (struct gmem_pass){ .id = pass, .no_slots = true };
	return scan_run_on(inv, inv->skel->progs.scan_slots, scan);
}

int inventory_find(struct inventory *inv)
{
	return scan_pass_begin(inv, &inv->find, 0, ++inv->last_pass);
}

int scan_all_slots(struct inventory *inv, enum walk w, uint64_t pass)
{
	uint64_t end_ns = gmem_now_ns() + BUDGET_NS;
	struct inventory_vm *k, *tmp;
	int result;

	HASH_ITER(hh, inv->vms, k, tmp) {
		struct gmem_scan scan = { .vm = k->vm };

		if (k->walked[w] == pass)
			continue;
		result = w == WALK_REFRESH ? run_slots_for_files(inv, &scan, pass) :
					     scan_slots(inv, k, &scan, pass);
		if (result == GMEM_RUN_DONE || result == GMEM_RUN_GONE)
			k->walked[w] = pass;
		if (result < 0 || result == GMEM_RUN_MORE || gmem_now_ns() > end_ns)
			return result < 0 ? result : 1;
	}
	inv->walking[w] = false;
	return 0;
}

static int compare_pids(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Collects the processes in which files were found last, sorted and unique; a single 0 if there are too many. */
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
		more = scan_pass_begin(inv, &inv->holders, 0, ++inv->last_pass);
		if (more)
			return more;
		inv->holders.at.no_slots = true;
		inv->holders.at.holders = true;
	}
	*begin_ns = inv->holders_begin_ns;
	more = scan_pass_step(inv, &inv->holders);
	return more < 0 ? more : !more;
}

/* Refreshes files of the next process. One that ended is skipped: the pass for holders finds others. */
static int refresh_pid(struct inventory *inv)
{
	int err = 0;

	if (!inv->refresh.link) {
		err = scan_pass_begin(inv, &inv->refresh, inv->pids[inv->next_pid], inv->refresh.at.id);
		inv->refresh.at.no_slots = true;
	}
	if (!err)
		err = scan_pass_step(inv, &inv->refresh);
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
	return scan_all_slots(inv, WALK_REFRESH, inv->refresh.at.id);
}
