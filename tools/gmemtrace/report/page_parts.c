// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Parts of the page: plots of time, latency, phases and stalls, and tables of the rest. */
#include <inttypes.h>

#include "abi/kinds.h"
#include "report/page.h"

static const char *const titles[GMEM_DIRECTIONS] = { "to shared", "to private" };
static const enum gmem_direction order[] = { GMEM_TO_PRIVATE, GMEM_TO_SHARED };
static const struct html_series directions[] = { { "to private", "c0" }, { "to shared", "c1" } };

const struct html_series phase_series[GMEM_PHASES] = {
	[GMEM_PHASE_LOCK] = { "lock", "c7" }, [GMEM_PHASE_CHECK] = { "check", "c6" },
	[GMEM_PHASE_RESERVE] = { "reserve", "c5" }, [GMEM_PHASE_ZAP] = { "zap", "c4" },
	[GMEM_PHASE_STORE] = { "store", "c0" }, [GMEM_PHASE_MIXED] = { "mixed", "c3" },
};

void html_dist_head(FILE *out, const char *what, bool bytes)
{
	fprintf(out, "<table><tr><th>%s</th><th>count</th>%s<th>mean</th><th>p50</th><th>p90</th><th>p99</th>"
		"<th>max</th><th>total</th></tr>\n", what, bytes ? "<th>bytes</th>" : "");
}

void html_dist_row(FILE *out, const char *class, const char *name, const struct gmem_dist *d,
		   const uint64_t *bytes)
{
	fprintf(out, "<tr class=\"%s\"><td>%s</td><td>%s</td>", class, name, text_count(d->count));
	if (bytes)
		fprintf(out, "<td>%s</td>", text_bytes(*bytes));
	fprintf(out, "<td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n",
		text_ns(gmem_dist_mean(d)), text_ns(gmem_dist_quantile(d, 0.5)),
		text_ns(gmem_dist_quantile(d, 0.9)), text_ns(gmem_dist_quantile(d, 0.99)), text_ns(d->max_ns),
		text_ns(d->total_ns));
}

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

/* Draws one bar with the shares of the series in their total time. */
static void stack_of(const struct report_subject *s, const char *label, const enum gmem_series_id *ids,
		     const struct html_series *series, size_t n, enum gmem_direction d, FILE *out)
{
	struct html_part parts[GMEM_PHASES];
	uint64_t whole = 0;

	for (size_t i = 0; i < n; i++) {
		uint64_t ns = report_dist(s, ids[i], d).total_ns;

		parts[i] = (struct html_part){ series[i].name, series[i].color, whole, ns };
		whole += ns;
	}
	if (whole)
		html_stack(out, label, parts, n, whole, text_ns);
}

