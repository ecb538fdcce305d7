// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Parts of the report that text and page share: conversions, windows, undiscarded memory, hot ranges, operations in flight. */
#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>

#include "report/sheet.h"
#include "views/text.h"

typedef unsigned long long ull;

/* Writes the rows of the size classes. Returns the number of operations in them. */
static uint64_t put_classes(const struct sheet *to, const struct report_subject *s, enum gmem_direction d)
{
	uint64_t classified = 0;

	for (int i = 0; i < GMEM_CLASSES; i++) {
		const struct gmem_op_sum *sum = &s->seen->size[i][d];
		struct gmem_dist none = { .count = sum->count }, *dist = s->seen->by_class[i][d];
		char name[24];

		snprintf(name, sizeof(name), i < GMEM_CLASSES - 1 ? "up to %s" : "%s", gmem_size_classes[i].name);
		if (sum->count)
			sheet_dist_row(to, "i", name, dist ? dist : &none, &sum->bytes);
		classified += sum->count;
	}
	return classified;
}

void part_conversions(const struct sheet *to, const struct report_subject *s)
{
	enum gmem_direction d;

	sheet_dist_head(to, "CONVERSIONS", "conversions", true);
	EACH_DIRECTION(d) {
		struct gmem_op_counters c = report_conversions(s, d);
		struct gmem_dist dist = report_dist(s, GMEM_S_CONVERSION, d);
		uint64_t bytes = c.bytes, classified;

		if (!c.count && !c.unchanged && !c.failed)
			continue;
		dist.count = c.count;
		sheet_dist_row(to, "s", report_directions[d], &dist, &bytes);
		classified = put_classes(to, s, d);
		if (c.unchanged || c.failed)
			sheet_remark(to, 9, "besides: %llu that changed nothing, %llu that failed",
				     (ull)c.unchanged, (ull)c.failed);
		if (!to->html && classified != c.count)
			sheet_remark(to, 9, "by size: %llu of %llu were seen", (ull)classified, (ull)c.count);
	}
	sheet_dist_end(to);
}

void part_series(const struct sheet *to, const struct report_subject *s, enum gmem_series_id first,
		 size_t n, enum gmem_direction d)
{
	for (size_t i = 0; i < n; i++) {
		struct gmem_dist dist = report_dist(s, first + i, d);

		if (dist.count)
			sheet_dist_row(to, "i", gmem_series[first + i].title, &dist, NULL);
	}
}

void part_origins(const struct sheet *to, const struct report_subject *s, enum gmem_direction d)
{
	static const char *const names[GMEM_ORIGINS] = {
		[GMEM_BY_HYPERCALL] = "by hypercall", [GMEM_BY_ACCESS] = "by access",
		[GMEM_BY_VMM] = "by the VMM alone",
	};

	for (int i = 0; i < GMEM_ORIGINS; i++) {
		const struct gmem_op_sum *sum = i == GMEM_BY_VMM ? &s->seen->origin[i][d] :
						&s->seen->stall_origin[i][d];
		const char *name = names[i];

		if (sum->count && to->html)
			fprintf(to->out, "<tr class=\"i\"><td>%s, %s</td><td>%s</td><td>%s</td><td colspan=\"4\"></td>"
				"<td>%s</td></tr>\n", name, text_bytes(sum->bytes), text_count(sum->count),
				text_ns(sum->total_ns / sum->count), text_ns(sum->total_ns));
		else if (sum->count)
			sheet_remark(to, 0, "%-23s %7s %s, %s, %s, mean %s", name, text_count(sum->count),
				     gmem_text_plural(sum->count, "time", "times"), text_bytes(sum->bytes), text_ns(sum->total_ns),
				     text_ns(sum->total_ns / sum->count));
	}
}

static const char *retries(uint64_t n)
{
	return gmem_text_plural(n, "retry", "retries");
}

static void window_row(const struct sheet *to, const char *name, const struct gmem_dist *dist,
		       const struct gmem_window_sum *w, const char *unit)
{
	if (!dist->count && !w->retries)
		return;
	sheet_dist_row(to, "s", name, dist, NULL);
	if (w->retries)
		sheet_remark(to, 8, "%llu %s in %llu of them; most: %llu in %s [0x%llx, 0x%llx)",
			     (ull)w->retries, retries(w->retries), (ull)w->with_retries, (ull)w->max_retries, unit,
			     (ull)w->max_start, (ull)w->max_end);
}

