// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* View of latencies: conversions, stalls and phases, of the last refresh, in total and over time. */
#include "views/latency.h"

#include <stdio.h>
#include <string.h>

#include "terminal/glyphs.h"
#include "ui/ui.h"
#include "views/text.h"
#include "widgets/segments.h"

#define TABLE_Y		2	/* below the line of the subject and the heads */
#define TABLE_MIN	15	/* screens of fewer lines show only the selected time */
#define NAME		11
#define COLUMN		6

static bool is_low(const struct view_area *area)
{
	return area->height < TABLE_MIN;
}

static int row_at(const struct view_area *area, int y)
{
	int i = y - area->y - TABLE_Y;

	return i >= 0 && i < GMEM_LATENCIES && !is_low(area) ? i : -1;
}

/* Figures, each a column. choose() returns those that fit the width, as bits. */
enum figure { COUNT, P50, P90, P99, MAX, FIGURES };

static const char *const figure_names[FIGURES] = { "COUNT", "P50", "P90", "P99", "MAX" };

#define ALL_FIGURES	((1U << FIGURES) - 1)

static void choose_figures(int width, unsigned int *now, unsigned int *start)
{
	*now = *start = ALL_FIGURES;
	if (width < NAME + 2 * FIGURES * (COLUMN + 1))
		*start &= ~(1U << P90);
	if (width < NAME + (2 * FIGURES - 1) * (COLUMN + 1)) {
		*now = 1U << COUNT | 1U << P50 | 1U << P99;
		*start = 1U << MAX;
	}
}

static void put_figure(struct panel *p, enum canvas_attr attr, const struct latency_sums *s,
		       enum gmem_latency of, enum figure what)
{
	static const double quantiles[FIGURES] = { 0, 0.5, 0.9, 0.99, 1 };
	uint64_t n = latency_count(s, of), v;
	char buf[24] = "-";

	if (what == COUNT) {
		gmem_text_count(buf, sizeof(buf), (double)n);
	} else if (n) {
		v = latency_quantile(s, of, quantiles[what]);
		if (what == MAX && of < GMEM_LATENCY_PHASE && s->max_ns[of])
			v = s->max_ns[of];
		gmem_text_ns(buf, sizeof(buf), v);
	}
	panel_field(p, attr, COLUMN, true, buf);
}

static void put_figures(struct panel *p, enum canvas_attr attr, const struct latency_sums *s,
			enum gmem_latency of, unsigned int figures)
{
	for (int i = 0; i < FIGURES; i++) {
		if (figures & 1U << i)
			put_figure(p, attr, s, of, (enum figure)i);
	}
}

static void put_heads(struct panel *p, const char *of, unsigned int figures)
{
	int at = p->column;

	for (int i = 0; i < FIGURES; i++) {
		if (figures & 1U << i)
			panel_field(p, CANVAS_HEADER, COLUMN, true, figure_names[i]);
	}
	/* On the blanks left of the first head, which is right aligned. */
	canvas_put(p->c, p->y + p->lines, p->x + at - (figures & 1U << COUNT ? 4 : 1), CANVAS_SORTED, of);
}

static void draw_heads(struct panel *p, unsigned int now, unsigned int start)
{
	canvas_field(p->c, p->y + p->lines, p->x, p->width, false, CANVAS_HEADER, " TIME");
	p->column = NAME;
	put_heads(p, "NOW", now);
	put_heads(p, "ALL", start);
	panel_end_line(p);
}

static void draw_time(struct panel *p, const struct ui *ui, const struct gmem_model *m, enum gmem_latency of,
		      unsigned int now, unsigned int start)
{
	const struct latency_state *s = ui->state[VIEW_LATENCY];
	bool selected = s->of == of;
	enum canvas_attr attr = selected ? CANVAS_SELECTED : CANVAS_NORMAL;

	if (selected) {
		canvas_field(p->c, p->y + p->lines, p->x, p->width, false, attr, "");
		canvas_put(p->c, p->y + p->lines, p->x, attr, glyphs(p->c->ascii)->selected);
	}
	p->column = of >= GMEM_LATENCY_PHASE ? 2 : 1;
	panel_put(p, attr, latency_names[of]);
	p->column = NAME;
	if (!latency_feature(of) || m->features & latency_feature(of)) {
		put_figures(p, attr, &s->now, of, now);
		put_figures(p, attr, &s->start, of, start);
	} else {
		panel_put(p, selected ? attr : CANVAS_DIM,
			  ui_lacks(ui, latency_feature(of), "not available from these probes"));
	}
	panel_end_line(p);
}

static void draw_subject(struct canvas *c, int y, const struct latency_state *s,
			 const struct gmem_model *m)
{
	static const char *const directions[LATENCY_DIRECTIONS] = {
		"both directions", "to private", "to shared",
	};
	const struct gmem_vm *vm = s->vm ? gmem_model_vm(m, s->vm) : NULL;
	struct segments line = { .n = 0 };
	char name[4 * GMEM_NAME_LEN + 1];

	segments_printf(&line, 0, CANVAS_TITLE, "%s", latency_names[s->of]);
	segments_printf(&line, 1, CANVAS_TITLE, "%s", directions[s->direction]);
	if (vm)
		segments_printf(&line, 0, CANVAS_TITLE, "VM %llu %.60s", (unsigned long long)vm->id,
				gmem_text_name(name, sizeof(name), *vm->name ? vm->name : vm->comm));
	else
		segments_printf(&line, 0, CANVAS_TITLE, s->one ? "no VM" : "all VMs");
	segments_draw(c, y, &line);
}

