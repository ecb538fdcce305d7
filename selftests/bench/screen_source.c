// SPDX-License-Identifier: GPL-2.0-only
#include "screen_source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "selftests/tools/synth.h"

#define SLOT_PAGES(o)	(2ULL * (o)->extents)

struct screen {
	struct gmem_source source;
	struct screen_opts o;
	struct synth s;
	struct synth_vm *vms;
	struct screen_cost cost;
	uint64_t at;		/* position in the round over the busy VMs' pages */
};

static uint64_t now_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void emit_name(struct screen *f, unsigned int i)
{
	struct gmem_name_rec r = {
		.h = { .ts_ns = f->s.now_ns, .vm = i + 1, .kind = GMEM_NAME, .size = sizeof(r) },
	};

	snprintf(r.name, sizeof(r.name), "tenant-%u-vm-%u", i % 40, i);
	snprintf(r.cgroup, sizeof(r.cgroup), "/machine.slice/tenant-%u/vm-%u.scope", i % 40, i);
	f->s.fn(f->s.ctx, &r.h);
}

/* Emits a scan with the largest number of extents, every other page, in the inventory's records. */
static void emit_scan(struct screen *f, unsigned int i)
{
	struct gmem_map_rec r = {
		.h = { .ts_ns = f->s.now_ns, .vm = i + 1, .kind = GMEM_SCAN_MAP, .size = sizeof(r) },
	};

	for (uint64_t k = 0; k < f->o.extents; k++) {
		r.extents[r.nr++] = (struct gmem_map_extent){ 2 * k, 2 * k + 1 };
		if (r.nr < GMEM_MAP_EXTENTS && k + 1 < f->o.extents)
			continue;
		r.end = 2 * k + 2;
		f->s.fn(f->s.ctx, &r.h);
		r.start = r.end;
		r.nr = 0;
	}
}

static void start_all(struct screen *f)
{
	for (unsigned int i = 0; i < f->o.vms; i++) {
		f->vms[i] = (struct synth_vm){ .id = i + 1, .pid = 1000 + i };
		synth_start(&f->s, &f->vms[i], "qemu-system-x86", SLOT_PAGES(&f->o));
		emit_name(f, i);
		emit_scan(f, i);
	}
}

/* Converts pages to private and back: the number of extents stays the same. */
static void convert(struct screen *f, struct synth_vm *vm)
{
	uint64_t now = f->s.now_ns;

	for (unsigned int k = 0; k < f->o.conversions; k++) {
		uint64_t page = 2 * (f->at++ % (f->o.extents ? f->o.extents : 1));

		synth_convert(&f->s, vm, page, page + 1, k & 1, 2000 + 37 * (f->at % 1000));
	}
	f->s.now_ns = now;
}

static int screen_poll(struct gmem_source *source, int timeout_ms, gmem_record_fn fn, void *ctx)
{
	(void)source;
	(void)timeout_ms;
	(void)fn;
	(void)ctx;
	return 0;
}

static int screen_sync(struct gmem_source *source, gmem_record_fn fn, void *ctx)
{
	struct screen *f = (struct screen *)source;
	static const uint64_t lost[GMEM_LOSSES];
	struct gmem_cost_rec cost = { .h = { .kind = GMEM_COST, .size = sizeof(cost) } };

	f->s.fn = fn;
	f->s.ctx = ctx;
	f->s.now_ns = now_ns(CLOCK_MONOTONIC);
	if (!f->cost.refreshes)
		start_all(f);
	for (unsigned int i = 0; i < f->o.busy && i < f->o.vms; i++)
		convert(f, &f->vms[(i + f->cost.refreshes * f->o.busy) % f->o.vms]);
	for (unsigned int i = 0; i < f->o.vms; i++)
		synth_counters(&f->s, &f->vms[i]);
	synth_lost(&f->s, lost);
	cost.h.ts_ns = f->s.now_ns;
	cost.cpu_ns = now_ns(CLOCK_PROCESS_CPUTIME_ID);
	fn(ctx, &cost.h);
	synth_sync(&f->s);
	f->cost.refreshes++;
	return f->s.err;
}

static const char *screen_describe(const struct gmem_source *source)
{
	(void)source;
	return "made up";
}

static void screen_close(struct gmem_source *source)
{
	struct screen *f = (struct screen *)source;

	free(f->vms);
	free(f);
}

const struct screen_cost *screen_source_cost(const struct gmem_source *s)
{
	return &((const struct screen *)s)->cost;
}

struct gmem_source *screen_source_open(const struct screen_opts *o)
{
	static const struct gmem_source_ops ops = {
		.poll = screen_poll, .sync = screen_sync, .describe = screen_describe,
		.close = screen_close,
	};
	struct screen *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->o = *o;
	f->source.ops = &ops;
	f->vms = calloc(o->vms + 1, sizeof(*f->vms));
	if (f->vms)
		return &f->source;
	free(f);
	return NULL;
}
