// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "report/sheet.h"

#include <inttypes.h>
#include <stdarg.h>

#include "views/text.h"

#define BUFFERS		16
#define BUFFER_SIZE	24

const enum gmem_direction report_order[GMEM_DIRECTIONS] = { GMEM_TO_PRIVATE, GMEM_TO_SHARED };
const char *const report_directions[GMEM_DIRECTIONS] = { "to shared", "to private" };

static char *buffer(void)
{
	static char buffers[BUFFERS][BUFFER_SIZE];
	static unsigned int next;

	return buffers[next++ % BUFFERS];
}

const char *text_ns(uint64_t ns)
{
	return ns ? gmem_text_ns(buffer(), BUFFER_SIZE, ns) : "0";
}

const char *text_bytes(uint64_t bytes)
{
	return gmem_text_bytes(buffer(), BUFFER_SIZE, bytes);
}

const char *text_known(uint64_t bytes, enum gmem_known known)
{
	return gmem_text_sum(buffer(), BUFFER_SIZE, (struct gmem_sum){ bytes, known, false });
}

const char *text_count(uint64_t n)
{
	char *buf = buffer();

	if (n >= 10000000)
		return gmem_text_count(buf, BUFFER_SIZE, (double)n);
	snprintf(buf, BUFFER_SIZE, "%" PRIu64, n);
	return buf;
}

void sheet_dist_head(const struct sheet *to, const char *title, const char *page_title, bool bytes)
{
	if (to->html)
		fprintf(to->out, "<table><tr><th>%s</th><th>count</th>%s<th>mean</th><th>p50</th><th>p90</th><th>p99</th>"
			"<th>max</th><th>total</th></tr>\n", page_title, bytes ? "<th>bytes</th>" : "");
	else
		fprintf(to->out, "\n%-15s %7s %7s %7s %7s %7s %7s %7s %7s\n", title, "COUNT", "BYTES", "MEAN", "P50",
			"P90", "P99", "MAX", "TOTAL");
}

void sheet_dist_row(const struct sheet *to, const char *class, const char *name, const struct gmem_dist *d,
		    const uint64_t *bytes)
{
	const char *times[] = {
		text_ns(gmem_dist_mean(d)), text_ns(gmem_dist_quantile(d, 0.5)), text_ns(gmem_dist_quantile(d, 0.9)),
		text_ns(gmem_dist_quantile(d, 0.99)), text_ns(d->max_ns), text_ns(d->total_ns),
	};
	int indent = *class == 'i' ? 2 : 0;

	if (to->html) {
		fprintf(to->out, "<tr class=\"%s\"><td>%s</td><td>%s</td>", class, name, text_count(d->count));
		if (bytes)
			fprintf(to->out, "<td>%s</td>", text_bytes(*bytes));
	} else {
		fprintf(to->out, "%*s%-*s %7s %7s", indent, "", 15 - indent, name, text_count(d->count),
			bytes ? text_bytes(*bytes) : "");
	}
	for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++)
		fprintf(to->out, to->html ? "<td>%s</td>" : " %7s", times[i]);
	fputs(to->html ? "</tr>\n" : "\n", to->out);
}

void sheet_dist_end(const struct sheet *to)
{
	if (to->html)
		fputs("</table>\n", to->out);
}

void sheet_remark(const struct sheet *to, int columns, const char *fmt, ...)
{
	va_list ap;

	if (!to->html)
		fputs("  ", to->out);
	else if (columns)
		fprintf(to->out, "<tr class=\"i\"><td colspan=\"%d\" class=\"l dim\">", columns);
	else
		fputs("<p class=\"dim\">", to->out);
	va_start(ap, fmt);
	vfprintf(to->out, fmt, ap);
	va_end(ap);
	fputs(!to->html ? "\n" : columns ? "</td></tr>\n" : "</p>\n", to->out);
}
