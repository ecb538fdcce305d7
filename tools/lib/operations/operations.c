// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "operations/operations.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "abi/conversion.h"
#include "abi/kinds.h"

#define OPS_MAX		16384	/* of more, the ends were lost */
#define VCPUS_MAX	4096	/* KVM_MAX_VCPUS of x86; a damaged recording may have more */

const char *const gmem_origin_names[GMEM_ORIGINS] = {
	[GMEM_BY_HYPERCALL]	= "hypercall",
	[GMEM_BY_ACCESS]	= "access",
	[GMEM_BY_VMM]		= "vmm",
};

const char *const gmem_mark_names[GMEM_MARKS] = {
	[GMEM_MARK_EXIT]	= "exit",
	[GMEM_MARK_IOCTL]	= "ioctl",
	[GMEM_MARK_PHASE + GMEM_PHASE_LOCK]	= "lock",
	[GMEM_MARK_PHASE + GMEM_PHASE_CHECK]	= "check",
	[GMEM_MARK_PHASE + GMEM_PHASE_RESERVE]	= "reserve",
	[GMEM_MARK_PHASE + GMEM_PHASE_ZAP]	= "zap",
	[GMEM_MARK_PHASE + GMEM_PHASE_STORE]	= "store",
	[GMEM_MARK_PHASE + GMEM_PHASE_MIXED]	= "mixed",
	[GMEM_MARK_IOCTL_END]	= "ioctl_end",
	[GMEM_MARK_PUNCH]	= "punch",
	[GMEM_MARK_PUNCH_END]	= "punch_end",
	[GMEM_MARK_END]		= "end",
};

void gmem_operations_free(struct gmem_operations *ops)
{
	while (ops->room)
		free(ops->list[--ops->room]);
	free(ops->list);
	free(ops->faults);
	*ops = (struct gmem_operations){ .nr = 0 };
}

/* Moves the element to those that are free. */
static void drop_op(struct gmem_operations *ops, size_t i)
{
	struct gmem_inflight *op = ops->list[i];

	for (ops->nr--; i < ops->nr; i++)
		ops->list[i] = ops->list[i + 1];
	ops->list[i] = op;
}

/* Makes sure that there is a free element. The list grows by doubling. */
static int make_room(struct gmem_operations *ops)
{
	size_t n = ops->room;
	struct gmem_inflight **list;

	if (ops->nr == OPS_MAX)
		drop_op(ops, 0);
	if (ops->nr < n)
		return 0;
	if (!(n & (n - 1))) {
		list = reallocarray(ops->list, n ? 2 * n : 1, sizeof(*list));
		if (!list)
			return -ENOMEM;
		ops->list = list;
	}
	ops->list[n] = malloc(sizeof(**ops->list));
	if (!ops->list[n])
		return -ENOMEM;
	ops->room++;
	return 0;
}

/* Inserts an element in order of begin: records of several CPUs may arrive out of order. */
static struct gmem_inflight *insert_op(struct gmem_operations *ops, uint64_t begin_ns)
{
	size_t i = ops->nr;
	struct gmem_inflight *op;

	if (make_room(ops))
		return NULL;
	op = ops->list[i = ops->nr++];
	for (; i && ops->list[i - 1]->begin_ns > begin_ns; i--)
		ops->list[i] = ops->list[i - 1];
	ops->list[i] = op;
	return op;
}

int gmem_operations_copy(struct gmem_operations *to, const struct gmem_operations *from)
{
	*to = (struct gmem_operations){ .nr = 0 };
	for (size_t i = 0; i < from->nr; i++) {
		struct gmem_inflight *op = insert_op(to, from->list[i]->begin_ns);

		if (!op)
			return -ENOMEM;
		*op = *from->list[i];
	}
	return 0;
}

/* Returns the index of the operation of kind @begin that a record belongs to, or ops->nr. */
static size_t find_index(const struct gmem_operations *ops, const struct gmem_rec *r, uint16_t begin)
{
	for (size_t i = ops->nr; i-- > 0; ) {
		const struct gmem_inflight *op = ops->list[i];

		if (op->kind == begin && (begin == GMEM_STALL_BEGIN ? op->aux == r->vcpu : op->tid == r->h.tid))
			return i;
	}
	return ops->nr;
}

static struct gmem_inflight *find_op(const struct gmem_operations *ops, const struct gmem_rec *r, uint16_t begin)
{
	size_t i = find_index(ops, r, begin);

	return i < ops->nr ? ops->list[i] : NULL;
}

const struct gmem_inflight *gmem_operations_find(const struct gmem_operations *ops, const struct gmem_rec *end)
{
	return find_op(ops, end, gmem_kinds[end->h.kind].begin);
}

size_t gmem_operations_count(const struct gmem_operations *ops, uint16_t kind)
{
	size_t n = 0;

	for (size_t i = 0; i < ops->nr; i++)
		n += ops->list[i]->kind == kind;
	return n;
}

