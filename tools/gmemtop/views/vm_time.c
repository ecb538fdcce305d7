// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "views/vm_time.h"

#include <stdio.h>
#include <string.h>

#include "abi/kinds.h"
#include "terminal/glyphs.h"
#include "views/text.h"

#define WIDE	56	/* narrower panels have no shares in words */

/* Bar of a total time and its parts. */
struct parts {
	const char *name;
	uint64_t count;
	uint64_t total_ns;
	uint64_t ns[GMEM_PHASES];
	const char *const *names;
	int n;
	uint64_t feature;	/* enum gmem_feature of the probes that report the parts */
};

enum { STALL_IOCTL, STALL_DISCARD, STALL_VMM, STALL_PARTS };

static const char *const stall_names[STALL_PARTS] = { "ioctl", "discard", "VMM" };

/* Returns the bar of conversions by phase. Unchanged requests have no phases. */
static struct parts phases(const struct gmem_vm *vm, int d)
{
	struct parts p = {
		.name = d == GMEM_TO_PRIVATE ? "conv >priv" : "conv >shrd",
		.count = vm->now.conversion[d].count, .total_ns = vm->now.conversion[d].total_ns,
		.names = gmem_phase_names, .n = GMEM_PHASES,
		.feature = GMEM_FEATURE_PHASES,
	};

	for (int i = 0; i < GMEM_PHASES; i++)
		p.ns[i] = vm->now.phase_ns[d][i];
	return p;
}

static uint64_t less(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

static struct parts stalls(const struct gmem_vm *vm, int d)
{
	const struct gmem_counters *c = &vm->now;
	struct parts p = {
		.name = d == GMEM_TO_PRIVATE ? "stall>priv" : "stall>shrd",
		.count = c->stall[d].count, .total_ns = c->stall[d].total_ns,
		.names = stall_names, .n = STALL_PARTS, .feature = GMEM_FEATURE_STALLS,
	};

	p.ns[STALL_IOCTL] = c->stall_ioctl_ns[d];
	p.ns[STALL_DISCARD] = c->stall_discard_ns[d];
	p.ns[STALL_VMM] = less(less(p.total_ns, p.ns[STALL_IOCTL]), p.ns[STALL_DISCARD]);
	return p;
}

static uint64_t sum_of(const struct parts *p)
{
	uint64_t sum = 0;

	for (int i = 0; i < p->n; i++)
		sum += p->ns[i];
	return sum;
}

static int largest(const struct parts *p, int but)
{
	int best = -1;

	for (int i = 0; i < p->n; i++) {
		if (i != but && p->ns[i] && (best < 0 || p->ns[i] > p->ns[best]))
			best = i;
	}
	return best;
}

/* Writes the two largest parts in words. */
static void put_shares(struct panel *panel, const struct parts *p, uint64_t sum)
{
	int first = largest(p, -1), second = first < 0 ? -1 : largest(p, first);

	if (first < 0)
		return;
	panel_printf(panel, CANVAS_TITLE, " %s %.0f%%", p->names[first],
		     100.0 * (double)p->ns[first] / (double)sum);
	if (second >= 0 && p->ns[second] >= sum / 100)
		panel_printf(panel, CANVAS_NORMAL, " %s %.0f%%", p->names[second],
			     100.0 * (double)p->ns[second] / (double)sum);
}

#define SHARES	23	/* " reserve 100% check 100%" */

static void draw_bar(struct panel *panel, const struct ui *ui, const struct gmem_model *m, const struct parts *p)
{
	bool wide = panel->width >= WIDE;
	uint64_t sum = sum_of(p);
	char buf[24];
	int room;

	panel_field(panel, CANVAS_NORMAL, 10, false, p->name);
	panel_field(panel, CANVAS_NORMAL, 5, true, gmem_text_count(buf, sizeof(buf), (double)p->count));
	panel_field(panel, CANVAS_NORMAL, 6, true,
		    p->count ? gmem_text_ns(buf, sizeof(buf), p->total_ns / p->count) : "-");
	room = panel->width - panel->column - (wide ? SHARES : 0);
	if (!(m->features & p->feature)) {
		panel_printf(panel, CANVAS_DIM, "parts: %s",
			     ui_lacks(ui, p->feature, "not available from these probes"));
	} else if (sum) {
		panel_bar(panel, room > 0 ? room : 0, p->ns, p->n, sum);
		if (wide)
			put_shares(panel, p, sum);
	} else if (p->count) {
		panel_put(panel, CANVAS_DIM, "parts are not known yet");
	}
	panel_end_line(panel);
}

static void draw_legend(struct panel *panel, const char *const *names, int n)
{
	const struct glyphs *g = glyphs(panel->c->ascii);

	for (int i = 0; i < n; i++)
		panel_printf(panel, (enum canvas_attr)(CANVAS_BAR + i % CANVAS_BARS), " %s %s",
			     g->bar[i % CANVAS_BARS], names[i]);
	panel_end_line(panel);
}

int vm_time_lines(const struct gmem_vm *vm, const struct gmem_model *m, int width)
{
	(void)vm;
	(void)width;
	return 1 + 2 * GMEM_DIRECTIONS + !!(m->features & GMEM_FEATURE_STALLS) +
	       !!(m->features & GMEM_FEATURE_PHASES);
}

void vm_time_draw(struct panel *p, const struct ui *ui, const struct gmem_model *m, const struct gmem_vm *vm)
{
	struct parts bar;

	panel_head(p, "TIME      COUNT   MEAN");
	for (int d = GMEM_DIRECTIONS; d-- > 0; ) {
		bar = stalls(vm, d);
		draw_bar(p, ui, m, &bar);
	}
	if (m->features & bar.feature)
		draw_legend(p, stall_names, STALL_PARTS);
	for (int d = GMEM_DIRECTIONS; d-- > 0; ) {
		bar = phases(vm, d);
		draw_bar(p, ui, m, &bar);
	}
	if (m->features & bar.feature)
		draw_legend(p, gmem_phase_names, GMEM_PHASES);
}
