// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Parts of the report: hot ranges, operations in flight at the end, and the longest ones with their timelines. */
#include "report/text.h"

#include <string.h>

typedef unsigned long long ull;

#define HOT_SHOWN 10

/* Least number of reversals of a range that is marked as ping-pong. */
#define PING_PONG 4

void text_hot(const struct report *r, const struct report_subject *s, FILE *out)
{
	const struct report_subject *of = s->vm ? s : r->nr_vms == 1 ? &r->vms[0] : NULL;
	struct gmem_hot_range top[HOT_SHOWN];
	size_t n = of ? gmem_hot_top(of->vm->hot, top, HOT_SHOWN) : 0;

	if (!n)
		return;
	fprintf(out, "\n%-37s %7s %7s %7s\n", "HOTTEST RANGES (gfn)", "FLIPS", "TURNS", "BYTES");
	for (size_t i = 0; i < n; i++) {
		char range[48];

		snprintf(range, sizeof(range), "[0x%llx, 0x%llx)", (ull)top[i].start, (ull)top[i].end);
		fprintf(out, "%-37s %7s %7s %7s", range, text_count(top[i].conversions), text_count(top[i].reversals),
			text_bytes(top[i].bytes));
		if (top[i].reversals >= PING_PONG && top[i].reversals * 2 >= top[i].conversions)
			fputs(" ping-pong", out);
		if (top[i].missed)
			fprintf(out, " (%llu more at most)", (ull)top[i].missed);
		fputc('\n', out);
	}
}

static void op_line(const struct report *r, enum gmem_long_kind kind, const struct gmem_long_op *op,
		    FILE *out)
{
	uint64_t at = op->begin_ns > r->a->first_ns ? op->begin_ns - r->a->first_ns : 0;

	fprintf(out, "%7s at %s: VM %llu ", text_ns(op->dur_ns), text_ns(at), (ull)op->vm);
	if (kind == GMEM_LONG_STALL)
		fprintf(out, "vCPU %u ", op->vcpu);
	fprintf(out, "tid %u ", op->tid);
	if (kind != GMEM_LONG_PUNCH)
		fprintf(out, "%s ", op->direction == GMEM_TO_PRIVATE ? "to private" : "to shared");
	fprintf(out, "%s [0x%llx, 0x%llx) %s\n", op->ino ? "pgoff" : "gfn", (ull)op->start, (ull)op->end,
		text_bytes((op->end - op->start) << GMEM_PAGE_SHIFT));
}

/* Prints the marks of an operation, as " +2.5us ioctl +3.1us check .. +60us end", wrapped at 80 columns. */
static void timeline(const struct gmem_long_op *op, FILE *out)
{
	size_t column = 0;

	for (uint32_t i = 0; i < op->marks.nr; i++) {
		char mark[48];
		int n = snprintf(mark, sizeof(mark), " +%s %s", text_ns(op->marks.list[i].at_ns),
				 gmem_mark_names[op->marks.list[i].what]);

		if (!column || column + (size_t)n > 80)
			column = (size_t)fprintf(out, "%s        ", column ? "\n" : "");
		column += (size_t)n;
		fputs(mark, out);
	}
	if (op->marks.nr)
		fputc('\n', out);
}

void text_inflight(const struct report *r, FILE *out)
{
	struct report_inflight top[REPORT_INFLIGHT];
	size_t nr, n = report_inflight(r, top, REPORT_INFLIGHT, &nr);

	if (n)
		fputs("\nIN FLIGHT AT THE END\n", out);
	for (size_t i = 0; i < n; i++) {
		const struct gmem_inflight *op = top[i].op;
		char what[64];

		fprintf(out, "%7s: VM %llu tid %u %s [0x%llx, 0x%llx) %s\n         %s\n",
			text_ns(gmem_inflight_age(op, r->a->model->now_ns)), (ull)top[i].vm->id, op->tid,
			op->ino ? "pgoff" : "gfn", (ull)op->start, (ull)op->end,
			text_bytes((op->end - op->start) << GMEM_PAGE_SHIFT),
			report_inflight_what(op, what, sizeof(what)));
	}
	if (n < nr)
		fprintf(out, "         and %zu younger ones\n", nr - n);
}

void text_longest(const struct report *r, FILE *out)
{
	static const char *const titles[GMEM_LONG_KINDS] = { "LONGEST CONVERSIONS", "LONGEST STALLS",
							     "LONGEST PUNCHES" };

	for (int k = 0; k < GMEM_LONG_KINDS; k++) {
		const struct gmem_longest *l = &r->a->longest[k];

		if (l->nr)
			fprintf(out, "\n%s\n", titles[k]);
		for (size_t i = 0; i < l->nr; i++) {
			op_line(r, k, &l->ops[i], out);
			if (k != GMEM_LONG_PUNCH)
				timeline(&l->ops[i], out);
		}
	}
}
