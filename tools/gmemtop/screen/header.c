// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "screen/header.h"

#include <stdio.h>
#include <string.h>

#include "abi/kinds.h"
#include "model/metrics.h"
#include "views/overview.h"
#include "views/text.h"
#include "widgets/age.h"
#include "widgets/segments.h"
#include "widgets/spark.h"

static void add_bytes(struct segments *line, int rank, const char *name, const char *brief,
		      struct gmem_value bytes)
{
	struct segment *s = segments_add(line, rank, CANVAS_TITLE);
	char buf[32];

	gmem_text_value(buf, sizeof(buf), gmem_metric("slot_bytes"), bytes);
	snprintf(s->text, sizeof(s->text), "%s %s", name, buf);
	snprintf(s->brief, sizeof(s->brief), "%s %s", brief, buf);
}

static void add_rates(struct segments *line, const struct order_totals *t, bool known)
{
	struct gmem_value conversions = t->conversions_per_s, bytes = t->bytes_per_s;
	struct segment *s;
	char buf[32];

	conversions.unknown |= !known;
	bytes.unknown |= !known;
	s = segments_add(line, 2, CANVAS_TITLE);
	gmem_text_value(buf, sizeof(buf), gmem_metric("conversions_per_s"), conversions);
	snprintf(s->text, sizeof(s->text), "%s conv/s", buf);
	s = segments_add(line, 4, CANVAS_TITLE);
	gmem_text_value(buf, sizeof(buf), gmem_metric("converted_bytes_per_s"), bytes);
	snprintf(s->text, sizeof(s->text), "%s/s", buf);
}

static void add_inflight(struct segments *line, const struct order_totals *t)
{
	bool lasts = t->oldest_ns > AGE_LONG_NS;
	struct segment *s = segments_add(line, lasts ? 1 : 3, lasts ? CANVAS_WARN : CANVAS_TITLE);
	char age[16];

	snprintf(s->text, sizeof(s->text), "%llu in flight", (unsigned long long)t->inflight);
	if (!lasts)
		return;
	age_text(age, sizeof(age), t->oldest_ns);
	snprintf(s->text, sizeof(s->text), "%llu in flight, VM %llu for %s",
		 (unsigned long long)t->inflight, (unsigned long long)t->oldest_vm, age);
	snprintf(s->brief, sizeof(s->brief), "in flight %s", age);
}

#define TREND 16

/* Adds the curve of all VMs' conversions; wrong beside the totals of a filtered list. */
static void add_trend(struct segments *line, const struct ui *ui, const struct gmem_model *m,
		      bool ascii)
{
	float values[TREND];
	struct segment *s;

	if (!overview_of(ui) ||
	    !gmem_trend_get(&overview_of(ui)->trend, 0, m->now_ns, values, TREND))
		return;
	s = segments_add(line, 8, CANVAS_SPARK);
	spark_text(s->text, values, TREND, ascii);
}

static void draw_totals(struct canvas *c, const struct ui *ui, const struct gmem_model *m)
{
	const struct order_totals *t = &ui->list.totals;
	struct segments line = { .n = 0 };
	struct segment *s = segments_add(&line, 0, CANVAS_TITLE);

	snprintf(s->text, sizeof(s->text), "gmemtop - %zu VM%s", t->vms, t->vms == 1 ? "" : "s");
	snprintf(s->brief, sizeof(s->brief), "%zu VM%s", t->vms, t->vms == 1 ? "" : "s");
	add_bytes(&line, 6, "slots", "slots", t->slot_bytes);
	add_bytes(&line, 5, "private", "priv", t->private_bytes);
	add_bytes(&line, 7, "shared", "shrd", t->shared_bytes);
	/* Hide a sum of 0, but show one that is unknown or partial. */
	if (t->unused_bytes.u || t->unused_bytes.unknown || t->unused_bytes.partial) {
		add_bytes(&line, 3, "unused", "unused", t->unused_bytes);
		line.s[line.n - 1].attr = CANVAS_ORPHAN;
	}
	if (m->backing_ns && (t->double_backed_bytes.u || t->double_backed_bytes.unknown || t->double_backed_bytes.partial))
		add_bytes(&line, 4, "double-backed", "2x", t->double_backed_bytes);
	add_rates(&line, t, m->features & GMEM_FEATURE_RATES && m->features & GMEM_FEATURE_CONVERSIONS);
	if (!ui->filter.text[0] && !ui->pid)
		add_trend(&line, ui, m, c->ascii);
	add_inflight(&line, t);
	segments_draw(c, 0, &line);
}