static void rows_of(const struct report_subject *s, const enum gmem_series_id *ids, size_t n,
		    enum gmem_direction d, FILE *out)
{
	for (size_t i = 0; i < n; i++) {
		struct gmem_dist dist = report_dist(s, ids[i], d);

		if (dist.count)
			html_dist_row(out, "i", gmem_series[ids[i]].title, &dist, NULL);
	}
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

void html_phases(const struct report *r, const struct report_subject *s, FILE *out)
{
	enum gmem_series_id ids[GMEM_PHASES];

	if (!report_knows(r, GMEM_S_PHASE) || !any_counted(s, GMEM_S_PHASE, GMEM_PHASES))
		return;
	for (int i = 0; i < GMEM_PHASES; i++)
		ids[i] = GMEM_S_PHASE + i;
	fputs("<h3>Phases of conversions</h3>\n", out);
	html_legend(out, phase_series, GMEM_PHASES);
	fputs("<div class=\"st\">\n", out);
	for (size_t n = 0; n < 2; n++)
		stack_of(s, titles[order[n]], ids, phase_series, GMEM_PHASES, order[n], out);
	fputs("</div>\n", out);
	html_dist_head(out, "phase", false);
	for (size_t n = 0; n < 2; n++) {
		fprintf(out, "<tr class=\"s\"><td colspan=\"8\" class=\"l\">%s</td></tr>\n", titles[order[n]]);
		rows_of(s, ids, GMEM_PHASES, order[n], out);
	}
	fputs("</table>\n", out);
}

static void put_origins(const struct report_subject *s, enum gmem_direction d, FILE *out)
{
	static const char *const names[GMEM_ORIGINS] = { "explicit, by hypercall", "implicit, by memory fault",
							"no vCPU waited" };

	for (int i = 0; i < GMEM_ORIGINS; i++) {
		const struct gmem_op_sum *sum = i == GMEM_BY_VMM ? &s->seen->origin[i][d] :
						&s->seen->stall_origin[i][d];

		if (sum->count)
			fprintf(out, "<tr class=\"i\"><td>%s, %s</td><td>%s</td><td>%s</td><td colspan=\"4\"></td>"
				"<td>%s</td></tr>\n", names[i], text_bytes(sum->bytes), text_count(sum->count),
				text_ns(sum->total_ns / sum->count), text_ns(sum->total_ns));
	}
}

void html_stalls(const struct report *r, const struct report_subject *s, FILE *out)
{
	static const enum gmem_series_id ids[] = { GMEM_S_STALL_IOCTL, GMEM_S_STALL_DISCARD, GMEM_S_STALL_VMM };
	static const struct html_series series[] = { { "ioctl", "c0" }, { "discard", "c4" }, { "VMM", "c7" } };

	if (!report_knows(r, GMEM_S_STALL) || !any_counted(s, GMEM_S_STALL, 1))
		return;
	fputs("<h3>Stalls of vCPUs</h3>\n", out);
	html_legend(out, series, 3);
	fputs("<div class=\"st\">\n", out);
	for (size_t n = 0; n < 2; n++)
		stack_of(s, titles[order[n]], ids, series, 3, order[n], out);
	fputs("</div>\n", out);
	html_dist_head(out, "stalls", false);
	for (size_t n = 0; n < 2; n++) {
		struct gmem_dist dist = report_dist(s, GMEM_S_STALL, order[n]);

		if (dist.count)
			html_dist_row(out, "s", titles[order[n]], &dist, NULL);
		rows_of(s, ids, 3, order[n], out);
		put_origins(s, order[n], out);
	}
	fputs("</table>\n", out);
}

static void window_row(const char *name, const struct gmem_dist *d, const struct gmem_window_sum *w,
		       const char *unit, FILE *out)
{
	if (!d->count && !w->retries)
		return;
	html_dist_row(out, "s", name, d, NULL);
	if (w->retries)
		fprintf(out, "<tr class=\"i\"><td colspan=\"8\" class=\"l dim\">%" PRIu64 " retries in %" PRIu64
			" of them; most: %" PRIu64 " in %s [0x%" PRIx64 ", 0x%" PRIx64 ")</td></tr>\n", w->retries,
			w->with_retries, w->max_retries, unit, w->max_start, w->max_end);
}

void html_windows(const struct report *r, const struct report_subject *s, FILE *out)
{
	struct gmem_dist w = report_dist(s, GMEM_S_WINDOW, 0), v = report_dist(s, GMEM_S_INVALIDATE, 0);

	(void)r;
	if (!w.count && !v.count)
		return;
	fputs("<h3>Invalidation windows</h3>\n", out);
	html_dist_head(out, "windows", false);
	window_row("of conversions", &w, &s->seen->window, "gfn", out);
	window_row("of guest_memfd", &v, &s->seen->invalidate, "pgoff", out);
	fputs("</table>\n", out);
}

/* Writes operations that are in no row: failed, unchanged, without a begin, or only counted. */
static void put_besides(const struct report *r, const struct report_subject *s, FILE *out)
{
	char text[160];

	for (enum gmem_operation op = 0; op < GMEM_OPERATIONS; op++) {
		if (*report_besides(r, s, op, text, sizeof(text)))
			fprintf(out, "<p class=\"dim\">%s: %s</p>\n", gmem_operations[op].title, text);
	}
}

static void put_undiscarded(const struct gmem_vm_stats *vm, FILE *out)
{
	if (!vm->map_known)
		fputs("<p>Its map was never scanned: slots and undiscarded memory are unknown.</p>\n", out);
	else if (vm->left_max_pages)
		fprintf(out, "<p>Made shared and not discarded: at most %s at the end, %s at once.</p>\n",
			text_bytes(vm->left.nr_pages << GMEM_PAGE_SHIFT),
			text_bytes(vm->left_max_pages << GMEM_PAGE_SHIFT));
	if (vm->double_backed_max.private_bytes || vm->double_backed_max.shared_bytes)
		fprintf(out, "<p>Double-backed at the last scan of pages: private %s, shared %s.</p>\n",
			text_known(vm->double_backed.private_bytes, vm->double_backed_known[GMEM_SIDE_PRIVATE]),
			text_known(vm->double_backed.shared_bytes, vm->double_backed_known[GMEM_SIDE_SHARED]));
}

void html_pages(const struct report *r, const struct report_subject *s, FILE *out)
{
	bool titled = false;

	for (int i = GMEM_S_PUNCH; i < GMEM_SERIES; i++) {
		struct gmem_dist dist = report_dist(s, i, 0);

		if (!dist.count)
			continue;
		if (!titled) {
			fputs("<h3>Pages</h3>\n", out);
			html_dist_head(out, "operation", false);
		}
		titled = true;
		html_dist_row(out, "", gmem_series[i].title, &dist, NULL);
	}
	if (titled)
		fputs("</table>\n", out);
	put_besides(r, s, out);
	if (s->vm)
		put_undiscarded(s->vm, out);
	else if (r->nr_vms == 1)
		put_undiscarded(r->vms[0].vm, out);
}
