// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * The live source: loads bpf/gmem.bpf.c and turns what it yields into records.
 * The only file that includes the skeleton.
 */
#include "source.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gmem.skel.h"
#include "inventory.h"
#include "probes.h"

struct live {
	struct gmem_source source;
	struct gmem_bpf *skel;
	struct ring_buffer *rb;
	struct inventory *inv;	/* NULL: not wanted */
	struct gmem_probes_rec probes;
	bool probes_told;
	uint64_t refreshed_ns;	/* when pages were counted last */
	gmem_record_fn fn;	/* of the call that is under way */
	void *ctx;
	int nr_cpus;
	int nr_records;		/* handed over by the call that is under way */
	uint64_t *lost;		/* one per CPU, to read a per-CPU map into */
};

static struct live *to_live(struct gmem_source *s)
{
	return (struct live *)s;
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int on_record(void *ctx, void *data, size_t size)
{
	struct live *l = ctx;
	int err = l->inv ? inventory_record(l->inv, data) : 0;

	(void)size;
	l->nr_records++;
	return err ? err : l->fn(l->ctx, data);
}

/* What all that follows was seen with. */
static int tell_probes(struct live *l)
{
	if (l->probes_told)
		return 0;
	l->probes_told = true;
	l->probes.h.ts_ns = now_ns();
	return l->fn(l->ctx, &l->probes.h);
}

/* Reads what is to be read for so long. What it yields is in the ring buffer, and goes on. */
static int take_inventory(struct live *l, uint64_t budget_ns)
{
	uint64_t end = now_ns() + budget_ns;
	int more = l->inv ? 1 : 0, err = 0;

	while (more > 0 && err >= 0 && now_ns() < end) {
		more = inventory_step(l->inv);
		err = ring_buffer__consume(l->rb);
	}
	return more < 0 ? more : err < 0 ? err : 0;
}

/* While a VM is read, half of the time is for that: events must not wait. */
#define READING_NS(timeout_ms)	((uint64_t)(timeout_ms) * 500000 + 1000000)

static int live_poll(struct gmem_source *s, int timeout_ms, gmem_record_fn fn, void *ctx)
{
	struct live *l = to_live(s);
	int n;

	l->fn = fn;
	l->ctx = ctx;
	l->nr_records = 0;
	n = tell_probes(l);
	if (!n)
		n = take_inventory(l, READING_NS(timeout_ms));
	if (n < 0)
		return n;
	/* The programs wake us only when much waits: look at what there is first. */
	n = ring_buffer__consume(l->rb);
	if (!n && !l->nr_records)
		n = ring_buffer__poll(l->rb, timeout_ms);
	if (!n)
		n = ring_buffer__consume(l->rb);
	return n < 0 ? n : l->nr_records;
}

static int hand_over_counters(struct live *l, uint64_t vm, const struct gmem_counters *c)
{
	struct gmem_counters_rec r = {
		.h = { .ts_ns = now_ns(), .vm = vm, .kind = GMEM_COUNTERS, .size = sizeof(r) },
		.c = *c,
	};

	int err = l->inv ? inventory_counters(l->inv, vm, c) : 0;

	return err ? err : l->fn(l->ctx, &r.h);
}

static int sync_counters(struct live *l)
{
	int fd = bpf_map__fd(l->skel->maps.vms), err = 0;
	uint64_t vm, next, *prev = NULL;
	struct gmem_counters c;

	while (!err && !bpf_map_get_next_key(fd, prev, &next)) {
		vm = next;
		prev = &vm;
		if (bpf_map_lookup_elem(fd, &vm, &c))
			continue;
		err = hand_over_counters(l, vm, &c);
		if (c.ended_ns) {
			/* Deleted only now, so that its last counts were seen. Start over. */
			bpf_map_delete_elem(fd, &vm);
			prev = NULL;
		}
	}
	return err;
}

static int sum_cpus(struct live *l, struct bpf_map *map, uint32_t nr, __u64 *sums)
{
	for (uint32_t key = 0; key < nr; key++) {
		if (bpf_map_lookup_elem(bpf_map__fd(map), &key, l->lost))
			return -errno;
		for (int cpu = 0; cpu < l->nr_cpus; cpu++)
			sums[key] += l->lost[cpu];
	}
	return 0;
}

static int sync_losses(struct live *l)
{
	struct gmem_lost_rec r = {
		.h = { .ts_ns = now_ns(), .kind = GMEM_LOST, .size = sizeof(r) },
	};
	int err = sum_cpus(l, l->skel->maps.lost, GMEM_LOSSES, r.lost);

	if (!err)
		err = sum_cpus(l, l->skel->maps.lost_kinds, GMEM_KINDS, r.by_kind);
	return err ? err : l->fn(l->ctx, &r.h);
}

static uint64_t cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int sync_cost(struct live *l)
{
	const struct gmem_scan *scan = &l->skel->bss->scan;
	struct gmem_cost_rec r = {
		.h = { .ts_ns = now_ns(), .kind = GMEM_COST, .size = sizeof(r) },
		.cpu_ns = cpu_ns(),
		.scan_runs = scan->runs,
		.scan_ns = scan->run_ns,
		.scan_max_ns = scan->max_run_ns,
	};

	return l->fn(l->ctx, &r.h);
}

/* How often pages are counted, and how long a view may be kept waiting for maps. */
#define REFRESH_NS	1000000000ULL
#define SYNC_READING_NS	50000000ULL

static int refresh_pages(struct live *l)
{
	uint64_t now = now_ns();

	if (!l->inv || now - l->refreshed_ns < REFRESH_NS)
		return 0;
	l->refreshed_ns = now;
	return inventory_refresh(l->inv);
}

static int live_sync(struct gmem_source *s, gmem_record_fn fn, void *ctx)
{
	struct live *l = to_live(s);
	int err;

	l->fn = fn;
	l->ctx = ctx;
	err = tell_probes(l);
	if (!err)
		err = refresh_pages(l);
	if (!err)
		err = ring_buffer__consume(l->rb);
	if (err >= 0)
		err = sync_counters(l);
	if (!err)
		err = take_inventory(l, SYNC_READING_NS);
	if (!err)
		err = sync_losses(l);
	return err ? err : sync_cost(l);
}

static size_t live_pending(const struct gmem_source *s)
{
	const struct live *l = (const struct live *)s;

	return l->inv ? inventory_pending(l->inv) : 0;
}

static const char *live_describe(const struct gmem_source *s)
{
	return ((const struct live *)s)->probes.set;
}

static void live_close(struct gmem_source *s)
{
	struct live *l = to_live(s);

	inventory_free(l->inv);
	ring_buffer__free(l->rb);
	gmem_bpf__destroy(l->skel);
	free(l->lost);
	free(l);
}

static const struct gmem_source_ops live_ops = {
	.poll		= live_poll,
	.sync		= live_sync,
	.describe	= live_describe,
	.pending	= live_pending,
	.close		= live_close,
};

static int print_nothing(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	(void)level;
	(void)fmt;
	(void)ap;
	return 0;
}

static int print_to_stderr(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	return level == LIBBPF_DEBUG ? 0 : vfprintf(stderr, fmt, ap);
}

static uint64_t ringbuf_size(const struct gmem_live_opts *opts, int nr_cpus)
{
	uint64_t want = opts->ringbuf_bytes, size = 1 << 16;

	if (!want)
		want = (uint64_t)nr_cpus << 20;
	if (!opts->ringbuf_bytes && want < 16 << 20)
		want = 16 << 20;
	while (size < want && size < 1 << 30)
		size <<= 1;
	return size;
}

static enum gmem_status fail_bpf(struct gmem_error *e, const char *what, int err)
{
	if (err == -EPERM || err == -EACCES)
		return gmem_fail(e, GMEM_E_PERMISSION,
				 "Run it as root, or with CAP_BPF and CAP_PERFMON.",
				 "cannot %s: %s", what, strerror(-err));
	return gmem_fail(e, GMEM_E_FAILED, "Run it again with -v: libbpf then says more.",
			 "cannot %s: %s", what, strerror(-err));
}

/* Programs with nothing to attach to, and those that nobody wants, are left out. */
static int choose_programs(struct bpf_object *obj, enum gmem_probe_set set, unsigned int groups)
{
	for (size_t i = 0; i < gmem_nr_probes; i++) {
		const struct gmem_probe *p = &gmem_probes[i];
		struct bpf_program *prog = bpf_object__find_program_by_name(obj, p->program);
		bool use = gmem_probe_in_use(p, set, groups);
		int err = 0;

		if (!prog)
			return -ENOENT;
		if (use && p->attach == GMEM_ON_FUNCTION)
			err = bpf_program__set_attach_target(prog, 0, p->found);
		if (err)
			return err;
		bpf_program__set_autoload(prog, use);
	}
	return 0;
}

/* In 7.3 a binding is prepared, then committed. */
static bool binds_in_two_steps(void)
{
	for (size_t i = 0; i < gmem_nr_probes; i++) {
		if (!strcmp(gmem_probes[i].program, "stock_bind_commit"))
			return gmem_probes[i].found;
	}
	return false;
}

static void set_constants(struct live *l, unsigned int groups, uint64_t size)
{
	l->skel->rodata->wakeup_bytes = size / 4;
	l->skel->rodata->tell_phases = groups & GMEM_PROBES_PHASES;
	l->skel->rodata->bind_in_two_steps = binds_in_two_steps();
}

static enum gmem_status load(struct live *l, const struct gmem_live_opts *opts,
			     enum gmem_probe_set set, struct gmem_error *e)
{
	uint64_t size = ringbuf_size(opts, l->nr_cpus);
	unsigned int groups = opts->groups | GMEM_PROBES_BASE;
	int err;

