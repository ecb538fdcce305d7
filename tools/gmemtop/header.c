// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "header.h"

#include <stdio.h>
#include <string.h>

#include "age.h"
#include "kinds.h"
#include "metrics.h"
#include "segments.h"
#include "text.h"

struct totals {
	size_t vms;			/* alive */
	uint64_t slot_bytes;
	uint64_t private_bytes;
	double conversions_per_s;
	double bytes_per_s;
	uint64_t inflight;
	uint64_t oldest_ns;
	uint64_t oldest_vm;
};

static double rate(const char *key, const struct gmem_vm *vm)
{
	return gmem_metric_get(gmem_metric(key), vm, 0).f;
}

static void add_vm(struct totals *t, const struct gmem_vm *vm, uint64_t now_ns)
{
	uint64_t age = age_of_inflight(vm, now_ns);

	t->vms++;
	t->slot_bytes += gmem_vm_slot_bytes(vm);
	t->private_bytes += gmem_vm_private_bytes(vm);
	t->conversions_per_s += rate("conversions_per_s", vm);
	t->bytes_per_s += rate("converted_bytes_per_s", vm);
	t->inflight += gmem_metric_get(gmem_metric("inflight"), vm, now_ns).u;
	if (age > t->oldest_ns) {
		t->oldest_ns = age;
		t->oldest_vm = vm->id;
	}
}

static struct totals sum_up(const struct ui *ui, const struct gmem_model *m)
{
	struct totals t = { 0 };

	for (size_t i = 0; i < ui->nr; i++) {
		const struct gmem_vm *vm = gmem_model_vm(m, ui->ids[i]);

		if (vm && !vm->ended_ns)
			add_vm(&t, vm, m->now_ns);
	}
	return t;
}

static void add_bytes(struct segments *line, int rank, const char *name, const char *brief,
		      uint64_t bytes)
{
	struct segment *s = segments_add(line, rank, CANVAS_TITLE);
	char buf[32];

	gmem_text_bytes(buf, sizeof(buf), bytes);
	snprintf(s->text, sizeof(s->text), "%s %s", name, buf);
	snprintf(s->brief, sizeof(s->brief), "%s %s", brief, buf);
}

static void add_rates(struct segments *line, const struct totals *t)
{
	const struct gmem_metric *bytes = gmem_metric("converted_bytes_per_s");
	struct segment *s;
	char buf[32];

	s = segments_add(line, 2, CANVAS_TITLE);
	gmem_text_count(buf, sizeof(buf), t->conversions_per_s);
	snprintf(s->text, sizeof(s->text), "%s conv/s", buf);
	s = segments_add(line, 4, CANVAS_TITLE);
	gmem_text_value(buf, sizeof(buf), bytes, (struct gmem_value){ .f = t->bytes_per_s });
	snprintf(s->text, sizeof(s->text), "%s/s", buf);
}

static void add_inflight(struct segments *line, const struct totals *t)
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

static void draw_totals(struct canvas *c, const struct ui *ui, const struct gmem_model *m)
{
	struct totals t = sum_up(ui, m);
	struct segments line = { .n = 0 };
	struct segment *s = segments_add(&line, 0, CANVAS_TITLE);

	snprintf(s->text, sizeof(s->text), "gmemtop - %zu VM%s", t.vms, t.vms == 1 ? "" : "s");
	snprintf(s->brief, sizeof(s->brief), "%zu VM%s", t.vms, t.vms == 1 ? "" : "s");
	add_bytes(&line, 6, "slots", "slots", t.slot_bytes);
	add_bytes(&line, 5, "private", "priv", t.private_bytes);
	add_bytes(&line, 7, "shared", "shrd", t.slot_bytes - t.private_bytes);
	add_rates(&line, &t);
	add_inflight(&line, &t);
	segments_draw(c, 0, &line);
}

static void add_state(struct segments *line, const struct ui *ui, const struct draw_info *info)
{
	if (ui->paused)
		snprintf(segments_add(line, 0, CANVAS_WARN)->text, SEGMENT_LEN, "PAUSED");
	if (info->ended)
		snprintf(segments_add(line, 1, CANVAS_WARN)->text, SEGMENT_LEN, "END OF EVENTS");
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

/* Rows that bear a mark: what it is about. */
static void add_doubts(struct segments *line, const struct gmem_model *m)
{
	unsigned int reading = 0, stale = 0;
	struct gmem_vm *vm, *tmp;

	HASH_ITER(hh, m->vms, vm, tmp) {
		reading += vm->map == GMEM_MAP_UNREAD || vm->map == GMEM_MAP_READING;
		stale += vm->map == GMEM_MAP_STALE;
	}
	if (reading)
		snprintf(segments_add(line, 2, CANVAS_WARN)->text, SEGMENT_LEN, "reading %u?",
			 reading);
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
	s = segments_add(&line, 4, CANVAS_NORMAL);
	snprintf(s->text, sizeof(s->text), "events %llu", (unsigned long long)m->nr_events);
	add_losses(&line, m);
	add_doubts(&line, m);
	s = segments_add(&line, 2, CANVAS_NORMAL);
	snprintf(s->text, sizeof(s->text), ui->delay_s < 60 ? "delay %.1fs" : "delay %.0fs",
		 ui->delay_s);
	if (ui->pid)
		snprintf(segments_add(&line, 3, CANVAS_NORMAL)->text, SEGMENT_LEN, "pid %u",
			 ui->pid);
	segments_draw(c, 1, &line);
}

void header_draw(struct canvas *c, const struct ui *ui, const struct gmem_model *m,
		 const struct draw_info *info)
{
	draw_totals(c, ui, m);
	draw_trust(c, ui, m, info);
}
