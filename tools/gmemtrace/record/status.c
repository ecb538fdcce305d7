// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "abi/kinds.h"
#include "record/record.h"
#include "views/text.h"

static double seconds(const struct record *r)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9 - (double)r->begin_ns / 1e9;
}

static uint64_t all_lost(const struct record *r)
{
	uint64_t sum = 0;

	for (int i = 0; i < GMEM_LOSSES; i++)
		sum += r->lost[i];
	return sum;
}

void record_progress(const struct record *r)
{
	struct gmem_recording_stats s = recorder_stats(&r->out);
	char events[16], bytes[16];

	if (!isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\r\033[K%.0f s  %s events  %s  lost %llu", seconds(r),
		gmem_text_count(events, sizeof(events), (double)r->out.events),
		gmem_text_bytes(bytes, sizeof(bytes), s.bytes), (unsigned long long)all_lost(r));
}

void record_summary(const struct record *r)
{
	struct gmem_recording_stats s = recorder_stats(&r->out);
	typedef unsigned long long ull;

	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r\033[K");
	fprintf(stderr, "gmemtrace: %llu events, %llu records, %llu bytes in %u file%s: %s; %.2f s; lost",
		(ull)r->out.events, (ull)s.records, (ull)s.bytes, r->out.files,
		r->out.files == 1 ? "" : "s", r->o->out.path, seconds(r));
	for (int i = 0; i < GMEM_LOSSES; i++)
		fprintf(stderr, "%s %s %llu", i ? "," : "", gmem_loss_names[i], (ull)r->lost[i]);
	fprintf(stderr, "%s\n", r->out.full ? "; the maximum size is reached" : "");
}
