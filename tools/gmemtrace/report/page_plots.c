// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Parts of the page with plots: time, latency, phases, stalls, and the longest operations as bars. */
#include "report/html.h"

#include <inttypes.h>

static const struct html_series directions[] = { { "to private", "c0" }, { "to shared", "c1" } };

static const struct html_series phase_series[GMEM_PHASES] = {
	[GMEM_PHASE_LOCK] = { "lock", "c7" }, [GMEM_PHASE_CHECK] = { "check", "c6" },
	[GMEM_PHASE_RESERVE] = { "reserve", "c5" }, [GMEM_PHASE_ZAP] = { "zap", "c4" },
	[GMEM_PHASE_STORE] = { "store", "c0" }, [GMEM_PHASE_MIXED] = { "mixed", "c3" },
};

static size_t bins_used(const struct gmem_timebins *t)
{
	size_t n = 0;

	for (size_t i = 0; i < GMEM_BINS; i++) {
		const struct gmem_bin *b = &t->bins[i];

		if (b->count[0] + b->count[1] + b->retries + b->stall_ns)
			n = i + 1;
	}
	return n;
}

void html_over_time(const struct report *r, FILE *out)
{
	static const struct html_series longest = { "longest", "c0" }, retries = { "retries", "c4" };
	const struct gmem_timebins *t = &r->a->time;
	uint64_t bytes[2 * GMEM_BINS], max[GMEM_BINS], again[GMEM_BINS], any_retries = 0;
	const uint64_t from = t->begin_ns > r->a->first_ns ? t->begin_ns - r->a->first_ns : 0;
	struct html_bars b = { "Bytes converted", directions, 2, bytes, bins_used(t), 1ULL << t->shift,
			       text_bytes, false, from };

	if (!b.nr_bins)
		return;
	for (size_t i = 0; i < b.nr_bins; i++) {
		bytes[2 * i] = t->bins[i].bytes[GMEM_TO_PRIVATE];
		bytes[2 * i + 1] = t->bins[i].bytes[GMEM_TO_SHARED];
		max[i] = t->bins[i].max_ns;
		again[i] = t->bins[i].retries;
		any_retries += again[i];
	}
	fprintf(out, "<h2>Over time</h2><div class=\"dim\">a bar is %s</div>\n", text_ns(b.bin_ns));
	html_bars(out, &b);
	b = (struct html_bars){ "Longest conversion", &longest, 1, max, b.nr_bins, b.bin_ns, text_ns, true, from };
	html_bars(out, &b);
	b = (struct html_bars){ "Faults repeated because of invalidations", &retries, 1, again, b.nr_bins,
				b.bin_ns, text_count, false, from };
	if (any_retries)
		html_bars(out, &b);
}

void html_latency(const struct report_subject *s, FILE *out)
{
	const struct gmem_dist dists[] = {
		report_dist(s, GMEM_S_CONVERSION, GMEM_TO_PRIVATE),
		report_dist(s, GMEM_S_CONVERSION, GMEM_TO_SHARED),
	};

	html_histogram(out, "Latency of conversions", directions, dists, 2);
}

/* Draws a bar for each direction, with the shares of the @n series from @first on in their total time. */
static void stacks(const struct report_subject *s, const char *title, enum gmem_series_id first,
		   const struct html_series *series, size_t n, FILE *out)
{
	struct html_part parts[GMEM_PHASES];
	enum gmem_direction d;

	fprintf(out, "<h3>%s</h3>\n", title);
	html_legend(out, series, n);
	fputs("<div class=\"st\">\n", out);
	EACH_DIRECTION(d) {
		uint64_t whole = 0;

		for (size_t i = 0; i < n; i++) {
			uint64_t ns = report_dist(s, first + i, d).total_ns;

			parts[i] = (struct html_part){ series[i].name, series[i].color, whole, ns };
			whole += ns;
		}
		if (whole)
			html_stack(out, report_directions[d], parts, n, whole, text_ns);
	}
	fputs("</div>\n", out);
}

static bool any_counted(const struct report_subject *s, enum gmem_series_id first, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		for (int d = 0; d < GMEM_DIRECTIONS; d++) {
			if (report_dist(s, first + i, d).count)
				return true;
		}
	}
	return false;
}

void html_phases(const struct sheet *to, const struct report *r, const struct report_subject *s)
{
	enum gmem_direction d;

	if (!report_knows(r, GMEM_S_PHASE) || !any_counted(s, GMEM_S_PHASE, GMEM_PHASES))
		return;
	stacks(s, "Phases of conversions", GMEM_S_PHASE, phase_series, GMEM_PHASES, to->out);
	sheet_dist_head(to, NULL, "phase", false);
	EACH_DIRECTION(d) {
		fprintf(to->out, "<tr class=\"s\"><td colspan=\"8\" class=\"l\">%s</td></tr>\n",
			report_directions[d]);
		part_series(to, s, GMEM_S_PHASE, GMEM_PHASES, d);
	}
	sheet_dist_end(to);
}