uint64_t gmem_operations_age(const struct gmem_operations *ops, uint16_t kind, uint64_t now_ns)
{
	for (size_t i = 0; i < ops->nr; i++) {
		if (ops->list[i]->kind == kind)
			return gmem_inflight_age(ops->list[i], now_ns);
	}
	return 0;
}

struct gmem_inflight *gmem_operations_served(const struct gmem_operations *ops, uint16_t kind, uint32_t tid,
					     uint64_t ino, uint64_t start)
{
	bool converts = kind == GMEM_ATTRIBUTES_BEGIN || kind == GMEM_ATTRIBUTES_END;
	struct gmem_inflight *found = NULL;

	if (!converts && kind != GMEM_FALLOCATE_BEGIN && kind != GMEM_FALLOCATE_END)
		return NULL;
	for (size_t i = 0; i < ops->nr; i++) {
		struct gmem_inflight *op = ops->list[i];

		if (op->kind != GMEM_STALL_BEGIN)
			continue;
		if (op->served_by == tid)
			return op;
		if (converts && !ino && op->next == start)
			found = op;
	}
	return found;
}

/* Lets the stall wait for a conversion from @gfn on, in place of an earlier one that does. */
static void await_next(struct gmem_operations *ops, struct gmem_inflight *stall, uint64_t gfn)
{
	for (size_t i = 0; i < ops->nr; i++) {
		if (ops->list[i]->kind == GMEM_STALL_BEGIN && ops->list[i]->next == gfn)
			ops->list[i]->next = GMEM_UNKNOWN;
	}
	stall->next = gfn;
}

static void begin_stall(struct gmem_operations *ops, struct gmem_inflight *stall)
{
	bool known = stall->aux < ops->nr_faults;

	for (size_t i = 0; i < ops->nr; i++) {
		if (ops->list[i]->served_by == stall->tid)
			ops->list[i]->served_by = 0;
	}
	stall->served_by = stall->tid;
	await_next(ops, stall, stall->start);
	stall->origin = known && ops->faults[stall->aux] == stall->start + 1 ? GMEM_BY_ACCESS : GMEM_BY_HYPERCALL;
	if (known)
		ops->faults[stall->aux] = 0;
	gmem_mark_add(&stall->marks, GMEM_MARK_EXIT, 0);
}

/* Begins an operation. An earlier one of the kind and task is dropped: its end was lost. */
static int begin_op(struct gmem_operations *ops, const struct gmem_rec *r)
{
	size_t i = find_index(ops, r, r->h.kind);
	struct gmem_inflight *op = i < ops->nr ? ops->list[i] : NULL;

	if (op && r->h.flags & GMEM_REC_REPEATED && op->begin_ns == r->h.ts_ns) {
		op->unconfirmed = false;
		return 0;
	}
	if (op)
		drop_op(ops, i);
	op = insert_op(ops, r->h.ts_ns);
	if (!op)
		return -ENOMEM;
	memset(op, 0, offsetof(struct gmem_inflight, marks.list));	/* most have few marks */
	op->begin_ns = r->h.ts_ns;
	op->tid = r->h.tid;
	op->kind = r->h.kind;
	op->aux = r->aux;
	op->ino = r->ino;
	op->start = r->start;
	op->end = r->end;
	op->arg = r->arg;
	op->next = GMEM_UNKNOWN;
	if (r->h.kind == GMEM_STALL_BEGIN)
		begin_stall(ops, op);
	return 0;
}

/* Matches by task; a GMEM_PHASE of a snapshot by begin, too, as it may be of another operation of the task. */
static void enter_phase(struct gmem_operations *ops, const struct gmem_rec *r)
{
	struct gmem_inflight *op = find_op(ops, r, GMEM_ATTRIBUTES_BEGIN);
	bool known = r->phase < GMEM_PHASES - GMEM_PHASE_CHECK;
	uint32_t phase = (uint32_t)r->phase + GMEM_PHASE_CHECK;

	if (!op || (r->h.kind == GMEM_PHASE && op->begin_ns != r->h.ts_ns - r->dur_ns))
		return;
	op->phase = known ? phase + 1 : 0;
	if (known && r->h.kind == GMEM_ATTRIBUTES_PHASE)
		gmem_mark_add(&op->marks, GMEM_MARK_PHASE + phase, gmem_inflight_age(op, r->h.ts_ns));
}

/* Notes a memory fault, which may arrive before or after the begin of its stall: stock probes share a function. */
static int memory_fault(struct gmem_operations *ops, const struct gmem_rec *r)
{
	struct gmem_inflight *stall = find_op(ops, r, GMEM_STALL_BEGIN);
	uint32_t n = ops->nr_faults ? ops->nr_faults : 4;
	uint64_t *p;

	if (stall && stall->start == r->start && stall->marks.nr == 1) {
		stall->origin = GMEM_BY_ACCESS;
		return 0;
	}
	if (r->vcpu >= VCPUS_MAX)
		return 0;
	while (n <= r->vcpu)
		n *= 2;
	if (n > ops->nr_faults) {
		p = reallocarray(ops->faults, n, sizeof(*p));
		if (!p)
			return -ENOMEM;
		memset(p + ops->nr_faults, 0, (n - ops->nr_faults) * sizeof(*p));
		ops->faults = p;
		ops->nr_faults = n;
	}
	ops->faults[r->vcpu] = r->start + 1;
	return 0;
}

