// SPDX-License-Identifier: GPL-2.0-only
/*
 * Throughput of the analysis: applies the same records from memory several times. Prints a line of
 * JSON.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "analysis/analysis.h"
#include "selftests/tools/synth_load.h"

struct memory {
	char *p;
	size_t used, size;
	uint64_t events;
};

static int keep(void *ctx, const struct gmem_hdr *rec)
{
	struct memory *m = ctx;

	if (m->used + rec->size > m->size) {
		m->size = 2 * m->size + rec->size;
		m->p = realloc(m->p, m->size);
		if (!m->p)
			abort();
	}
	memcpy(m->p + m->used, rec, rec->size);
	m->used += rec->size;
	m->events++;
	return 0;
}

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Applies all records again with times @later ns later, as times must not decrease. */
static void apply_again(struct gmem_analysis *a, struct memory *m, uint64_t later)
{
	for (size_t at = 0; at < m->used; ) {
		struct gmem_hdr *h = (struct gmem_hdr *)(m->p + at);

		h->ts_ns += later;
		if (gmem_analysis_apply(a, h, true))
			abort();
		at += h->size;
	}
}

int main(int argc, char **argv)
{
	uint64_t rounds = argc > 1 ? strtoull(argv[1], NULL, 10) : 20;
	struct synth_load o = { .seed = 1, .vms = 4, .vcpus = 8, .conversions = 40000, .noise = 0.5 };
	struct gmem_analysis *a = gmem_analysis_new();
	struct memory m = { .p = NULL };
	struct rusage before, after;
	double begin, took;

	if (!a || synth_load(&o, keep, &m))
		return 1;
	getrusage(RUSAGE_SELF, &before);
	begin = now_s();
	for (uint64_t i = 0; i < rounds; i++)
		apply_again(a, &m, i ? 60000000000ULL : 0);
	took = now_s() - begin;
	getrusage(RUSAGE_SELF, &after);
	printf("{\"events\": %llu, \"ns_per_event\": %.1f, \"events_per_s\": %.0f, \"grown_kib\": %ld}\n",
	       (unsigned long long)(m.events * rounds), took * 1e9 / (double)(m.events * rounds),
	       (double)(m.events * rounds) / took, after.ru_maxrss - before.ru_maxrss);
	gmem_analysis_free(a);
	free(m.p);
	return 0;
}
