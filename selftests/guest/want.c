// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests probe groups from the live source, one set after the other, as views do. Each line on
 * stdin is a bit mask of enum gmem_probe_group, or 0 for another refresh; it replaces the previous
 * request. Prints one line of JSON for each.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "live/live.h"
#include "model/model.h"

static int apply(void *ctx, const struct gmem_hdr *rec)
{
	return gmem_model_apply(ctx, rec);
}

static uint64_t sum(const __u64 *values, size_t n)
{
	uint64_t all = 0;

	for (size_t i = 0; i < n; i++)
		all += values[i];
	return all;
}

static void print_vm(const struct gmem_vm *vm)
{
	const struct gmem_counters *c = &vm->now;
	const size_t cells = GMEM_DIRECTIONS * GMEM_PHASES;
	uint64_t max = 0, total = 0, count = 0, mixed = 0;

	for (int d = 0; d < GMEM_DIRECTIONS; d++) {
		if (c->conversion[d].max_ns > max)
			max = c->conversion[d].max_ns;
		total += c->conversion[d].total_ns;
		count += c->conversion[d].count;
		mixed += sum(c->phase_hist[d][GMEM_PHASE_MIXED], GMEM_PHASE_SLOTS);
	}
	printf(", \"max_ns\": %" PRIu64 ", \"conversions\": %" PRIu64 ", \"total_ns\": %" PRIu64 ", \"phases_ns\": %" PRIu64
	       ", \"phases\": %" PRIu64 ", \"mixed\": %" PRIu64 ", \"windows\": %" PRIu64
	       ", \"window_max_ns\": %" PRIu64 ", \"faults\": %" PRIu64,
	       max, count, total, sum(&c->phase_ns[0][0], cells),
	       sum(&c->phase_hist[0][0][0], cells * GMEM_PHASE_SLOTS), mixed,
	       (uint64_t)c->window.count, (uint64_t)c->window.max_ns, (uint64_t)c->fault.count);
}

static void print_state(const struct gmem_model *m, int err)
{
	printf("{\"err\": %d, \"features\": %" PRIu64 ", \"events\": %" PRIu64 ", \"unpaired\": %" PRIu64
	       ", \"inflight\": %" PRIu64, err, m->features, m->nr_events, m->lost[GMEM_LOST_UNPAIRED],
	       m->lost[GMEM_LOST_INFLIGHT]);
	if (m->vms)
		print_vm(m->vms);
	printf("}\n");
	fflush(stdout);
}

/* Polls for as long as a view would be shown, then takes a snapshot. */
static int poll_and_sync(struct gmem_source *s, struct gmem_model *m)
{
	int n = 0;

	for (int i = 0; n >= 0 && i < 4; i++)
		n = gmem_source_poll(s, 100, apply, m);
	return n < 0 ? n : gmem_source_sync(s, apply, m);
}

int main(void)
{
	struct gmem_live_opts opts = {
		.later = GMEM_PROBES_ALL, .inventory = true, .set = GMEM_SET_ANY,
	};
	struct gmem_model *m = gmem_model_new();
	struct gmem_error e = { 0 };
	struct gmem_source *s;
	char line[32];
	int err;

	if (!m || gmem_live_open(&s, &opts, &e))
		return gmem_report("want", &e);
	print_state(m, poll_and_sync(s, m));
	while (fgets(line, sizeof(line), stdin)) {
		unsigned long groups = strtoul(line, NULL, 0);

		err = groups ? gmem_source_enable(s, groups) : 0;
		print_state(m, err ? err : poll_and_sync(s, m));
	}
	gmem_source_close(s);
	gmem_model_free(m);
	return 0;
}
