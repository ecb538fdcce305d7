// SPDX-License-Identifier: GPL-2.0-only
/* CPU time of other processes. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "beside.h"

/* Longer than any reader sleeps: gmemtop refreshes once a second. */
#define SETTLE_S 2

bool beside_parse(struct beside *b, const char *list)
{
	char *end;

	b->count = 0;
	do {
		long pid = strtol(list, &end, 10);

		if (end == list || pid < 1 || pid > INT_MAX || b->count == BESIDE_MAX)
			return false;
		if (clock_getcpuclockid((pid_t)pid, &b->clocks[b->count]))
			return false;
		b->count++;
		list = end + 1;
	} while (*end == ',');
	return !*end;
}

uint64_t beside_cpu_ns(const struct beside *b)
{
	struct timespec t;
	uint64_t sum = 0;

	for (unsigned int i = 0; i < b->count; i++)
		if (!clock_gettime(b->clocks[i], &t))
			sum += (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
	return sum;
}

uint64_t beside_settle(const struct beside *b)
{
	uint64_t before = beside_cpu_ns(b);

	if (b->count)
		sleep(SETTLE_S);
	return beside_cpu_ns(b) - before;
}