	l->skel = gmem_bpf__open();
	if (!l->skel)
		return fail_bpf(e, "open the BPF programs", -errno);
	err = choose_programs(l->skel->obj, set, groups);
	if (err)
		return fail_bpf(e, "choose BPF programs", err);
	bpf_map__set_max_entries(l->skel->maps.records, size);
	set_constants(l, groups, size);
	/* Iterators are attached when they are to run. */
	bpf_program__set_autoattach(l->skel->progs.scan_files, false);
	bpf_program__set_autoattach(l->skel->progs.scan_map, false);
	err = gmem_bpf__load(l->skel);
	if (err)
		return fail_bpf(e, "load the BPF programs", err);
	l->rb = ring_buffer__new(bpf_map__fd(l->skel->maps.records), on_record, l, NULL);
	if (!l->rb)
		return fail_bpf(e, "map the ring buffer", -errno);
	err = gmem_bpf__attach(l->skel);
	if (err)
		return fail_bpf(e, "attach the BPF programs", err);
	return GMEM_OK;
}

static void describe_probes(struct live *l, enum gmem_probe_set set, unsigned int groups)
{
	l->probes.h.kind = GMEM_PROBES;
	l->probes.h.size = sizeof(l->probes);
	l->probes.features = gmem_probes_features(set, groups | GMEM_PROBES_BASE);
	snprintf(l->probes.set, sizeof(l->probes.set), "%s", gmem_set_names[set]);
}

/* Events are attached first: whatever changes from now on is told. */
static enum gmem_status find_vms(struct live *l, struct gmem_error *e)
{
	int err = -ENOMEM;