void html_stalls(const struct sheet *to, const struct report *r, const struct report_subject *s)
{
	static const struct html_series series[STALL_PARTS] = { { "ioctl", "c0" }, { "discard", "c4" }, { "VMM", "c7" } };
	enum gmem_direction d;

	if (!report_knows(r, GMEM_S_STALL) || !any_counted(s, GMEM_S_STALL, 1))
		return;
	stacks(s, "Stalls of vCPUs", GMEM_S_STALL_IOCTL, series, STALL_PARTS, to->out);
	sheet_dist_head(to, NULL, "stalls", false);
	EACH_DIRECTION(d) {
		struct gmem_dist dist = report_dist(s, GMEM_S_STALL, d);

		if (dist.count)
			sheet_dist_row(to, "s", report_directions[d], &dist, NULL);
		part_series(to, s, GMEM_S_STALL_IOCTL, STALL_PARTS, d);
		part_origins(to, s, d);
	}
	sheet_dist_end(to);
}

/* Returns the activity from this mark to the next. */
static const struct html_series *activity(uint32_t mark)
{
	static const struct html_series vmm = { "VMM", "c7" }, ioctl = { "ioctl", "c2" }, punch = { "punch", "c1" };
	static const struct html_series lock = { "lock", "c7" };

	if (mark >= GMEM_MARK_PHASE && mark < GMEM_MARK_PHASE + GMEM_PHASES)
		return &phase_series[mark - GMEM_MARK_PHASE];
	switch (mark) {
	case GMEM_MARK_IOCTL:
		return &ioctl;
	case GMEM_MARK_PUNCH:
		return &punch;
	case GMEM_MARKS:
		return &lock;
	default:
		return &vmm;
	}
}

static bool has_phases(const struct gmem_long_op *op)
{
	for (uint32_t i = 0; i < op->marks.nr; i++) {
		if (op->marks.list[i].what >= GMEM_MARK_PHASE && op->marks.list[i].what < GMEM_MARK_PHASE + GMEM_PHASES)
			return true;
	}
	return false;
}

/*
 * Splits an operation at its marks. A conversion begins with the wait for the lock, which has no
 * event of its own; without events of phases, that time may be any phase of the ioctl.
 */
static size_t parts_of(struct html_part *parts, const struct gmem_long_op *op, enum gmem_long_kind kind)
{
	uint32_t what = kind == GMEM_LONG_CONVERSION ? (has_phases(op) ? GMEM_MARKS : GMEM_MARK_IOCTL) :
			kind == GMEM_LONG_PUNCH ? GMEM_MARK_PUNCH : GMEM_MARK_EXIT;
	uint64_t at = 0;
	size_t n = 0;

	for (uint32_t i = 0; i < op->marks.nr; i++) {
		const struct html_series *s = activity(what);
		uint64_t to = op->marks.list[i].at_ns < op->dur_ns ? op->marks.list[i].at_ns : op->dur_ns;

		if (to > at)
			parts[n++] = (struct html_part){ s->name, s->color, at, to - at };
		at = to > at ? to : at;
		what = op->marks.list[i].what;
	}
	return n;
}

static void put_bar(const struct report *r, enum gmem_long_kind kind, const struct gmem_long_op *op, FILE *out)
{
	struct html_part parts[GMEM_MARKS_MAX + 1];
	uint64_t at = op->begin_ns > r->a->first_ns ? op->begin_ns - r->a->first_ns : 0;
	char label[128];

	snprintf(label, sizeof(label), "VM %" PRIu64 "%s %s at %s", op->vm,
		 kind == GMEM_LONG_PUNCH ? "" : op->direction == GMEM_TO_PRIVATE ? " to private" : " to shared",
		 text_bytes((op->end - op->start) << GMEM_PAGE_SHIFT), text_ns(at));
	html_stack(out, label, parts, parts_of(parts, op, kind), op->dur_ns, text_ns);
}

void html_longest(const struct report *r, FILE *out)
{
	static const char *const titles[GMEM_LONG_KINDS] = { "Longest conversions", "Longest stalls",
							     "Longest punches" };
	static const struct html_series others[] = { { "VMM, or lock", "c7" }, { "ioctl, phase unknown", "c2" },
						     { "punch", "c1" } };

	fputs("<h2>Longest operations</h2>\n", out);
	html_legend(out, phase_series + 1, GMEM_PHASES - 1);
	html_legend(out, others, 3);
	for (int k = 0; k < GMEM_LONG_KINDS; k++) {
		if (!r->a->longest[k].nr)
			continue;
		fprintf(out, "<h3>%s</h3><div class=\"st\">\n", titles[k]);
		for (size_t i = 0; i < r->a->longest[k].nr; i++)
			put_bar(r, k, &r->a->longest[k].ops[i], out);
		fputs("</div>\n", out);
	}
}