static void draw(struct canvas *c, const struct ui *ui, const struct gmem_model *m,
		 const struct view_area *area)
{
	const struct latency_state *s = ui->state[VIEW_LATENCY];
	const struct gmem_history *h = gmem_histories_of(m->histories, s->vm);
	struct panel p = { .c = c, .y = area->y + 1, .width = area->width,
			   .height = area->height - 1 };
	unsigned int now, start;

	draw_subject(c, area->y, s, m);
	choose_figures(area->width, &now, &start);
	if (panel_left(&p) > 1)
		draw_heads(&p, now, start);
	for (int i = 0; i < GMEM_LATENCIES; i++) {
		if (!is_low(area) || s->of == (enum gmem_latency)i)
			draw_time(&p, ui, m, (enum gmem_latency)i, now, start);
	}
	if (!h && latency_count(&s->start, s->of))
		panel_line(&p, CANVAS_DIM, " over time: not kept of this VM, as %d others did more",
			   GMEM_HISTORY_VMS);
	else if (panel_left(&p) > 3)
		panel_end_line(&p);
	heat_draw(&p, s, h);
}

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
	/* The first key only switches from all VMs to one. */
	if (state_of(ui)->one)
		ui_step_vm(ui, by);
	state_of(ui)->one = true;
	return UI_ORDER | UI_DRAW;
}

static enum ui_action click(struct ui *ui, int arg)
{
	int i = row_at(&ui->area, ui->mouse.y);

	(void)arg;
	if (i < 0)
		return UI_NOTHING;
	state_of(ui)->of = (enum gmem_latency)i;
	return UI_DRAW;
}

static const struct ui_binding bindings[] = {
	{ { UI_KEY_DOWN, 'j', UI_KEY_WHEEL_DOWN }, "down j", "next time: conversion, stall, phases",
	  NULL, next_latency, 1 },
	{ { UI_KEY_UP, 'k', UI_KEY_WHEEL_UP }, "up k", "previous time", NULL, next_latency, -1 },
	{ { UI_KEY_RIGHT, 's' }, "right s", "direction: both, to private, to shared", "direction",
	  next_direction, 1 },
	{ { UI_KEY_LEFT }, "left", "previous direction", NULL, next_direction, -1 },
	{ { 'a' }, "a", "all VMs, or the selected one", "all/VM", one_or_all, 0 },
	{ { '>' }, ">", "next VM, in the order of the list", NULL, next_vm, 1 },
	{ { '<' }, "<", "previous VM", NULL, next_vm, -1 },
	{ { UI_KEY_ENTER }, "Enter", "show the selected VM", NULL, ui_show_view, VIEW_VM },
	{ { UI_KEY_CLICK }, "click", "select a time", NULL, click, 0 },
};

static void footer(struct segments *line, const struct ui *ui, bool ascii)
{
	const struct glyphs *g = glyphs(ascii);

	(void)ui;
	segments_printf(line, 3, CANVAS_DIM, "few %s%s%s%s many", g->shade[1], g->shade[2], g->shade[3],
			g->shade[4]);
}

static void help(struct help_page *p)
{
	help_heading(p, "Times");
	help_entry(p, "conversion", CANVAS_KEY, "one KVM_SET_MEMORY_ATTRIBUTES, from begin to end");
	help_entry(p, "stall", CANVAS_KEY,
		   "of a vCPU: from its exit that asks for a conversion to its re-entry");
	help_entry(p, "lock", CANVAS_KEY,
		   "lock to mixed: phases of conversions that changed something. lock: wait for slots_lock; "
		   "check: compare the attributes; reserve: allocate memory for the attributes; zap: unmap pages "
		   "and flush TLBs; store: set the attributes; mixed: update which huge pages are possible");
	help_entry(p, "NOW", CANVAS_KEY, "between the last two refreshes; ALL: since the VMs were first seen. "
		   "Percentiles are at most 1/8 too high, those of phases up to a factor of 2.");
	help_heading(p, "Heat map");
	help_entry(p, "", CANVAS_NORMAL,
		   "Each column is a refresh, the last one at the right. Each row is a magnitude of time, "
		   "labelled with the shortest time that it counts. Heavier signs are higher counts, on a "
		   "logarithmic scale. At the right: histograms of the last refresh and since the VMs were "
		   "first seen.");
}

const struct view view_latency = {
	.name = "latency", .title = "latency", .key = '3', .groups = GMEM_PROBES_PHASES,
	.hint = "how long conversions take, by phase",
	.state_size = sizeof(struct latency_state), .order = order, .draw = draw,
	.footer = footer, .help = help,
	.bindings = bindings, .nr_bindings = sizeof(bindings) / sizeof(*bindings),
};
