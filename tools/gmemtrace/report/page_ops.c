// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Parts of the page: hot ranges, operations in flight at the end, and the longest operations as bars. */
#include <inttypes.h>

#include "report/page.h"

#define HOT_SHOWN 12

void html_hot(const struct report *r, const struct report_subject *s, FILE *out)
{
	const struct report_subject *of = s->vm ? s : r->nr_vms == 1 ? &r->vms[0] : NULL;
	struct gmem_hot_range top[HOT_SHOWN];
	size_t n = of ? gmem_hot_top(of->vm->hot, top, HOT_SHOWN) : 0;

	if (!n)
		return;
	fputs("<h3>Hottest ranges</h3><table><tr><th>gfn</th><th>conversions</th>"
	      "<th title=\"the one before went the other way\">reversals</th><th>bytes</th><th class=\"l\"></th></tr>\n", out);
	for (size_t i = 0; i < n; i++)
		fprintf(out, "<tr><td class=\"mono\">0x%" PRIx64 " - 0x%" PRIx64 "</td><td>%s</td><td>%s</td><td>%s</td>"
			"<td style=\"width:40%%\"><div class=\"bar\"><u class=\"c0\" style=\"left:0;width:%.1f%%\"></u>"
			"<u class=\"c1\" style=\"left:0;width:%.1f%%\"></u></div></td></tr>\n", top[i].start, top[i].end,
			text_count(top[i].conversions), text_count(top[i].reversals), text_bytes(top[i].bytes),
			100 * (double)top[i].conversions / (double)top[0].conversions,
			100 * (double)top[i].reversals / (double)top[0].conversions);
	fputs("</table>\n", out);
}

void html_inflight(const struct report *r, FILE *out)
{
	struct report_inflight top[REPORT_INFLIGHT];
	size_t nr, n = report_inflight(r, top, REPORT_INFLIGHT, &nr);

	if (!n)
		return;
	fputs("<h2>In flight at the end</h2><table><tr><th>since</th><th>VM</th><th class=\"l\">what</th>"
	      "<th class=\"l\">range</th><th>bytes</th><th>tid</th></tr>\n", out);
	for (size_t i = 0; i < n; i++) {
		const struct gmem_inflight *op = top[i].op;
		char what[64];

		fprintf(out, "<tr><td>%s</td><td>%" PRIu64 "</td><td class=\"l\">%s</td><td class=\"l mono\">%s 0x%" PRIx64
			" - 0x%" PRIx64 "</td><td>%s</td><td>%u</td></tr>\n", text_ns(gmem_inflight_age(op, r->a->model->now_ns)),
			top[i].vm->id, report_inflight_what(op, what, sizeof(what)), op->ino ? "pgoff" : "gfn",
			op->start, op->end, text_bytes((op->end - op->start) << GMEM_PAGE_SHIFT), op->tid);
	}
	fputs("</table>\n", out);
	if (n < nr)
		fprintf(out, "<p class=\"dim\">and %zu younger ones</p>\n", nr - n);
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
