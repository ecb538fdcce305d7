// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * The screen around the view: two lines of totals, probes and gaps in the data at the top, and a line of keys,
 * legend and position at the bottom.
 */
#include "screen/draw.h"

#include <stdio.h>
#include <string.h>

#include "abi/kinds.h"
#include "model/metrics.h"
#include "views/files.h"
#include "views/latency.h"
#include "views/overview.h"
#include "views/text.h"
#include "views/vm.h"
#include "widgets/age.h"
#include "widgets/segments.h"
#include "widgets/spark.h"

const struct view *const view_table[VIEWS] = {
	[VIEW_OVERVIEW]	= &view_overview,
	[VIEW_VM]	= &view_vm,
	[VIEW_LATENCY]	= &view_latency,
	[VIEW_FILES]	= &view_files,
};

#define HEADER_LINES	2
#define FOOTER_LINES	1

static struct segment *add_bytes(struct segments *line, int rank, const char *name, const char *brief,
				 struct gmem_value bytes)
{
	struct segment *s;
	char buf[32];

	gmem_text_value(buf, sizeof(buf), gmem_metric("slot_bytes"), bytes);
	s = segments_printf(line, rank, CANVAS_TITLE, "%s %s", name, buf);
	snprintf(s->brief, sizeof(s->brief), "%s %s", brief, buf);
	return s;
}

static void add_rate(struct segments *line, int rank, const char *metric, struct gmem_value v, bool known,
		     const char *unit)
{
	char buf[32];

	v.unknown |= !known;
	segments_printf(line, rank, CANVAS_TITLE, "%s%s",
			gmem_text_value(buf, sizeof(buf), gmem_metric(metric), v), unit);
}

static void add_inflight(struct segments *line, const struct order_totals *t)
{
	const char *noun = gmem_text_plural(t->inflight, "conversion", "conversions");
	unsigned long long n = t->inflight, vm = t->oldest_vm;
	struct segment *s;
	char age[16];

	if (t->oldest_ns <= AGE_LONG_NS) {
		s = segments_printf(line, 3, CANVAS_TITLE, "%llu in flight", n);
		snprintf(s->full, sizeof(s->full), "%llu %s in flight", n, noun);
		return;
	}
	age_text(age, sizeof(age), t->oldest_ns);
	s = segments_printf(line, 1, CANVAS_WARN, "%llu in flight, VM %llu for %s", n, vm, age);
	snprintf(s->full, sizeof(s->full), "%llu %s in flight, VM %llu for %s", n, noun, vm, age);
	snprintf(s->brief, sizeof(s->brief), "in flight %s", age);
}

#define TREND 16

/* Adds the curve of all VMs' conversions; wrong beside the totals of a filtered list. */
static void add_trend(struct segments *line, const struct ui *ui, const struct gmem_model *m,
		      bool ascii)
{
	float values[TREND];

	if (overview_of(ui) && gmem_trend_get(&overview_of(ui)->trend, 0, m->now_ns, values, TREND))
		spark_text(segments_add(line, 8, CANVAS_SPARK)->text, values, TREND, ascii);
}

/* 0 is not shown, an unknown or incomplete sum is. */
static bool is_worth_showing(struct gmem_value v)
{
	return v.u || v.unknown || v.partial;
}

