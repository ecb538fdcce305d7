// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "live/inflight.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bpf/gmem_maps.h"
#include "gmem.skel.h"

static int emit_stalls(struct gmem_bpf *skel, gmem_record_fn fn, void *ctx)
{
	int fd = bpf_map__fd(skel->maps.stalls), err = 0;
	struct gmem_vcpu_key key, next, *prev = NULL;
	struct gmem_stall s;

	/* If the previous entry was deleted, the walk starts over: emitting a stall twice does no harm. */
	for (; !err && !bpf_map_get_next_key(fd, prev, &next); prev = &key) {
		key = next;
		if (bpf_map_lookup_elem(fd, &key, &s))
			continue;
		struct gmem_rec r = {
			.h = { s.exit_ns, key.vm, s.tgid, s.tid, GMEM_STALL_BEGIN, sizeof(r),
			       .flags = GMEM_REC_REPEATED },
			.start = s.start, .end = s.end, .attributes = s.attributes, .vcpu = key.vcpu,
		};
		err = fn(ctx, &r.h);
	}
	return err;
}

/* Emits the phase of a conversion that is past its first one. @ts_ns: time of the snapshot. */
static int emit_phase(const struct gmem_op *op, uint64_t ts_ns, gmem_record_fn fn, void *ctx)
{
	struct gmem_rec r = {
		.h = { ts_ns, op->vm, op->tgid, op->tid, GMEM_PHASE, sizeof(r), 0 },
		.start = op->start, .end = op->end, .phase = op->phase - GMEM_PHASE_CHECK,
		.dur_ns = ts_ns - op->begin_ns,
	};

	if (op->kind != GMEM_ATTRIBUTES_BEGIN || !op->phase || op->phase >= GMEM_PHASES)
		return 0;
	return fn(ctx, &r.h);
}

static int emit_op(const struct gmem_op *op, uint64_t ts_ns, gmem_record_fn fn, void *ctx)
{
	struct gmem_rec r = {
		.h = { op->begin_ns, op->vm, op->tgid, op->tid, op->kind, sizeof(r),
		       .flags = GMEM_REC_REPEATED },
		.ino = op->ino, .start = op->start, .end = op->end, .arg = op->arg,
	};
	int err = fn(ctx, &r.h);

	return err ? err : emit_phase(op, ts_ns, fn, ctx);
}

static uint64_t begin_at(const struct inflight *f, size_t i)
{
	return *(const volatile __u64 *)&f->ops[i].begin_ns;
}

/* Places looked at with one branch: nearly all are free. */
#define LOOK_AT		8

/* Returns the next place from @i on, in steps of @step, that has an operation in flight; OPS or more: none has. */
static size_t next_in_flight(const struct inflight *f, size_t i, size_t step)
{
	while (i + (LOOK_AT - 1) * step < OPS) {
		uint64_t begins = 0;

		for (size_t n = 0; n < LOOK_AT; n++)
			begins |= begin_at(f, i + n * step);
		if (begins)
			break;
		i += LOOK_AT * step;
	}
	while (i < OPS && !begin_at(f, i))
		i += step;
	return i;
}

/* Copies an operation in flight. Returns false if there is none, or begin_ns shows that it ended. */
static bool read_op(const volatile struct gmem_op *from, uint32_t epoch, struct gmem_op *op)
{
	op->begin_ns = from->begin_ns;
	if (!op->begin_ns || !from->kind || from->since != epoch + 1)
		return false;
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	*op = (struct gmem_op){
		.begin_ns = op->begin_ns, .vm = from->vm, .ino = from->ino,
		.start = from->start, .end = from->end, .arg = from->arg,
		.tid = from->tid, .tgid = from->tgid, .kind = from->kind, .phase = from->phase,
	};
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return from->begin_ns == op->begin_ns && op->tid;
}

static int emit_operations(const struct inflight *f, uint64_t ts_ns, gmem_record_fn fn, void *ctx)
{
	const __u32 *epochs = f->skel->bss->epochs;
	struct gmem_op op;
	int err = 0;

	for (size_t i = 0; !err && (i = next_in_flight(f, i, 1)) < OPS; i++) {
		if (read_op(&f->ops[i], epochs[i % OP_CLASSES_MAX], &op))
			err = emit_op(&op, ts_ns, fn, ctx);
	}
	return err;
}

