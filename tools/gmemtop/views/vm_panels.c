// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "views/vm_panels.h"

#include <stdio.h>
#include <string.h>

#include "abi/kinds.h"
#include "terminal/glyphs.h"
#include "views/text.h"
#include "views/vm_time.h"
#include "widgets/age.h"

/* Most lines that a panel asks for. */
#define HOT	16
#define SLOTS	16
#define NOW	8

static void put_range(struct panel *p, enum canvas_attr attr, uint64_t start, uint64_t end)
{
	char buf[40];

	snprintf(buf, sizeof(buf), "%llx-%llx", (unsigned long long)start, (unsigned long long)end - 1);
	panel_field(p, attr, p->width < 60 ? 13 : 17, false, buf);
}

static void put_bytes(struct panel *p, enum canvas_attr attr, uint64_t bytes)
{
	char buf[24];

	panel_field(p, attr, 6, true, gmem_text_bytes(buf, sizeof(buf), bytes));
}

static const struct gmem_inflight *served(const struct gmem_vm *vm, const struct gmem_inflight *op)
{
	return gmem_operations_served(&vm->ops, op->kind, op->tid, op->ino, op->start);
}

/* Returns the operation that a vCPU stalls for, the oldest of several, or NULL. */
static const struct gmem_inflight *cause_of(const struct gmem_vm *vm, const struct gmem_inflight *stall)
{
	for (size_t i = 0; i < vm->ops.nr; i++) {
		if (served(vm, vm->ops.list[i]) == stall)
			return vm->ops.list[i];
	}
	return NULL;
}

/* Returns the current phase. Without a phase record, op waits for the lock, or began before phase probes. */
static const char *phase_of(const struct gmem_inflight *op, uint64_t features)
{
	if (op->kind != GMEM_ATTRIBUTES_BEGIN || !(features & GMEM_FEATURE_PHASES))
		return NULL;
	return op->phase ? gmem_phase_names[op->phase - 1] : "lock?";
}

static void put_phase(struct panel *p, const struct gmem_inflight *op, uint64_t features)
{
	const char *phase = phase_of(op, features);

	if (phase)
		panel_printf(p, CANVAS_TITLE, "(%s) ", phase);
}

static void draw_stall(struct panel *p, const struct gmem_model *m, const struct gmem_vm *vm,
		       const struct gmem_inflight *op)
{
	const struct gmem_inflight *cause = cause_of(vm, op);
	uint64_t age = gmem_inflight_age(op, m->now_ns);
	char buf[64], text[32];

	panel_printf(p, age > AGE_LONG_NS ? CANVAS_WARN : CANVAS_NORMAL, " vCPU %u stalls %s ", op->aux,
		     gmem_text_ns(buf, sizeof(buf), age));
	if (!cause)
		panel_put(p, age > AGE_LONG_NS ? CANVAS_WARN : CANVAS_NORMAL, "in the VMM ");
	else
		panel_printf(p, CANVAS_NORMAL, "in %s %s ",
			     cause->kind == GMEM_ATTRIBUTES_BEGIN ? "the ioctl" : "fallocate",
			     gmem_text_ns(buf, sizeof(buf), gmem_inflight_age(cause, m->now_ns)));
	if (cause)
		put_phase(p, cause, m->features);
	gmem_text_bytes(buf, sizeof(buf), (op->end - op->start) << GMEM_PAGE_SHIFT);
	panel_printf(p, CANVAS_DIM, "for %llx+%s to %s", (unsigned long long)op->start, buf,
		     gmem_text_arg(text, sizeof(text), op->kind, op->arg));
	panel_end_line(p);
}