static void draw_totals(struct canvas *c, const struct ui *ui, const struct gmem_model *m)
{
	bool known = m->features & GMEM_FEATURE_RATES && m->features & GMEM_FEATURE_CONVERSIONS;
	const struct order_totals *t = &ui->list.totals;
	const char *noun = gmem_text_plural(t->vms, "VM", "VMs");
	struct segments line = { .n = 0 };
	struct segment *s = segments_printf(&line, 0, CANVAS_TITLE, "gmemtop - %zu %s", t->vms, noun);

	snprintf(s->brief, sizeof(s->brief), "%zu %s", t->vms, noun);
	add_bytes(&line, 6, "slots", "slots", t->sums[ORDER_SLOTS]);
	add_bytes(&line, 5, "private", "priv", t->sums[ORDER_PRIVATE]);
	add_bytes(&line, 7, "shared", "shrd", t->sums[ORDER_SHARED]);
	if (is_worth_showing(t->sums[ORDER_UNUSED]))
		add_bytes(&line, 3, "unused", "unused", t->sums[ORDER_UNUSED])->attr = CANVAS_ORPHAN;
	if (m->backing_ns && is_worth_showing(t->sums[ORDER_DOUBLE_BACKED]))
		add_bytes(&line, 4, "double-backed", "2x", t->sums[ORDER_DOUBLE_BACKED]);
	add_rate(&line, 2, "conversions_per_s", t->sums[ORDER_CONVERSIONS], known, " conv/s");
	add_rate(&line, 4, "converted_bytes_per_s", t->sums[ORDER_BYTES], known, "/s");
	if (!ui->filter.text[0] && !ui->pid)
		add_trend(&line, ui, m, c->ascii);
	add_inflight(&line, t);
	segments_draw(c, 0, &line);
}

static void add_state(struct segments *line, const struct ui *ui, const struct draw_info *info)
{
	if (ui->paused)
		segments_printf(line, 0, CANVAS_WARN, "PAUSED");
	if (info->ended)
		segments_printf(line, 1, CANVAS_WARN, ui->replaying ? "END OF RECORDING" : "END OF EVENTS");
	if (info->behind)
		segments_printf(line, 1, CANVAS_WARN, "BEHIND");
	if (ui->view != VIEW_OVERVIEW)
		segments_printf(line, 1, CANVAS_KEY, "[%s]", ui_view(ui)->title);
	if (info->want_err)
		segments_printf(line, 2, CANVAS_WARN, "no more probes: %s", strerror(-info->want_err));
}

static void add_losses(struct segments *line, const struct gmem_model *m)
{
	const char *before = " (";
	struct segment *s;
	uint64_t sum = 0;
	size_t used;
	char buf[32];

	for (int i = 0; i < GMEM_LOSSES; i++)
		sum += m->lost[i];
	s = segments_printf(line, 1, sum ? CANVAS_WARN : CANVAS_NORMAL, "lost %s",
			    gmem_text_count(buf, sizeof(buf), (double)sum));
	if (!sum)
		return;
	memcpy(s->brief, s->text, sizeof(s->brief));
	used = strlen(s->text);
	for (int i = 0; i < GMEM_LOSSES && used < sizeof(s->text); i++) {
		if (!m->lost[i])
			continue;
		gmem_text_count(buf, sizeof(buf), (double)m->lost[i]);
		used += snprintf(s->text + used, sizeof(s->text) - used, "%s%s %s", before,
				 gmem_loss_names[i], buf);
		before = ", ";
	}
	if (used < sizeof(s->text))
		snprintf(s->text + used, sizeof(s->text) - used, ")");
}

/* Counts the VMs whose rows bear a "?" mark, by reason. */
static void add_doubts(struct segments *line, const struct ui *ui, const struct gmem_model *m)
{
	unsigned int reading = 0, stale = 0, unread = 0;
	struct gmem_vm *vm, *tmp;

	HASH_ITER(hh, m->vms, vm, tmp) {
		reading += vm->map == GMEM_MAP_UNREAD || vm->map == GMEM_MAP_READING;
		stale += vm->map == GMEM_MAP_STALE;
		unread += !vm->map_known && !vm->ended_ns;
	}
	if (reading)
		segments_printf(line, 2, CANVAS_WARN, "reading %u?", reading);
	if (unread && m->features & GMEM_FEATURE_OTHER_PIDS)
		segments_printf(line, 1, CANVAS_WARN, "other pid namespaces unread%s",
				ui->recorded ? "" : " (--pid=host)");
	if (stale)
		segments_printf(line, 1, CANVAS_WARN, "stale %u?", stale);
}

