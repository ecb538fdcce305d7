// SPDX-License-Identifier: GPL-2.0-only
#include "fake_source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "synth.h"

#define MAX_VMS 4096
#define BLOCK 512	/* pages of 2 MiB */

struct fake_vm {
	struct synth_vm vm;
	uint64_t npages;
	uint64_t made;		/* conversions since the VM's start */
	uint64_t started_ns;
	uint64_t long_until_ns;	/* end of the long conversion in flight */
	uint64_t long_start;
	uint64_t long_begin_ns;
};

struct fake {
	struct gmem_source source;
	struct fake_opts o;
	struct synth s;
	struct fake_vm *vms;
	uint64_t begin_ns;
	uint64_t last_id;
	uint64_t churned_ns;
	uint64_t state;		/* state of the random numbers */
};

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static uint64_t below(struct fake *f, uint64_t n)
{
	f->state = f->state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (f->state >> 33) % n;
}

/*
 * Starts a VM. The time of its first conversions must not move the clock: it is set back after
 * them.
 */
static void start(struct fake *f, struct fake_vm *v)
{
	static const char *const comms[] = {
		"qemu-system-x86", "cloud-hyperviso", "firecracker", "gmemload", "虚拟机 α",
		"a\tb\033[31mc", "a, \"b\"",
	};
	static const unsigned int sizes_mib[] = { 1024, 256, 4096, 64, 512, 2048, 128 };
	unsigned int kind = f->last_id % 7;
	uint64_t now = f->s.now_ns;

	memset(v, 0, sizeof(*v));
	v->vm.id = ++f->last_id;
	v->vm.pid = 1200 + 7 * (uint32_t)v->vm.id;
	v->npages = sizes_mib[kind] * (uint64_t)SYNTH_MIB;
	v->started_ns = now;
	synth_start(&f->s, &v->vm, comms[kind], v->npages);
	synth_convert(&f->s, &v->vm, 0, v->npages, true, v->npages * 65);
	f->s.now_ns = now;
}

static void convert_some(struct fake *f, struct fake_vm *v)
{
	uint64_t blocks = v->npages / BLOCK, rate = f->o.conversions * (1 + v->vm.id % 3);
	uint64_t want = (f->s.now_ns - v->started_ns) / 1000 * rate / 1000000;
	uint64_t now = f->s.now_ns;

	for (; v->made < want && !f->s.err; v->made++) {
		uint64_t at = below(f, blocks) * BLOCK, n = BLOCK << below(f, 5);
		uint64_t end = at + n < v->npages ? at + n : v->npages;

		bool to_private = below(f, 2);
		uint64_t ns = 2000 + below(f, n * 60);

		synth_stall_begin(&f->s, &v->vm, 0, at, end, to_private);
		synth_convert(&f->s, &v->vm, at, end, to_private, ns);
		synth_stall_end(&f->s, &v->vm, 0, to_private, ns * 2, ns, to_private ? 0 : ns / 4);
	}
	f->s.now_ns = now;
}

static void convert_long(struct fake *f, struct fake_vm *v)
{
	uint32_t tid = v->vm.pid + 1;

	if (v->long_until_ns && f->s.now_ns >= v->long_until_ns) {
		synth_finish(&f->s, &v->vm, tid, 0, v->npages / 4, false,
			     f->s.now_ns - v->long_begin_ns);
		v->long_until_ns = 0;
	} else if (f->o.long_ns && !v->long_until_ns && !below(f, 200)) {
		v->long_begin_ns = f->s.now_ns;
		v->long_until_ns = f->s.now_ns + f->o.long_ns;
		synth_begin(&f->s, &v->vm, tid, 0, v->npages / 4, false);
	}
}

static void churn(struct fake *f)
{
	struct fake_vm *v = &f->vms[f->last_id % f->o.vms];

	if (!f->o.churn_ns || f->s.now_ns - f->churned_ns < f->o.churn_ns)
		return;
	f->churned_ns = f->s.now_ns;
	synth_end(&f->s, &v->vm);
	synth_counters(&f->s, &v->vm);
	start(f, v);
}

static struct fake *prepare(struct gmem_source *source, gmem_record_fn fn, void *ctx)
{
	struct fake *f = (struct fake *)source;

	f->s.fn = fn;
	f->s.ctx = ctx;
	f->s.err = 0;
	f->s.now_ns = now_ns();
	if (!f->begin_ns) {
		f->begin_ns = f->churned_ns = f->s.now_ns;
		for (unsigned int i = 0; i < f->o.vms; i++)
			start(f, &f->vms[i]);
	}
	return f;
}

static int fake_poll(struct gmem_source *source, int timeout_ms, gmem_record_fn fn, void *ctx)
{
	struct fake *f = prepare(source, fn, ctx);

	if (f->o.end_ns && f->s.now_ns - f->begin_ns > f->o.end_ns)
		return -ENODATA;
	if (timeout_ms > 0)
		usleep((useconds_t)timeout_ms * 1000);
	for (unsigned int i = 0; i < f->o.vms; i++) {
		convert_some(f, &f->vms[i]);
		convert_long(f, &f->vms[i]);
	}
	if (f->o.vms)
		churn(f);
	return f->s.err ? f->s.err : (int)f->o.vms;
}

static int fake_sync(struct gmem_source *source, gmem_record_fn fn, void *ctx)
{
	int err = fake_poll(source, 0, fn, ctx);
	struct fake *f = prepare(source, fn, ctx);
	uint64_t seconds = (f->s.now_ns - f->begin_ns) / 1000000000;
	const uint64_t lost[GMEM_LOSSES] = {
		[GMEM_LOST_RINGBUF] = seconds * f->o.losses,
		[GMEM_LOST_UNPAIRED] = seconds * f->o.losses / 10,
	};

	if (f->o.noise)
		fprintf(stderr, "fake: %llu s\n", (unsigned long long)seconds);
	for (unsigned int i = 0; i < f->o.vms; i++)
		synth_counters(&f->s, &f->vms[i].vm);
	synth_lost(&f->s, lost);
	synth_sync(&f->s);
	return err < 0 ? err : f->s.err;
}

static const char *fake_describe(const struct gmem_source *source)
{
	(void)source;
	return "fake";
}

static void fake_close(struct gmem_source *source)
{
	struct fake *f = (struct fake *)source;

	free(f->vms);
	free(f);
}

struct gmem_source *fake_open(const struct fake_opts *opts)
{
	static const struct gmem_source_ops ops = {
		.poll = fake_poll, .sync = fake_sync, .describe = fake_describe, .close = fake_close,
	};
	struct fake *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->o = *opts;
	f->o.vms = f->o.vms < MAX_VMS ? f->o.vms : MAX_VMS;
	f->vms = calloc(f->o.vms + 1, sizeof(*f->vms));
	f->source.ops = &ops;
	f->state = 1;
	if (f->vms)
		return &f->source;
	free(f);
	return NULL;
}
