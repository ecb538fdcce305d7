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
#include "probes.h"

struct live {
	struct gmem_source source;
	struct gmem_bpf *skel;
	struct ring_buffer *rb;
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

	(void)size;
	l->nr_records++;
	return l->fn(l->ctx, data);
}

static int live_poll(struct gmem_source *s, int timeout_ms, gmem_record_fn fn, void *ctx)
{
	struct live *l = to_live(s);
	int n;

	l->fn = fn;
	l->ctx = ctx;
	l->nr_records = 0;
	/* The programs wake us only when much waits: look at what there is first. */
	n = ring_buffer__consume(l->rb);
	if (!n)
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

	return l->fn(l->ctx, &r.h);
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

static int sync_losses(struct live *l)
{
	struct gmem_lost_rec r = {
		.h = { .ts_ns = now_ns(), .kind = GMEM_LOST, .size = sizeof(r) },
	};
	int fd = bpf_map__fd(l->skel->maps.lost);

	for (uint32_t reason = 0; reason < GMEM_LOSSES; reason++) {
		if (bpf_map_lookup_elem(fd, &reason, l->lost))
			return -errno;
		for (int cpu = 0; cpu < l->nr_cpus; cpu++)
			r.lost[reason] += l->lost[cpu];
	}
	return l->fn(l->ctx, &r.h);
}

static int live_sync(struct gmem_source *s, gmem_record_fn fn, void *ctx)
{
	struct live *l = to_live(s);
	int err;

	l->fn = fn;
	l->ctx = ctx;
	err = ring_buffer__consume(l->rb);
	if (err >= 0)
		err = sync_counters(l);
	if (!err)
		err = sync_losses(l);
	return err;
}

static const char *live_describe(const struct gmem_source *s)
{
	(void)s;
	return "tracepoints";
}

static void live_close(struct gmem_source *s)
{
	struct live *l = to_live(s);

	ring_buffer__free(l->rb);
	gmem_bpf__destroy(l->skel);
	free(l->lost);
	free(l);
}

static const struct gmem_source_ops live_ops = {
	.poll		= live_poll,
	.sync		= live_sync,
	.describe	= live_describe,
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

/* Programs are named after their tracepoints; those on nothing are left out. */
static void choose_programs(struct bpf_object *obj, unsigned int groups)
{
	for (size_t i = 0; i < gmem_nr_probes; i++) {
		const struct gmem_probe *p = &gmem_probes[i];
		struct bpf_program *prog;
		char name[64];

		snprintf(name, sizeof(name), "on_%s", p->tracepoint + strlen("kvm_gmem_"));
		prog = bpf_object__find_program_by_name(obj, name);
		if (prog)
			bpf_program__set_autoload(prog, p->found && (p->group & groups));
	}
}

static enum gmem_status load(struct live *l, const struct gmem_live_opts *opts, struct gmem_error *e)
{
	uint64_t size = ringbuf_size(opts, l->nr_cpus);
	int err;

	l->skel = gmem_bpf__open();
	if (!l->skel)
		return fail_bpf(e, "open the BPF programs", -errno);
	choose_programs(l->skel->obj, opts->groups | GMEM_PROBES_BASE);
	bpf_map__set_max_entries(l->skel->maps.records, size);
	l->skel->rodata->wakeup_bytes = size / 4;
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

enum gmem_status gmem_live_open(struct gmem_source **out, const struct gmem_live_opts *opts,
				struct gmem_error *e)
{
	enum gmem_status status;
	struct live *l;

	libbpf_set_print(opts->verbose ? print_to_stderr : print_nothing);
	status = gmem_probes_find(e);
	if (status)
		return status;
	l = calloc(1, sizeof(*l));
	if (!l)
		return fail_bpf(e, "start", -ENOMEM);
	l->source.ops = &live_ops;
	l->nr_cpus = libbpf_num_possible_cpus();
	l->lost = calloc(l->nr_cpus > 0 ? l->nr_cpus : 1, sizeof(*l->lost));
	status = l->lost && l->nr_cpus > 0 ? load(l, opts, e) : fail_bpf(e, "start", -ENOMEM);
	if (status) {
		live_close(&l->source);
		return status;
	}
	*out = &l->source;
	return GMEM_OK;
}