static void mark_served(struct gmem_inflight *stall, const struct gmem_inflight *op, const struct gmem_rec *r)
{
	uint64_t at = gmem_inflight_age(stall, r->h.ts_ns - r->dur_ns);
	bool converts = r->h.kind == GMEM_ATTRIBUTES_END;

	if (r->start >= r->end || (!converts && (r->ret || !gmem_rec_punches(r))))
		return;
	gmem_mark_add(&stall->marks, converts ? GMEM_MARK_IOCTL : GMEM_MARK_PUNCH, at);
	gmem_mark_operation(&stall->marks, op, r, at);
	gmem_mark_add(&stall->marks, converts ? GMEM_MARK_IOCTL_END : GMEM_MARK_PUNCH_END, at + r->dur_ns);
}

static void end_op(struct gmem_operations *ops, const struct gmem_rec *r, uint16_t kind)
{
	struct gmem_inflight *stall = gmem_operations_served(ops, kind, r->h.tid, r->ino, r->start);
	size_t i = find_index(ops, r, kind);

	if (stall)
		mark_served(stall, i < ops->nr ? ops->list[i] : NULL, r);
	if (stall && stall->served_by != r->h.tid && !r->ret)
		await_next(ops, stall, r->end < stall->end ? r->end : GMEM_UNKNOWN);
	if (kind == GMEM_STALL_BEGIN && r->vcpu < ops->nr_faults)
		ops->faults[r->vcpu] = 0;
	if (i < ops->nr)
		drop_op(ops, i);
}

int gmem_operations_apply(struct gmem_operations *ops, const struct gmem_rec *r)
{
	const struct gmem_kind_info *k = &gmem_kinds[r->h.kind];

	if (k->phase == GMEM_BEGIN)
		return begin_op(ops, r);
	if (k->phase == GMEM_END)
		end_op(ops, r, k->begin);
	else if (r->h.kind == GMEM_ATTRIBUTES_PHASE || r->h.kind == GMEM_PHASE)
		enter_phase(ops, r);
	else if (r->h.kind == GMEM_MEMORY_FAULT)
		return memory_fault(ops, r);
	return 0;
}

void gmem_operations_doubt(struct gmem_operations *ops)
{
	for (size_t i = 0; i < ops->nr; i++)
		ops->list[i]->unconfirmed = true;
}

void gmem_operations_settle(struct gmem_operations *ops)
{
	for (size_t i = ops->nr; i-- > 0; ) {
		if (ops->list[i]->unconfirmed)
			drop_op(ops, i);
	}
}

bool gmem_operation_phases(const struct gmem_inflight *op, const struct gmem_rec *end, uint64_t ns[GMEM_PHASES])
{
	const struct gmem_conversion_rec *c = gmem_conversion(&end->h);
	uint64_t at;

	if (c)
		memcpy(ns, c->phase_ns, sizeof(c->phase_ns));
	if (c || !op || !op->marks.nr)
		return c;
	memset(ns, 0, GMEM_PHASES * sizeof(*ns));
	at = gmem_inflight_age(op, end->h.ts_ns);
	for (uint32_t i = op->marks.nr; i-- > 0; ) {
		const struct gmem_mark *m = &op->marks.list[i];

		if (m->at_ns < at) {
			ns[m->what - GMEM_MARK_PHASE] += at - m->at_ns;
			at = m->at_ns;
		}
	}
	ns[GMEM_PHASE_LOCK] += at;
	return true;
}

void gmem_mark_add(struct gmem_marks *marks, uint32_t what, uint64_t at_ns)
{
	if (marks->nr < GMEM_MARKS_MAX - (what != GMEM_MARK_END))
		marks->list[marks->nr++] = (struct gmem_mark){ what, at_ns };
}

void gmem_mark_operation(struct gmem_marks *marks, const struct gmem_inflight *op, const struct gmem_rec *end,
			 uint64_t at_ns)
{
	const struct gmem_conversion_rec *c = gmem_conversion(&end->h);
	unsigned int phase = GMEM_PHASE_LOCK;
	uint64_t begin_ns;

	while (c && gmem_conversion_next(c, &phase, &begin_ns))
		gmem_mark_add(marks, GMEM_MARK_PHASE + phase, at_ns + begin_ns - (end->h.ts_ns - end->dur_ns));
	for (uint32_t i = 0; !c && op && i < op->marks.nr; i++)
		gmem_mark_add(marks, op->marks.list[i].what, at_ns + op->marks.list[i].at_ns);
}
