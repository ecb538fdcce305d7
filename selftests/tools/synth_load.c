// SPDX-License-Identifier: GPL-2.0-only
#include "synth_load.h"

#include <stdlib.h>
#include <string.h>

#include "bpf/gmem_hist.h"

#define PRIVATE		8	/* KVM_MEMORY_ATTRIBUTE_PRIVATE */
#define PUNCH		3	/* keep_size | punch_hole */
#define CAUSE_PUNCH	0
#define CAUSE_ATTRIBUTES 3
#define NPAGES		(256ULL * SYNTH_MIB)
#define LATE		NPAGES	/* gfn of the slot, so that gfns differ from pgoffs */

struct load {
	const struct synth_load *o;
	struct synth s;
	struct synth_vm *vms;
	uint64_t state;
	uint64_t made;
	/* conversion in flight: its phases go into its end record, or are events */
	struct gmem_conversion_rec now;
	bool by_events;
};

static uint64_t random64(struct load *l)
{
	uint64_t z = l->state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static uint64_t below(struct load *l, uint64_t n)
{
	return random64(l) % n;
}

static double unit(struct load *l)
{
	return (double)(random64(l) >> 11) / 9007199254740992.0;
}

/* Returns about @ns, with the load's noise, and occasionally much more. */
static uint64_t about(struct load *l, double ns, double more)
{
	double f = (1 + more) * (1 + l->o->drift) * (1 + l->o->noise * unit(l) * unit(l));

	if (l->o->noise > 0 && !below(l, 500))
		f *= 10;
	return (uint64_t)(ns * f);
}

static void emit_sized(struct load *l, struct synth_vm *vm, unsigned int kind, struct gmem_rec *r, size_t size)
{
	int err;

	r->h.ts_ns = l->s.now_ns;
	r->h.vm = vm->id;
	r->h.tgid = vm->pid;
	r->h.kind = (uint16_t)kind;
	r->h.size = (uint16_t)size;
	r->h.cpu = r->h.tid % 4;
	err = l->s.fn(l->s.ctx, &r->h);
	if (!l->s.err)
		l->s.err = err;
}

static void emit(struct load *l, struct synth_vm *vm, unsigned int kind, struct gmem_rec r)
{
	emit_sized(l, vm, kind, &r, sizeof(r));
}

#define EMIT(l, vm, kind, ...) emit(l, vm, kind, (struct gmem_rec){ __VA_ARGS__ })

static void count(struct gmem_op_counters *c, uint64_t pages, uint64_t ns)
{
	c->count++;
	c->bytes += pages << GMEM_PAGE_SHIFT;
	c->total_ns += ns;
	c->max_ns = ns > c->max_ns ? ns : c->max_ns;
}

static unsigned int phase_slot(uint64_t ns)
{
	unsigned int k = ns ? gmem_log2(ns) : 0;

	return k < GMEM_PHASE_SLOTS ? k : GMEM_PHASE_SLOTS - 1;
}

static void spend(struct load *l, struct synth_vm *vm, int dir, unsigned int phase, double ns)
{
	uint64_t took = about(l, ns, l->o->slower[phase]);

	l->s.now_ns += took;
	l->now.phases |= 1U << phase;
	l->now.phase_ns[phase] = took;
	vm->c.phase_ns[dir][phase] += took;
	vm->c.phase_hist[dir][phase][phase_slot(took)]++;
}

static void emit_phase(struct load *l, struct synth_vm *vm, uint32_t tid, uint64_t start,
		       uint64_t end, unsigned int phase)
{
	if (l->by_events)
		EMIT(l, vm, GMEM_ATTRIBUTES_PHASE, .h.tid = tid, .start = start, .end = end,
		     .arg = phase - GMEM_PHASE_CHECK);
}

static void emit_end(struct load *l, struct synth_vm *vm, struct gmem_rec r)
{
	l->now.r = r;
	emit_sized(l, vm, GMEM_ATTRIBUTES_END, &l->now.r, l->by_events ? sizeof(r) : sizeof(l->now));
}

static void retry(struct load *l, struct synth_vm *vm, uint64_t start, uint64_t end)
{
	for (uint64_t n = below(l, 12) ? 0 : 1 + below(l, 4); n; n--) {
		vm->c.fault_retries++;
		EMIT(l, vm, GMEM_FAULT_RETRY, .h.tid = vm->pid + 90, .start = start + below(l, end - start),
		     .end = start + 1, .arg = PRIVATE, .aux = 1);
	}
}

/* Emits a KVM_SET_MEMORY_ATTRIBUTES. Returns its duration. */
static uint64_t convert(struct load *l, struct synth_vm *vm, uint32_t tid, uint64_t start, uint64_t end,
			bool private)
{
	uint64_t begin = l->s.now_ns, window, attributes = private ? PRIVATE : 0;
	int dir = private ? GMEM_TO_PRIVATE : GMEM_TO_SHARED;
	double pages = (double)(end - start);

	l->now = (struct gmem_conversion_rec){ .phases = 0 };
	l->by_events = start % 8 == 7;	/* as for a task whose entry another task took */
	EMIT(l, vm, GMEM_ATTRIBUTES_BEGIN, .h.tid = tid, .start = start, .end = end, .arg = attributes);
	spend(l, vm, dir, GMEM_PHASE_LOCK, 400);
	emit_phase(l, vm, tid, start, end, GMEM_PHASE_CHECK);
	spend(l, vm, dir, GMEM_PHASE_CHECK, 200 + 2 * pages);
	if (private) {
		emit_phase(l, vm, tid, start, end, GMEM_PHASE_RESERVE);
		spend(l, vm, dir, GMEM_PHASE_RESERVE, 300 + 30 * pages);
	}
	emit_phase(l, vm, tid, start, end, GMEM_PHASE_ZAP);
	window = l->s.now_ns;
	EMIT(l, vm, GMEM_INVALIDATE_BEGIN, .h.tid = tid, .start = start, .end = end,
	     .arg = CAUSE_ATTRIBUTES);
	spend(l, vm, dir, GMEM_PHASE_ZAP, 900 + 5 * pages);
	emit_phase(l, vm, tid, start, end, GMEM_PHASE_STORE);
	retry(l, vm, start, end);
	spend(l, vm, dir, GMEM_PHASE_STORE, 250 + 25 * pages);
	emit_phase(l, vm, tid, start, end, GMEM_PHASE_MIXED);
	spend(l, vm, dir, GMEM_PHASE_MIXED, 350 + pages);
	count(&vm->c.window, end - start, l->s.now_ns - window);
	EMIT(l, vm, GMEM_INVALIDATE_END, .h.tid = tid, .start = start, .end = end,
	     .arg = CAUSE_ATTRIBUTES, .dur_ns = l->s.now_ns - window);
	count(&vm->c.conversion[dir], end - start, l->s.now_ns - begin);
	vm->c.conversion_hist[dir][gmem_hist_slot(l->s.now_ns - begin)]++;
	emit_end(l, vm, (struct gmem_rec){ .h.tid = tid, .start = start, .end = end, .arg = attributes,
					   .dur_ns = l->s.now_ns - begin, .aux = 1 });
	return l->s.now_ns - begin;
}

static uint64_t punch(struct load *l, struct synth_vm *vm, uint32_t tid, uint64_t start, uint64_t end)
{
	uint64_t begin = l->s.now_ns, ino = vm->id * 1000, ns;

	start -= LATE;
	end -= LATE;
	EMIT(l, vm, GMEM_FALLOCATE_BEGIN, .h.tid = tid, .ino = ino, .start = start, .end = end, .arg = PUNCH);
	l->s.now_ns += about(l, 500, 0);
	EMIT(l, vm, GMEM_INVALIDATE_BEGIN, .h.tid = tid, .ino = ino, .start = start, .end = end,
	     .arg = CAUSE_PUNCH);
	ns = about(l, 800 + 20 * (double)(end - start), 0);
	l->s.now_ns += ns;
	count(&vm->c.invalidate, end - start, ns);
	EMIT(l, vm, GMEM_INVALIDATE_END, .h.tid = tid, .ino = ino, .start = start, .end = end,
	     .arg = CAUSE_PUNCH, .dur_ns = ns);
	l->s.now_ns += about(l, 300, 0);
	ns = l->s.now_ns - begin;
	count(&vm->c.punch, end - start, ns);
	vm->c.punched_pages += end - start;
	EMIT(l, vm, GMEM_FALLOCATE_END, .h.tid = tid, .ino = ino, .start = start, .end = end,
	     .arg = PUNCH, .nr_pages = end - start, .dur_ns = ns);
	return ns;
}

static void touch(struct load *l, struct synth_vm *vm, uint32_t tid, uint64_t gfn)
{
	uint64_t ns;

	EMIT(l, vm, GMEM_FAULT_BEGIN, .h.tid = tid, .ino = vm->id * 1000, .start = gfn, .end = gfn + 1,
	     .arg = gfn - LATE);
	ns = about(l, 1500, 0);
	l->s.now_ns += ns;
	count(&vm->c.fault, 1, ns);
	vm->c.faulted_pages++;
	EMIT(l, vm, GMEM_FAULT_END, .h.tid = tid, .ino = vm->id * 1000, .start = gfn, .end = gfn + 1,
	     .arg = ns / 10, .nr_pages = 1, .dur_ns = ns);
}

static void stall_end(struct load *l, struct synth_vm *vm, uint32_t tid, uint32_t vcpu, uint64_t start,
		      uint64_t end, bool private, const uint64_t ns[3])
{
	int dir = private ? GMEM_TO_PRIVATE : GMEM_TO_SHARED, err;
	struct gmem_stall_rec r = {
		.r = { .h = { .ts_ns = l->s.now_ns, .vm = vm->id, .tgid = vm->pid, .tid = tid,
			      .kind = GMEM_STALL_END, .size = sizeof(r), .cpu = tid % 4 },
		       .start = start, .end = end, .arg = private ? PRIVATE : 0,
		       .dur_ns = ns[0], .aux = vcpu },
		.ioctl_ns = ns[1], .discard_ns = ns[2], .ioctls = 1,
	};

	count(&vm->c.stall[dir], end - start, ns[0]);
	vm->c.stall_hist[dir][gmem_hist_slot(ns[0])]++;
	vm->c.stall_ioctl_ns[dir] += ns[1];
	vm->c.stall_discard_ns[dir] += ns[2];
	err = l->s.fn(l->s.ctx, &r.r.h);
	if (!l->s.err)
		l->s.err = err;
}

/* Emits a vCPU's request; one in three is by access, one in ten to shared is never discarded. */
static void request(struct load *l, struct synth_vm *vm, uint32_t vcpu, uint64_t start, uint64_t end,
		    bool private)
{
	uint32_t tid = vm->pid + 1 + vcpu;
	uint64_t begin = l->s.now_ns, ns[3] = { 0, 0, 0 };

	if (end - start == 1 && !below(l, 3)) {
		vm->c.memory_faults++;
		EMIT(l, vm, GMEM_MEMORY_FAULT, .h.tid = tid, .start = start, .end = end,
		     .arg = private ? PRIVATE : 0, .ret = -14, .aux = vcpu);
	}
	EMIT(l, vm, GMEM_STALL_BEGIN, .h.tid = tid, .start = start, .end = end,
	     .arg = private ? PRIVATE : 0, .aux = vcpu);
	l->s.now_ns += about(l, 2500, 0);
	ns[1] = convert(l, vm, tid, start, end, private);
	l->s.now_ns += about(l, 500, 0);
	if (!private && below(l, 10))
		ns[2] = punch(l, vm, tid, start, end);
	l->s.now_ns += about(l, 1500, 0);
	ns[0] = l->s.now_ns - begin;
	stall_end(l, vm, tid, vcpu, start, end, private, ns);
	for (unsigned int i = 0; private && i < 3 && start + i < end; i++)
		touch(l, vm, tid, start + i);
}

static void start_vm(struct load *l, struct synth_vm *vm)
{
	static const char *const comms[] = { "qemu-system-x86", "cloud-hyperviso", "gmemload" };
	uint64_t ino = vm->id * 1000;

	synth_start(&l->s, vm, comms[vm->id % 3], 0);
	EMIT(l, vm, GMEM_CREATE, .h.tid = vm->pid, .ino = ino, .end = NPAGES);
	EMIT(l, vm, GMEM_BIND, .h.tid = vm->pid, .ino = ino, .start = LATE, .end = LATE + NPAGES);
	convert(l, vm, vm->pid, LATE, LATE + NPAGES, true);
}

static void one(struct load *l)
{
	static const uint64_t sizes[] = { 1, 1, 1, 1, 16, 64, 512, 512, 2048 };
	struct synth_vm *vm = &l->vms[l->made / 2 % l->o->vms];
	uint64_t n = sizes[below(l, sizeof(sizes) / sizeof(*sizes))];
	/* Half of the requests are for a few pages, which are converted back and forth. */
	uint64_t at = LATE + (below(l, 2) ? below(l, 8) : below(l, NPAGES / 2048)) * 2048;

	l->s.now_ns += about(l, 20000, 0);
	request(l, vm, (uint32_t)below(l, l->o->vcpus), at, at + n, false);
	l->s.now_ns += about(l, 10000, 0);
	if (below(l, 20))
		request(l, vm, (uint32_t)below(l, l->o->vcpus), at, at + n, true);
	l->made += 2;
}

static void emit_other(struct load *l, struct gmem_hdr *h, uint16_t kind, size_t size)
{
	h->ts_ns = l->s.now_ns;
	h->kind = kind;
	h->size = (uint16_t)size;
	if (!l->s.err)
		l->s.err = l->s.fn(l->s.ctx, h);
}

static void emit_probes(struct load *l)
{
	struct gmem_probes_rec r = { .features = 0xff & ~l->o->lacks, .set = "tracepoints" };

	if (l->o->state) {
		r.features |= GMEM_FEATURE_BACKING;
		r.by_function = GMEM_EVENT_BIT(GMEM_EVENT_STALL);
		r.by_tracepoint = (GMEM_EVENT_BIT(GMEM_EVENT_POPULATE) - 1) & ~r.by_function;
	}
	emit_other(l, &r.h, GMEM_PROBES, sizeof(r));
}

/* All of these figures differ: one in place of another is noticed. */
static void emit_state(struct load *l, struct synth_vm *vm)
{
	if (l->o->ends)
		return;
	synth_pages(&l->s, vm, 0, NPAGES, 5, 3000 + vm->id);
	synth_shared_pages(&l->s, vm, LATE + NPAGES, LATE + 100, LATE + 2000 + 2 * vm->id);
	synth_mapped(&l->s, vm, 100 + vm->id, 10 + vm->id);
	EMIT(l, vm, GMEM_ATTRIBUTES_BEGIN, .h.tid = vm->pid, .start = LATE, .end = LATE + 1, .arg = PRIVATE);
	l->s.now_ns += 1000000;
}

static void emit_cost(struct load *l)
{
	struct gmem_cost_rec r = {
		.cpu_ns = 2000000001, .scan_runs = 11, .scan_ns = 3000002, .scan_max_ns = 1000003,
		.pagemap_calls = 13, .pagemap_ns = 5000004, .pagemap_max_ns = 4000005,
	};

	synth_backing(&l->s);
	emit_other(l, &r.h, GMEM_COST, sizeof(r));
}

static void finish(struct load *l)
{
	const uint64_t lost[GMEM_LOSSES] = { [GMEM_LOST_RINGBUF] = l->o->lost };
	struct synth_vm none = { .id = 0 };

	if (l->o->state)	/* pages of gfns that were converted shortly before do not count */
		l->s.now_ns += 10000000000;
	for (unsigned int i = 0; i < l->o->vms; i++) {
		if (l->o->state)
			emit_state(l, &l->vms[i]);
		if (l->o->ends) {
			synth_end(&l->s, &l->vms[i]);
			l->vms[i].c.ended_ns = l->s.now_ns;
		}
		l->vms[i].c.lost_records = i ? 0 : l->o->lost;
		synth_counters(&l->s, &l->vms[i]);
	}
	if (l->o->state)
		emit_cost(l);
	synth_lost(&l->s, lost);
	EMIT(l, &none, GMEM_SYNC, .start = 0);
}

int synth_load(const struct synth_load *o, gmem_record_fn fn, void *ctx)
{
	struct load l = { .o = o, .s = { .fn = fn, .ctx = ctx, .now_ns = 5000000000 }, .state = o->seed };

	l.vms = calloc(o->vms, sizeof(*l.vms));
	if (!l.vms)
		return -1;
	emit_probes(&l);
	for (unsigned int i = 0; i < o->vms; i++) {
		l.vms[i].id = i + 1;
		l.vms[i].pid = 1000 + 100 * i;
		start_vm(&l, &l.vms[i]);
	}
	while (l.made < o->conversions && !l.s.err)
		one(&l);
	finish(&l);
	free(l.vms);
	return l.s.err;
}