void part_windows(const struct sheet *to, const struct report *r, const struct report_subject *s)
{
	struct gmem_dist w = report_dist(s, GMEM_S_WINDOW, 0), v = report_dist(s, GMEM_S_INVALIDATE, 0);
	uint64_t in = s->seen->window.retries + s->seen->invalidate.retries + s->seen->retries_outside;

	if (!w.count && !v.count && (to->html || !in))
		return;
	if (to->html)
		fputs("<h3>Invalidation windows</h3>\n", to->out);
	sheet_dist_head(to, "WINDOWS", "windows", false);
	window_row(to, "of conversions", &w, &s->seen->window, "gfn");
	window_row(to, "of guest_memfd", &v, &s->seen->invalidate, "pgoff");
	sheet_dist_end(to);
	if (to->html)
		return;
	if (s->seen->retries_outside)
		sheet_remark(to, 0, "%llu %s whose window was not seen", (ull)s->seen->retries_outside,
			     retries(s->seen->retries_outside));
	if (s->counted && s->c.fault_retries != in)
		sheet_remark(to, 0, "%llu %s by the kernel's own count", (ull)s->c.fault_retries,
			     retries(s->c.fault_retries));
	if (!(r->features & GMEM_FEATURE_RETRIES))
		sheet_remark(to, 0, "retries are not reported by the probes of this recording");
}

void part_besides(const struct sheet *to, const struct report *r, const struct report_subject *s,
		  enum gmem_operation op)
{
	char text[160];

	if (*report_besides(r, s, op, text, sizeof(text)))
		sheet_remark(to, 0, "%s: %s", gmem_operations[op].title, text);
}

/* Returns the VM of the subject, or the only one, or NULL. */
static const struct gmem_vm_stats *vm_of(const struct report *r, const struct report_subject *s)
{
	return s->vm ? s->vm : r->nr_vms == 1 ? r->vms[0].vm : NULL;
}

/* Writes a line; on a page, as a sentence. */
__attribute__((format(printf, 2, 3)))
static void sentence(const struct sheet *to, const char *fmt, ...)
{
	va_list ap;

	if (to->html)
		fprintf(to->out, "<p>%c", toupper(*fmt++));
	va_start(ap, fmt);
	vfprintf(to->out, fmt, ap);
	va_end(ap);
	fputs(to->html ? ".</p>\n" : "\n", to->out);
}

/* The memory is an upper bound: which of the converted pages were populated is unknown. */
void part_undiscarded(const struct sheet *to, const struct report *r, const struct report_subject *s)
{
	const struct gmem_vm_stats *vm = vm_of(r, s);
	const struct gmem_double_backed *max;
	const char *private, *shared;

	if (!vm)
		return;
	max = &vm->double_backed_max;
	private = text_known(vm->double_backed.private_bytes, vm->double_backed_known[GMEM_SIDE_PRIVATE]);
	shared = text_known(vm->double_backed.shared_bytes, vm->double_backed_known[GMEM_SIDE_SHARED]);
	if (!vm->map_known)
		sentence(to, "its map was never scanned: slots and undiscarded memory are unknown");
	else if (vm->left_max_pages)
		sentence(to, "made shared and not discarded: at most %s at the end, %s at once",
			 text_bytes(vm->left.nr_pages << GMEM_PAGE_SHIFT),
			 text_bytes(vm->left_max_pages << GMEM_PAGE_SHIFT));
	if ((max->private_bytes || max->shared_bytes) && to->html)
		sentence(to, "double-backed at the last scan of pages: private %s, shared %s", private, shared);
	else if (max->private_bytes || max->shared_bytes)
		sentence(to, "double-backed at the last scan of pages: private %s (most %s), shared %s (most %s)",
			 private, text_known(max->private_bytes, vm->double_backed_known[GMEM_SIDE_PRIVATE]),
			 shared, text_known(max->shared_bytes, vm->double_backed_known[GMEM_SIDE_SHARED]));
}

#define HOT_SHOWN	10
#define HOT_SHOWN_PAGE	12

/* Least number of reversals of a range that is marked as ping-pong. */
#define PING_PONG 4

