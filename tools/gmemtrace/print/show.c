// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "print/show.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abi/kinds.h"
#include "input/recording_file.h"
#include "input/unfold.h"
#include "views/text.h"

#define AT(member) .at = offsetof(struct show_options, member)

static const char *const times[] = { "rel", "abs", "delta" };
static const char *const colors[] = { "auto", "always", "never" };

const struct option_row show_rows[] = {
	{ "events", 'e', NULL, "Print all events, also begins and phases", 0, OPTION_FLAG, AT(events) },
	{ "json", 0, NULL, "Print one JSON object per line", 0, OPTION_FLAG, AT(json) },
	{ "csv", 0, NULL, "Print CSV, with names in the first line", 0, OPTION_FLAG, AT(csv) },
	{ "time", 0, "HOW", "rel (since the begin, default), abs (time of day) or delta (since the previous line)", 0,
	  OPTION_CHOICE, AT(time), "unknown form of time:", .names = times, .nr_names = 3 },
	{ "color", 0, "WHEN", "auto (default: on a terminal without NO_COLOR), always or never", 0,
	  OPTION_CHOICE, AT(color), "unknown use of colours:", .names = colors, .nr_names = 3 },
	{ 0 }
};

static bool colored(const struct show_options *o)
{
	const char *no = getenv("NO_COLOR");

	if (o->color != SHOW_COLOR_AUTO)
		return o->color == SHOW_COLOR_ALWAYS;
	return isatty(STDOUT_FILENO) && !(no && *no);
}

static int put_line(const struct show *s, const struct put *o, char *line)
{
	*o->p = '\n';
	fwrite_unlocked(line, 1, (size_t)(o->p + 1 - line), s->out);
	return ferror_unlocked(s->out) ? -errno : 0;
}

static int show_line(void *ctx, const struct gmem_hdr *rec)
{
	char line[LINE_SIZE];
	struct show *s = ctx;
	struct put out;

	s->lines++;
	put_start(&out, line, sizeof(line));
	if (s->o->json)
		line_json(&s->format, rec, &out);
	else if (s->o->csv)
		line_csv(rec, &out);
	else
		line_text(&s->format, rec, &out);
	return put_line(s, &out, line);
}

int show_start(struct show *s, const struct show_options *o, FILE *out, uint64_t realtime_off)
{
	char line[LINE_SIZE];
	struct put header;
	int err;

	memset(s, 0, sizeof(*s));
	s->o = o;
	s->out = out;
	s->format.time = (enum line_time)o->time;
	s->format.color = colored(o) && !o->json && !o->csv;
	s->format.realtime_off = realtime_off;
	err = filter_init(&s->filter, &o->filter);
	if (!err)
		err = in_order_init(&s->order, show_line, s);
	if (err || o->json)
		return err;
	put_start(&header, line, sizeof(line));
	if (o->csv)
		line_csv_header(&header);
	else
		line_header(&s->format, &header);
	err = put_line(s, &header, line);
	return err ? err : show_flush(s);
}

void show_end(struct show *s)
{
	in_order_free(&s->order);
	filter_free(&s->filter);
}

int show_flush(struct show *s)
{
	int err = in_order_flush(&s->order);

	return err ? err : fflush(s->out) ? -errno : 0;
}

/* Returns true if the record gets a line: by default ends of operations and instants, but not phases. */
static bool is_shown(const struct show *s, const struct gmem_hdr *rec, const struct gmem_kind_info *k)
{
	if (rec->kind == GMEM_VM)
		return true;
	if (k->phase == GMEM_META)
		return false;
	if (s->o->events || (s->o->filter.kinds && s->o->filter.kinds >> rec->kind & 1 &&
			     k->phase != GMEM_BEGIN))
		return true;
	return k->phase != GMEM_BEGIN && (rec->kind != GMEM_ATTRIBUTES_PHASE || s->o->filter.phase);
}

/* Updates time 0, the number of events, losses and the clock. */
static void update_totals(struct show *s, const struct gmem_hdr *rec)
{
	const struct gmem_clock_rec *c = (const struct gmem_clock_rec *)rec;

	gmem_first_ns(&s->format.first_ns, rec);
	s->events += gmem_is_event(rec);
	if (rec->kind == GMEM_LOST)
		memcpy(s->lost, ((const struct gmem_lost_rec *)rec)->lost, sizeof(s->lost));
	if (rec->kind == GMEM_CLOCK) {
		s->format.realtime_off = c->realtime_ns - rec->ts_ns;
		*s->format.clock = '\0';
	}
}

static int show_event(void *ctx, const struct gmem_hdr *rec)
{
	const struct gmem_kind_info *k = gmem_kind(rec->kind);
	struct show *s = ctx;
	int err;

	if (!k || rec->size < gmem_kind_bytes(rec->kind))
		return 0;
	/* Lines from before the clock was set keep the old time. */
	err = rec->kind == GMEM_CLOCK ? in_order_flush(&s->order) : 0;
	update_totals(s, rec);
	if (!err)
		err = filter_learn(&s->filter, rec);
	if (err || (rec->flags & GMEM_REC_REPEATED && !s->o->repeats) || !is_shown(s, rec, k) || !filter_selects(&s->filter, rec))
		return err;
	return in_order_add(&s->order, rec);
}

int show_record(void *ctx, const struct gmem_hdr *rec)
{
	blind_warn(rec);
	return unfold(rec, show_event, ctx);
}

void show_summary(const struct show *s)
{
	fprintf(stderr, "gmemtrace: %llu %s, %llu %s, lost", (unsigned long long)s->lines,
		gmem_text_plural(s->lines, "line", "lines"), (unsigned long long)s->events,
		gmem_text_plural(s->events, "event", "events"));
	for (int i = 0; i < GMEM_LOSSES; i++)
		fprintf(stderr, "%s %s %llu", i ? "," : "", gmem_loss_names[i],
			(unsigned long long)s->lost[i]);
	fputc('\n', stderr);
	filter_warn_unmet(&s->filter);
}