	l->inv = inventory_new(l->skel);
	if (l->inv)
		err = inventory_find(l->inv);
	return err ? fail_bpf(e, "look for VMs", err) : GMEM_OK;
}

enum gmem_status gmem_live_open(struct gmem_source **out, const struct gmem_live_opts *opts,
				struct gmem_error *e)
{
	struct gmem_probe_choice choice;
	enum gmem_status status;
	struct live *l;

	libbpf_set_print(opts->verbose ? print_to_stderr : print_nothing);
	status = gmem_probes_find(&choice, opts->set, e);
	if (status)
		return status;
	l = calloc(1, sizeof(*l));
	if (!l)
		return fail_bpf(e, "start", -ENOMEM);
	l->source.ops = &live_ops;
	l->nr_cpus = libbpf_num_possible_cpus();
	l->lost = calloc(l->nr_cpus > 0 ? l->nr_cpus : 1, sizeof(*l->lost));
	describe_probes(l, choice.set, opts->groups);
	status = l->lost && l->nr_cpus > 0 ? load(l, opts, choice.set, e) :
					     fail_bpf(e, "start", -ENOMEM);
	if (!status && opts->inventory)
		status = find_vms(l, e);
	if (status) {
		live_close(&l->source);
		return status;
	}
	*out = &l->source;
	return GMEM_OK;
}