static void text_hot_row(const struct gmem_hot_range *h, FILE *out)
{
	char range[48];

	snprintf(range, sizeof(range), "[0x%llx, 0x%llx)", (ull)h->start, (ull)h->end);
	fprintf(out, "%-37s %7s %7s %7s", range, text_count(h->conversions), text_count(h->reversals),
		text_bytes(h->bytes));
	if (h->reversals >= PING_PONG && h->reversals * 2 >= h->conversions)
		fputs(" ping-pong", out);
	if (h->missed)
		fprintf(out, " (%llu more at most)", (ull)h->missed);
	fputc('\n', out);
}

/* @most: conversions of the hottest range, whose bar is the widest. */
static void page_hot_row(const struct gmem_hot_range *h, uint64_t most, FILE *out)
{
	fprintf(out, "<tr><td class=\"mono\">0x%" PRIx64 " - 0x%" PRIx64 "</td><td>%s</td><td>%s</td><td>%s</td>"
		"<td style=\"width:40%%\"><div class=\"bar\"><u class=\"c0\" style=\"left:0;width:%.1f%%\"></u>"
		"<u class=\"c1\" style=\"left:0;width:%.1f%%\"></u></div></td></tr>\n", h->start, h->end,
		text_count(h->conversions), text_count(h->reversals), text_bytes(h->bytes),
		100 * (double)h->conversions / (double)most, 100 * (double)h->reversals / (double)most);
}

void part_hot(const struct sheet *to, const struct report *r, const struct report_subject *s)
{
	const struct gmem_vm_stats *vm = vm_of(r, s);
	struct gmem_hot_range top[HOT_SHOWN_PAGE];
	size_t n = vm ? gmem_hot_top(vm->hot, top, to->html ? HOT_SHOWN_PAGE : HOT_SHOWN) : 0;

	if (!n)
		return;
	if (to->html)
		fputs("<h3>Hottest ranges</h3><table><tr><th>gfn</th><th>conversions</th>"
		      "<th title=\"the one before went the other way\">reversals</th><th>bytes</th>"
		      "<th class=\"l\"></th></tr>\n", to->out);
	else
		fprintf(to->out, "\n%-37s %7s %7s %7s\n", "HOTTEST RANGES (gfn)", "CONVS", "REVS", "BYTES");
	for (size_t i = 0; i < n; i++) {
		if (to->html)
			page_hot_row(&top[i], top[0].conversions, to->out);
		else
			text_hot_row(&top[i], to->out);
	}
	sheet_dist_end(to);
}

static void inflight_row(const struct sheet *to, const struct report *r, const struct report_inflight *of)
{
	const struct gmem_inflight *op = of->op;
	const char *since = text_ns(gmem_inflight_age(op, r->a->model->now_ns)), *unit = op->ino ? "pgoff" : "gfn";
	const char *bytes = text_bytes((op->end - op->start) << GMEM_PAGE_SHIFT);
	char what[64];

	report_inflight_what(op, what, sizeof(what));
	if (to->html)
		fprintf(to->out, "<tr><td>%s</td><td>%llu</td><td class=\"l\">%s</td><td class=\"l mono\">%s 0x%llx"
			" - 0x%llx</td><td>%s</td><td>%u</td></tr>\n", since, (ull)of->vm->id, what, unit,
			(ull)op->start, (ull)op->end, bytes, op->tid);
	else
		fprintf(to->out, "%7s: VM %llu tid %u %s [0x%llx, 0x%llx) %s\n         %s\n", since,
			(ull)of->vm->id, op->tid, unit, (ull)op->start, (ull)op->end, bytes, what);
}

void part_inflight(const struct sheet *to, const struct report *r)
{
	struct report_inflight top[REPORT_INFLIGHT];
	size_t nr, n = report_inflight(r, top, REPORT_INFLIGHT, &nr);

	if (!n)
		return;
	fputs(to->html ? "<h2>In flight at the end</h2><table><tr><th>since</th><th>VM</th><th class=\"l\">what</th>"
	      "<th class=\"l\">range</th><th>bytes</th><th>tid</th></tr>\n" : "\nIN FLIGHT AT THE END\n", to->out);
	for (size_t i = 0; i < n; i++)
		inflight_row(to, r, &top[i]);
	sheet_dist_end(to);
	if (n < nr)
		fprintf(to->out, to->html ? "<p class=\"dim\">and %zu younger ones</p>\n" :
			"         and %zu younger ones\n", nr - n);
}
