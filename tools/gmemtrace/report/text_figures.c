// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Figures of the report as text, and rows of its tables. */
#include "report/text.h"

#include "views/text.h"

#define BUFFERS 16

static char *buffer(size_t *size)
{
	static char buffers[BUFFERS][24];
	static unsigned int next;

	*size = sizeof(buffers[0]);
	return buffers[next++ % BUFFERS];
}

const char *text_ns(uint64_t ns)
{
	size_t size;
	char *buf = buffer(&size);

	return ns ? gmem_text_ns(buf, size, ns) : "0";
}

const char *text_bytes(uint64_t bytes)
{
	size_t size;
	char *buf = buffer(&size);

	return gmem_text_bytes(buf, size, bytes);
}

const char *text_known(uint64_t bytes, enum gmem_known known)
{
	size_t size;
	char *buf = buffer(&size);

	return gmem_text_sum(buf, size, (struct gmem_sum){ bytes, known, false });
}

const char *text_count(uint64_t n)
{
	size_t size;
	char *buf = buffer(&size);

	if (n < 10000000)
		snprintf(buf, size, "%llu", (unsigned long long)n);
	else
		gmem_text_count(buf, size, (double)n);
	return buf;
}

void text_dist_header(const char *title, FILE *out)
{
	fprintf(out, "\n%-15s %7s %7s %7s %7s %7s %7s %7s %7s\n", title, "COUNT", "BYTES", "MEAN", "P50",
		"P90", "P99", "MAX", "TOTAL");
}

void text_dist_row(const char *name, const struct gmem_dist *d, uint64_t bytes, bool has_bytes, FILE *out)
{
	fprintf(out, "%-15s %7s %7s %7s %7s %7s %7s %7s %7s\n", name, text_count(d->count),
		has_bytes ? text_bytes(bytes) : "", text_ns(gmem_dist_mean(d)),
		text_ns(gmem_dist_quantile(d, 0.5)), text_ns(gmem_dist_quantile(d, 0.9)),
		text_ns(gmem_dist_quantile(d, 0.99)), text_ns(d->max_ns), text_ns(d->total_ns));
}