static void draw_op(struct panel *p, const struct gmem_model *m, const struct gmem_inflight *op)
{
	uint64_t age = gmem_inflight_age(op, m->now_ns);
	char buf[64], text[32];

	panel_printf(p, age > AGE_LONG_NS ? CANVAS_WARN : CANVAS_NORMAL, " %s %s %s ",
		     gmem_kind(op->kind)->op, gmem_text_arg(text, sizeof(text), op->kind, op->arg),
		     gmem_text_ns(buf, sizeof(buf), age));
	put_phase(p, op, m->features);
	gmem_text_bytes(buf, sizeof(buf), (op->end - op->start) << GMEM_PAGE_SHIFT);
	panel_printf(p, CANVAS_DIM, "at %llx+%s by thread %u", (unsigned long long)op->start, buf, op->tid);
	panel_end_line(p);
}

/* True if op is on the line of a stalled vCPU, so needs no line of its own. */
static bool is_shown_with_stall(const struct gmem_vm *vm, const struct gmem_inflight *op)
{
	const struct gmem_inflight *stall = served(vm, op);

	return stall && cause_of(vm, stall) == op;
}

/* Draws operations in flight in order of begin, the oldest first. */
static void draw_now(struct panel *p, const struct gmem_model *m, const struct gmem_vm *vm)
{
	char buf[80];
	size_t stalls = gmem_operations_count(&vm->ops, GMEM_STALL_BEGIN), others = vm->ops.nr - stalls;

	if (!vm->ops.nr)
		snprintf(buf, sizeof(buf), "NOW  nothing in flight, no vCPU stalls");
	else
		snprintf(buf, sizeof(buf), "NOW  %zu %s, %zu%s in flight", stalls,
			 gmem_text_plural(stalls, "vCPU stalls", "vCPUs stall"), others,
			 p->width < 44 ? "" : gmem_text_plural(others, " operation", " operations"));
	panel_head(p, buf);
	for (size_t i = 0; i < vm->ops.nr && panel_left(p) > 0; i++) {
		const struct gmem_inflight *op = vm->ops.list[i];

		if (op->kind == GMEM_STALL_BEGIN)
			draw_stall(p, m, vm, op);
		else if (!is_shown_with_stall(vm, op))
			draw_op(p, m, op);
	}
}

static void draw_hot(struct panel *p, const struct gmem_model *m, const struct gmem_vm *vm)
{
	struct gmem_hot_range r[HOT];
	size_t n = gmem_hot_top(vm->hot, r, HOT);
	bool narrow = p->width < 60;

	panel_head(p, narrow ? "HOT gfn          SIZE  CONVS  REVS" :
		   "HOT gfn             SIZE   CONVS   REVS  BYTES LAST");
	for (size_t i = 0; i < n && panel_left(p) > 0; i++) {
		char buf[32];

		put_range(p, CANVAS_NORMAL, r[i].start, r[i].end);
		put_bytes(p, CANVAS_NORMAL, (r[i].end - r[i].start) << GMEM_PAGE_SHIFT);
		gmem_text_count(buf, sizeof(buf), (double)r[i].conversions);
		strcat(buf, r[i].missed ? "+" : "");
		panel_field(p, CANVAS_NORMAL, narrow ? 6 : 7, true, buf);
		panel_field(p, 2 * r[i].reversals > r[i].conversions ? CANVAS_WARN : CANVAS_NORMAL, narrow ? 5 : 6,
			    true, gmem_text_count(buf, sizeof(buf), (double)r[i].reversals));
		if (!narrow) {
			put_bytes(p, CANVAS_NORMAL, r[i].bytes);
			age_text(buf, sizeof(buf), m->now_ns > r[i].last_ns ? m->now_ns - r[i].last_ns : 0);
			panel_printf(p, CANVAS_DIM, "%s ago", buf);
		}
		panel_end_line(p);
	}
	if (!n)
		panel_line(p, CANVAS_DIM, " no conversion was seen");
}

static const struct gmem_file *file_of(const struct gmem_vm *vm, uint64_t ino)
{
	for (size_t i = 0; i < vm->nr_files; i++) {
		if (vm->files[i].ino == ino)
			return &vm->files[i];
	}
	return NULL;
}