/* Adds the share of one core that gmemtop itself used since the last refresh. */
static void add_cost(struct segments *line, const struct gmem_model *m)
{
	const struct gmem_cost_rec *now = &m->cost, *then = &m->cost_before;

	if (!then->h.ts_ns || now->h.ts_ns <= then->h.ts_ns || now->cpu_ns < then->cpu_ns)
		return;
	segments_printf(line, 5, CANVAS_NORMAL, "self %.1f%%", 100.0 * (double)(now->cpu_ns - then->cpu_ns) /
			(double)(now->h.ts_ns - then->h.ts_ns));
}

static uint64_t after(uint64_t ts_ns, uint64_t begin_ns)
{
	return ts_ns > begin_ns ? ts_ns - begin_ns : 0;
}

/* Adds what hides VMs (pid, filter), and the age of the last reset of counters. */
static void add_filters(struct segments *line, const struct ui *ui, const struct gmem_model *m)
{
	const char *doubt = ui->filter.doubtful ? "?" : "";
	char text[FILTER_LEN], age[16];
	struct segment *s;

	if (ui->pid)
		segments_printf(line, 3, CANVAS_NORMAL, "pid %u", ui->pid);
	if (ui->filter.text[0]) {
		gmem_text_name(text, sizeof(text), ui->filter.text);
		s = segments_printf(line, 2, *doubt ? CANVAS_WARN : CANVAS_KEY, "filter /%.60s/%s", text, doubt);
		snprintf(s->brief, sizeof(s->brief), "/%.16s/%s", text, doubt);
	}
	if (ui->since.ts_ns) {
		age_text(age, sizeof(age), after(m->now_ns, ui->since.ts_ns));
		s = segments_printf(line, 2, CANVAS_KEY, "reset %s ago", age);
		snprintf(s->brief, sizeof(s->brief), "reset %s", age);
	}
}

/* Adds the position in the recording, its length and the speed of the replay. */
static void add_replay(struct segments *line, const struct ui *ui, const struct gmem_model *m)
{
	double at = (double)after(m->now_ns, ui->replay_begin_ns) / 1e9;
	double all = (double)after(ui->replay_end_ns, ui->replay_begin_ns) / 1e9;
	char length[32] = "";
	struct segment *s;

	if (all > 0)
		snprintf(length, sizeof(length), "of %.1fs ", all);
	s = segments_printf(line, 1, CANVAS_KEY, "replay %.1fs %sx%.4g", at, length, ui->replay_speed);
	snprintf(s->brief, sizeof(s->brief), "replay %.1fs", at);
}

/* Names one kernel function whose BPF program does not run, and counts the others; JSON lists all. */
static void add_blind(struct segments *line, const struct gmem_model *m)
{
	size_t n = 1;
	char more[32] = "";
	struct segment *s;

	if (!*m->blind)
		return;
	for (const char *p = m->blind; (p = strchr(p, ',')); p++)
		n++;
	if (n > 1)
		snprintf(more, sizeof(more), " and %zu more", n - 1);
	s = segments_printf(line, 0, CANVAS_WARN, "blind: %.*s%s", (int)strcspn(m->blind, ","), m->blind, more);
	snprintf(s->brief, sizeof(s->brief), "blind %zu", n);
}

static void draw_trust(struct canvas *c, const struct ui *ui, const struct gmem_model *m,
		       const struct draw_info *info)
{
	struct segments line = { .n = 0 };
	struct segment *s;

	add_state(&line, ui, info);
	s = segments_printf(&line, 3, CANVAS_NORMAL, "probes %s", info->probes);
	snprintf(s->brief, sizeof(s->brief), "%s", info->probes);
	add_blind(&line, m);
	segments_printf(&line, 4, CANVAS_NORMAL, "events %llu", (unsigned long long)m->nr_events);
	add_losses(&line, m);
	add_doubts(&line, ui, m);
	if (ui->replaying)
		add_replay(&line, ui, m);
	else
		segments_printf(&line, 2, CANVAS_NORMAL, ui->delay_s < 60 ? "delay %.1fs" : "delay %.0fs",
				ui->delay_s);
	add_cost(&line, m);
	add_filters(&line, ui, m);
	segments_draw(c, 1, &line);
}

#define RANK_KEYS	1	/* quit and help stay longest */
#define RANK_MORE_KEYS	6
#define LEADING_KEYS	2	/* q and ?, shown before the keys of the view */