/* Emits operations whose place in map ops was taken. */
static int emit_overflow(const struct inflight *f, uint64_t ts_ns, gmem_record_fn fn, void *ctx)
{
	int fd = bpf_map__fd(f->skel->maps.ops_overflow), err = 0;
	const __u32 *epochs = f->skel->bss->epochs;
	struct gmem_op_key key, next, *prev = NULL;
	struct gmem_op op;

	for (; !err && !bpf_map_get_next_key(fd, prev, &next); prev = &key) {
		key = next;
		if (bpf_map_lookup_elem(fd, &key, &op) || !op.kind ||
		    op.since != epochs[key.class % OP_CLASSES_MAX] + 1)
			continue;
		err = emit_op(&op, ts_ns, fn, ctx);
	}
	return err;
}

int inflight_emit(const struct inflight *f, uint64_t ts_ns, gmem_record_fn fn, void *ctx)
{
	struct gmem_rec r = {
		.h = { .ts_ns = ts_ns, .kind = GMEM_INFLIGHT, .size = sizeof(r) },
	};
	int err = fn(ctx, &r.h);

	if (!err)
		err = emit_stalls(f->skel, fn, ctx);
	if (!err)
		err = emit_operations(f, ts_ns, fn, ctx);
	return err ? err : emit_overflow(f, ts_ns, fn, ctx);
}

int inflight_emit_phases(const struct inflight *f, uint64_t ts_ns, gmem_record_fn fn, void *ctx)
{
	const __u32 *epochs = f->skel->bss->epochs;
	struct gmem_op op;
	int err = 0;

	for (size_t i = OP_ATTRIBUTES; !err && (i = next_in_flight(f, i, OP_CLASSES_MAX)) < OPS;
	     i += OP_CLASSES_MAX) {
		if (read_op(&f->ops[i], epochs[OP_ATTRIBUTES], &op))
			err = emit_phase(&op, ts_ns, fn, ctx);
	}
	return err;
}

/* Returns 0 below one second, then 1, and one more each time the age doubles. */
static int age_class(uint64_t begin_ns, uint64_t now_ns)
{
	uint64_t seconds = now_ns > begin_ns ? (now_ns - begin_ns) / 1000000000 : 0;

	return seconds ? 64 - __builtin_clzll(seconds) : 0;
}

void inflight_find_long(const struct inflight *f, uint64_t before_ns, uint64_t now_ns,
			void (*fn)(struct inventory *inv, uint64_t vm), struct inventory *inv)
{
	const __u32 *epochs = f->skel->bss->epochs;
	struct gmem_op op;

	for (size_t i = OP_ATTRIBUTES; (i = next_in_flight(f, i, OP_CLASSES_MAX)) < OPS; i += OP_CLASSES_MAX) {
		if (read_op(&f->ops[i], epochs[OP_ATTRIBUTES], &op) &&
		    age_class(op.begin_ns, now_ns) > age_class(op.begin_ns, before_ns))
			fn(inv, op.vm);
	}
}

static size_t map_size(void)
{
	size_t page = sysconf(_SC_PAGESIZE);

	return (OPS * sizeof(struct gmem_op) + page - 1) / page * page;
}

int inflight_open(struct inflight *f, struct gmem_bpf *skel)
{
	void *p = mmap(NULL, map_size(), PROT_READ, MAP_SHARED, bpf_map__fd(skel->maps.ops), 0);

	if (p == MAP_FAILED)
		return -errno;
	f->skel = skel;
	f->ops = p;
	return 0;
}

void inflight_close(struct inflight *f)
{
	if (f->ops)
		munmap((void *)(uintptr_t)f->ops, map_size());
	f->ops = NULL;
}

void active_open(struct active *c, uint8_t *bytes)
{
	c->bytes = bytes;
	memset(c->now, 1, sizeof(c->now));
}

/* Most of the bytes are 0: takes eight at once. */
static void take_eight(struct active *c, unsigned int first)
{
	if (!__atomic_load_n((uint64_t *)&c->bytes[first], __ATOMIC_RELAXED))
		return;
	for (unsigned int i = first; i < first + 8; i++)
		c->now[i] = __atomic_exchange_n(&c->bytes[i], 0, __ATOMIC_SEQ_CST);
}

void active_begin(struct active *c, bool all)
{
	c->all = all;
	memcpy(c->before, c->now, sizeof(c->before));
	memset(c->now, 0, sizeof(c->now));
	for (unsigned int i = 0; i < ACTIVE_VMS; i += 8)
		take_eight(c, i);
}

bool active_has(const struct active *c, uint64_t vm)
{
	uint64_t i = vm % ACTIVE_VMS;

	return c->all || c->now[i] || c->before[i];
}