static void add_state(struct segments *line, const struct ui *ui, const struct draw_info *info)
{
	if (ui->paused)
		snprintf(segments_add(line, 0, CANVAS_WARN)->text, SEGMENT_LEN, "PAUSED");
	if (info->ended)
		snprintf(segments_add(line, 1, CANVAS_WARN)->text, SEGMENT_LEN,
			 ui->replaying ? "END OF RECORDING" : "END OF EVENTS");
	if (info->behind)
		snprintf(segments_add(line, 1, CANVAS_WARN)->text, SEGMENT_LEN, "BEHIND");
}

static void add_losses(struct segments *line, const struct gmem_model *m)
{
	struct segment *s;
	bool open = false;
	uint64_t sum = 0;
	size_t used;
	char buf[32];

	for (int i = 0; i < GMEM_LOSSES; i++)
		sum += m->lost[i];
	s = segments_add(line, 1, sum ? CANVAS_WARN : CANVAS_NORMAL);
	gmem_text_count(buf, sizeof(buf), (double)sum);
	used = snprintf(s->text, sizeof(s->text), "lost %s", buf);
	if (!sum)
		return;
	snprintf(s->brief, sizeof(s->brief), "lost %s", buf);
	for (int i = 0; i < GMEM_LOSSES && used < sizeof(s->text); i++) {
		if (!m->lost[i])
			continue;
		gmem_text_count(buf, sizeof(buf), (double)m->lost[i]);
		used += snprintf(s->text + used, sizeof(s->text) - used, "%s%s %s",
				 open ? ", " : " (", gmem_loss_names[i], buf);
		open = true;
	}
	if (used < sizeof(s->text))
		snprintf(s->text + used, sizeof(s->text) - used, ")");
}

/* Counts the VMs whose rows bear a "?" mark, by reason. */
static void add_doubts(struct segments *line, const struct gmem_model *m)
{
	unsigned int reading = 0, stale = 0, unread = 0;
	struct gmem_vm *vm, *tmp;

	HASH_ITER(hh, m->vms, vm, tmp) {
		reading += vm->map == GMEM_MAP_UNREAD || vm->map == GMEM_MAP_READING;
		stale += vm->map == GMEM_MAP_STALE;
		unread += !vm->map_known && !vm->ended_ns;
	}
	if (reading)
		snprintf(segments_add(line, 2, CANVAS_WARN)->text, SEGMENT_LEN, "reading %u?",
			 reading);
	if (unread && m->features & GMEM_FEATURE_OTHER_PIDS)
		snprintf(segments_add(line, 1, CANVAS_WARN)->text, SEGMENT_LEN,
			 "other pid namespaces unread (--pid=host)");
	if (stale)
		snprintf(segments_add(line, 1, CANVAS_WARN)->text, SEGMENT_LEN, "stale %u?", stale);
}

static void add_view(struct segments *line, const struct ui *ui, const struct draw_info *info)
{
	if (ui->view != VIEW_OVERVIEW)
		snprintf(segments_add(line, 1, CANVAS_KEY)->text, SEGMENT_LEN, "[%s]",
			 ui_view(ui)->title);
	if (info->want_err)
		snprintf(segments_add(line, 2, CANVAS_WARN)->text, SEGMENT_LEN,
			 "no more probes: %s", strerror(-info->want_err));
}

/* Adds the share of one core that gmemtop itself used since the last refresh. */
static void add_cost(struct segments *line, const struct gmem_model *m)
{
	const struct gmem_cost_rec *now = &m->cost, *then = &m->cost_before;
	struct segment *s;

	if (!then->h.ts_ns || now->h.ts_ns <= then->h.ts_ns || now->cpu_ns < then->cpu_ns)
		return;
	s = segments_add(line, 5, CANVAS_NORMAL);
	snprintf(s->text, sizeof(s->text), "self %.1f%%", 100.0 * (double)(now->cpu_ns - then->cpu_ns) /
		 (double)(now->h.ts_ns - then->h.ts_ns));
}