static void add_keys(struct segments *line, const struct ui *ui, const struct ui_binding *b,
		     size_t n, int *rank)
{
	for (size_t i = 0; i < n; i++, b++) {
		if (!b->hint)
			continue;
		segments_printf(line, *rank, CANVAS_DIM, "%.*s %s", (int)strcspn(b->label, " "), b->label,
				ui->paused && !strcmp(b->hint, "pause") ? "go on" : b->hint);
		*rank = *rank < RANK_KEYS + 1 ? *rank + 1 :
			*rank < RANK_MORE_KEYS ? RANK_MORE_KEYS : *rank + 1;
	}
}

/* Shows the end of a text that is too long, and a block as the cursor. */
static void draw_prompt(struct canvas *c, int y, const struct ui *ui)
{
	char text[4 * FILTER_LEN];
	const char *p = text;
	int x, room;

	gmem_text_name(text, sizeof(text), ui->prompt.text);
	canvas_field(c, y, 0, c->width, false, CANVAS_NORMAL, "");
	x = canvas_put(c, y, 0, CANVAS_KEY, "filter: ");
	room = c->width - x - 1;
	while (*p && canvas_text_width(c, p) > room) {
		do
			p++;
		while (((unsigned char)*p & 0xc0) == 0x80);
	}
	x = canvas_put(c, y, x, CANVAS_NORMAL, p);
	x = canvas_put(c, y, x, CANVAS_CURSOR, " ");
	canvas_put(c, y, x + 1, CANVAS_DIM, "Enter takes it, Esc does not");
}

static void draw_footer(struct canvas *c, int y, const struct ui *ui)
{
	const struct view *view = ui_view(ui);
	struct segments line = { .n = 0 };
	int rank = RANK_KEYS;

	if (ui->prompt.active) {
		draw_prompt(c, y, ui);
		return;
	}
	if (ui->help) {
		struct segment *s = segments_printf(&line, 0, CANVAS_DIM, "q back%s", ui->help_at.nr > ui->help_at.rows ?
						    "  up down PgUp PgDn scroll" : "");

		snprintf(s->brief, sizeof(s->brief), "q back");
	} else {
		add_keys(&line, ui, ui_bindings, LEADING_KEYS, &rank);
		add_keys(&line, ui, view->bindings, view->nr_bindings, &rank);
		add_keys(&line, ui, ui_bindings + LEADING_KEYS, ui_nr_bindings - LEADING_KEYS, &rank);
		if (view->footer)
			view->footer(&line, ui, c->ascii);
	}
	segments_draw(c, y, &line);
}

static bool too_small(int width, int height)
{
	return width < DRAW_MIN_WIDTH || height < DRAW_MIN_HEIGHT;
}

struct view_area draw_area(int width, int height)
{
	int room = height - HEADER_LINES - FOOTER_LINES;

	return (struct view_area){ HEADER_LINES, width, room > 1 ? room : 1 };
}

void draw_fit(struct ui *ui, const struct gmem_model *m, int width, int height)
{
	ui->area = draw_area(width, height);
	if (ui_view(ui)->fit)
		ui_view(ui)->fit(ui, m);
	ui_scroll_fit(&ui->help_at, help_lines(ui_view(ui), width),
		      too_small(width, height) ? 1 : height - FOOTER_LINES);
}

void draw(struct canvas *c, const struct ui *ui, const struct gmem_model *m,
	  const struct draw_info *info)
{
	struct view_area area = draw_area(c->width, c->height);

	canvas_clear(c);
	if (too_small(c->width, c->height)) {
		canvas_field(c, 0, 0, c->width, false, CANVAS_WARN, "too small");
		return;
	}
	if (ui->help) {
		help_draw(c, ui, 0, c->height - FOOTER_LINES);
	} else {
		draw_totals(c, ui, m);
		draw_trust(c, ui, m, info);
		ui_view(ui)->draw(c, ui, m, &area);
	}
	draw_footer(c, c->height - FOOTER_LINES, ui);
}
