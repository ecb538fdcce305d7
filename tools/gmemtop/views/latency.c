// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* How long conversions take, what guests wait for them, and their phases: now, ever, over time. */
#include "views/latency.h"

#include <stdio.h>
#include <string.h>

#include "terminal/glyphs.h"
#include "ui/help.h"
#include "ui/ui.h"
#include "views/latency_draw.h"
#include "widgets/segments.h"

static struct latency_state *state_of(struct ui *ui)
{
	return ui->state[VIEW_LATENCY];
}

static void add_vm(struct latency_state *s, const struct ui *ui, const struct gmem_vm *vm)
{
	latency_add_start(&s->start, since_vm(&ui->since, vm), latency_bits(s->direction));
	latency_add_now(&s->now, vm, latency_bits(s->direction));
}

static bool order(struct ui *ui, const struct gmem_model *m)
{
	struct latency_state *s = state_of(ui);
	struct gmem_vm *vm, *tmp;

	memset(&s->now, 0, sizeof(s->now));
	memset(&s->start, 0, sizeof(s->start));
	s->vm = s->one ? ui_vm(ui) : 0;
	HASH_ITER(hh, m->vms, vm, tmp) {
		if (s->one ? vm->id == s->vm : !ui->pid || vm->pid == ui->pid)
			add_vm(s, ui, vm);
	}
	return true;
}

static enum ui_action next_latency(struct ui *ui, int step)
{
	struct latency_state *s = state_of(ui);

	s->of = (enum gmem_latency)(((int)s->of + GMEM_LATENCIES + step) % GMEM_LATENCIES);
	return UI_DRAW;
}

static enum ui_action next_direction(struct ui *ui, int step)
{
	struct latency_state *s = state_of(ui);

	s->direction = (enum latency_direction)(((int)s->direction + LATENCY_DIRECTIONS + step) %
						LATENCY_DIRECTIONS);
	return UI_ORDER | UI_DRAW;
}

static enum ui_action one_or_all(struct ui *ui, int arg)
{
	(void)arg;
	state_of(ui)->one = !state_of(ui)->one;
	return UI_ORDER | UI_DRAW;
}

static enum ui_action next_vm(struct ui *ui, int by)
{
	/* The first key only goes from all to one. */
	if (state_of(ui)->one)
		ui_step_vm(ui, by);
	state_of(ui)->one = true;
	return UI_ORDER | UI_DRAW;
}

static enum ui_action open_vm(struct ui *ui, int view)
{
	return ui_show_view(ui, view);
}

static enum ui_action click(struct ui *ui, int arg)
{
	int i = latency_row(&ui->area, ui->mouse.y);

	(void)arg;
	if (i < 0)
		return UI_NOTHING;
	state_of(ui)->of = (enum gmem_latency)i;
	return UI_DRAW;
}

static const struct ui_binding bindings[] = {
	{ { UI_KEY_DOWN, 'j', UI_KEY_WHEEL_DOWN }, "down j", "the next time: conversion, stall, phases",
	  NULL, next_latency, 1 },
	{ { UI_KEY_UP, 'k', UI_KEY_WHEEL_UP }, "up k", "the one before", NULL, next_latency, -1 },
	{ { UI_KEY_RIGHT, 's' }, "right s", "direction: both, to private, to shared", "direction",
	  next_direction, 1 },
	{ { UI_KEY_LEFT }, "left", "the other way round", NULL, next_direction, -1 },
	{ { 'a' }, "a", "all VMs, or the selected one", "all/VM", one_or_all, 0 },
	{ { '>' }, ">", "the next VM, in the order of the list", NULL, next_vm, 1 },
	{ { '<' }, "<", "the one before", NULL, next_vm, -1 },
	{ { UI_KEY_ENTER }, "Enter", "the view of the selected VM", NULL, open_vm, VIEW_VM },
	{ { UI_KEY_CLICK }, "click", "that time", NULL, click, 0 },
};

static void footer(struct segments *line, const struct ui *ui, bool ascii)
{
	const struct glyphs *g = glyphs(ascii);

	(void)ui;
	snprintf(segments_add(line, 3, CANVAS_DIM)->text, SEGMENT_LEN, "few %s%s%s%s many", g->shade[1],
		 g->shade[2], g->shade[3], g->shade[4]);
}

static void help(struct help_page *p)
{
	help_heading(p, "Times");
	help_entry(p, "conversion", CANVAS_KEY, "KVM_SET_MEMORY_ATTRIBUTES, from its begin to its end");
	help_entry(p, "stall", CANVAS_KEY,
		   "what the guest feels: from the exit of the vCPU that asks for it to its re-entry");
	help_entry(p, "lock", CANVAS_KEY, "and the phases that follow, of conversions that changed something: "
		   "waits for slots_lock; check: is there anything to change; reserve memory for attributes; "
		   "zap mappings and flush TLBs; store the attributes; mixed: which huge pages are possible");
	help_entry(p, "NOW", CANVAS_KEY, "since the refresh before; then since the VMs were first seen. A "
		   "percentile is at most 1/8 too high, that of a phase up to twice.");
	help_heading(p, "Heat map");
	help_entry(p, "", CANVAS_NORMAL,
		   "A column is a refresh, the last one at the right; a row is a magnitude of time, and "
		   "begins with the least that it counts. The heavier a sign, the more there were, by "
		   "logarithm. At its right: the last refresh, and all since the VMs were first seen.");
}

const struct view view_latency = {
	.name = "latency", .title = "latency", .key = '3', .groups = GMEM_PROBES_PHASES,
	.hint = "how long conversions take, by phase",
	.state_size = sizeof(struct latency_state), .order = order, .draw = latency_draw,
	.footer = footer, .help = help,
	.bindings = bindings, .nr_bindings = sizeof(bindings) / sizeof(*bindings),
};