/* Adds what hides VMs (pid, filter), and the age of the last reset of counters. */
static void add_filters(struct segments *line, const struct ui *ui, const struct gmem_model *m)
{
	char text[FILTER_LEN], age[16];
	struct segment *s;

	if (ui->pid)
		snprintf(segments_add(line, 3, CANVAS_NORMAL)->text, SEGMENT_LEN, "pid %u", ui->pid);
	if (ui->filter.text[0]) {
		gmem_text_name(text, sizeof(text), ui->filter.text);
		s = segments_add(line, 2, ui->filter.doubtful ? CANVAS_WARN : CANVAS_KEY);
		snprintf(s->text, sizeof(s->text), "filter /%.60s/%s", text,
			 ui->filter.doubtful ? "?" : "");
		snprintf(s->brief, sizeof(s->brief), "/%.16s/%s", text,
			 ui->filter.doubtful ? "?" : "");
	}
	if (ui->since.ts_ns) {
		age_text(age, sizeof(age), m->now_ns > ui->since.ts_ns ?
			 m->now_ns - ui->since.ts_ns : 0);
		s = segments_add(line, 2, CANVAS_KEY);
		snprintf(s->text, sizeof(s->text), "reset %s ago", age);
		snprintf(s->brief, sizeof(s->brief), "reset %s", age);
	}
}

static uint64_t after(uint64_t ts_ns, uint64_t begin_ns)
{
	return ts_ns > begin_ns ? ts_ns - begin_ns : 0;
}

/* Adds the position in the recording, its length and the speed of the replay. */
static void add_replay(struct segments *line, const struct ui *ui, const struct gmem_model *m)
{
	double at = (double)after(m->now_ns, ui->replay_begin_ns) / 1e9;
	double all = (double)after(ui->replay_end_ns, ui->replay_begin_ns) / 1e9;
	struct segment *s = segments_add(line, 1, CANVAS_KEY);

	if (all > 0)
		snprintf(s->text, sizeof(s->text), "replay %.1fs of %.1fs x%.4g", at, all,
			 ui->replay_speed);
	else
		snprintf(s->text, sizeof(s->text), "replay %.1fs x%.4g", at, ui->replay_speed);
	snprintf(s->brief, sizeof(s->brief), "replay %.1fs", at);
}

/* Names one kernel function whose BPF program does not run, and counts the others; JSON lists all. */
static void add_blind(struct segments *line, const struct gmem_model *m)
{
	size_t first = strcspn(m->blind, ","), n = 1;
	struct segment *s;

	if (!*m->blind)
		return;
	for (const char *p = m->blind; (p = strchr(p, ',')); p++)
		n++;
	s = segments_add(line, 0, CANVAS_WARN);
	if (n > 1)
		snprintf(s->text, sizeof(s->text), "blind: %.*s and %zu more", (int)first, m->blind, n - 1);
	else
		snprintf(s->text, sizeof(s->text), "blind: %.*s", (int)first, m->blind);
	snprintf(s->brief, sizeof(s->brief), "blind %zu", n);
}

static void draw_trust(struct canvas *c, const struct ui *ui, const struct gmem_model *m,
		       const struct draw_info *info)
{
	struct segments line = { .n = 0 };
	struct segment *s;

	add_state(&line, ui, info);
	add_view(&line, ui, info);
	s = segments_add(&line, 3, CANVAS_NORMAL);
	snprintf(s->text, sizeof(s->text), "probes %s", info->probes);
	snprintf(s->brief, sizeof(s->brief), "%s", info->probes);
	add_blind(&line, m);
	s = segments_add(&line, 4, CANVAS_NORMAL);
	snprintf(s->text, sizeof(s->text), "events %llu", (unsigned long long)m->nr_events);
	add_losses(&line, m);
	add_doubts(&line, m);
	if (ui->replaying) {
		add_replay(&line, ui, m);
	} else {
		s = segments_add(&line, 2, CANVAS_NORMAL);
		snprintf(s->text, sizeof(s->text), ui->delay_s < 60 ? "delay %.1fs" : "delay %.0fs",
			 ui->delay_s);
	}
	add_cost(&line, m);
	add_filters(&line, ui, m);
	segments_draw(c, 1, &line);
}

void header_draw(struct canvas *c, const struct ui *ui, const struct gmem_model *m,
		 const struct draw_info *info)
{
	draw_totals(c, ui, m);
	draw_trust(c, ui, m, info);
}