static void draw_slot(struct panel *p, const struct gmem_model *m, const struct gmem_vm *vm,
		      const struct gmem_slot *s)
{
	const struct gmem_file *f = file_of(vm, s->ino);
	char buf[64];

	snprintf(buf, sizeof(buf), "%u", s->slot);
	panel_field(p, CANVAS_NORMAL, 5, true, buf);
	put_range(p, CANVAS_NORMAL, s->gfn, s->gfn + s->npages);
	put_bytes(p, CANVAS_NORMAL, s->npages << GMEM_PAGE_SHIFT);
	snprintf(buf, sizeof(buf), "%llu+%llx", (unsigned long long)s->ino, (unsigned long long)s->pgoff);
	panel_field(p, CANVAS_NORMAL, p->width < 60 ? 9 : 14, false, buf);
	if (f && p->width >= 60) {
		put_bytes(p, CANVAS_NORMAL, f->size_pages << GMEM_PAGE_SHIFT);
		panel_field(p, CANVAS_POPULATED, 6, true,
			    gmem_text_sum(buf, sizeof(buf), gmem_file_populated(m, f)));
	}
	panel_end_line(p);
}

static void draw_slots(struct panel *p, const struct gmem_model *m, const struct gmem_vm *vm)
{
	size_t i = 0;

	panel_head(p, p->width < 60 ? " SLOT gfn            SIZE INODE" :
		   " SLOT gfn                 SIZE INODE+PGOFF      FILE    POP");
	for (; i < vm->nr_slots && (panel_left(p) > 1 || (panel_left(p) && i + 1 == vm->nr_slots)); i++)
		draw_slot(p, m, vm, &vm->slots[i]);
	if (i < vm->nr_slots)
		panel_line(p, CANVAS_DIM, " and %zu more", vm->nr_slots - i);
	for (size_t n = 0; n < vm->nr_files && panel_left(p); n++) {
		const struct gmem_file *f = &vm->files[n];
		char buf[24];

		if (gmem_file_bindings(vm, f))
			continue;
		panel_line(p, f->mapped ? CANVAS_NORMAL : CANVAS_ORPHAN, " %s inode %llu, populated %s",
			   f->mapped ? "mapped" : "unbound", (unsigned long long)f->ino,
			   gmem_text_sum(buf, sizeof(buf), gmem_file_populated(m, f)));
	}
}

static int least(size_t n, int most)
{
	return n < (size_t)most ? (int)n : most;
}

static int unbound_files(const struct gmem_vm *vm)
{
	int n = 0;

	for (size_t i = 0; i < vm->nr_files; i++)
		n += !gmem_file_bindings(vm, &vm->files[i]);
	return n;
}

static size_t lines_now(const struct gmem_vm *vm)
{
	size_t n = 0;

	for (size_t i = 0; i < vm->ops.nr; i++)
		n += vm->ops.list[i]->kind == GMEM_STALL_BEGIN ||
		     !is_shown_with_stall(vm, vm->ops.list[i]);
	return n;
}

int vm_panel_lines(enum vm_panel panel, const struct gmem_vm *vm, const struct gmem_model *m, int width)
{
	struct gmem_hot_range r[HOT];

	switch (panel) {
	case VM_NOW:
		return 1 + least(lines_now(vm), NOW);
	case VM_TIME:
		return vm_time_lines(vm, m, width);
	case VM_HOT:
		return 1 + (vm->hot ? least(gmem_hot_top(vm->hot, r, HOT), HOT) : 1);
	default:
		return 1 + least(vm->nr_slots + (size_t)unbound_files(vm), SLOTS);
	}
}

int vm_panel_least(enum vm_panel panel)
{
	return panel == VM_NOW ? 1 : 2;
}

void vm_panel_draw(enum vm_panel panel, struct panel *p, const struct ui *ui, const struct gmem_model *m,
		   const struct gmem_vm *vm)
{
	switch (panel) {
	case VM_NOW:
		draw_now(p, m, vm);
		break;
	case VM_TIME:
		vm_time_draw(p, ui, m, vm);
		break;
	case VM_HOT:
		draw_hot(p, m, vm);
		break;
	default:
		draw_slots(p, m, vm);
	}
}
