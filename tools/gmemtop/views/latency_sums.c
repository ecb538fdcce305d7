// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "views/latency.h"

#include <string.h>

#include "abi/hist.h"

const char *const latency_names[GMEM_LATENCIES] = {
	"conversion", "stall", "lock", "check", "reserve", "zap", "store", "mixed",
};

static const struct gmem_counters none;

static void add_differences(__u64 *to, const __u64 *before, const __u64 *now, int n)
{
	for (int i = 0; i < n; i++)
		to[i] += now[i] > before[i] ? now[i] - before[i] : 0;
}

static void add_between(struct latency_sums *s, const struct gmem_counters *a,
			const struct gmem_counters *b, unsigned int directions)
{
	for (int d = 0; d < GMEM_DIRECTIONS; d++) {
		if (!(directions & 1U << d))
			continue;
		add_differences(s->fine[GMEM_LATENCY_CONVERSION], a->conversion_hist[d],
				b->conversion_hist[d], GMEM_HIST_SLOTS);
		add_differences(s->fine[GMEM_LATENCY_STALL], a->stall_hist[d], b->stall_hist[d],
				GMEM_HIST_SLOTS);
		for (int p = 0; p < GMEM_PHASES; p++)
			add_differences(s->coarse[p], a->phase_hist[d][p], b->phase_hist[d][p],
					GMEM_PHASE_SLOTS);
	}
}

static void raise_to(uint64_t *max, uint64_t v)
{
	*max = v > *max ? v : *max;
}

void latency_add_start(struct latency_sums *s, const struct gmem_vm *vm, unsigned int directions)
{
	add_between(s, &none, &vm->now, directions);
	for (int d = 0; d < GMEM_DIRECTIONS; d++) {
		if (!(directions & 1U << d))
			continue;
		raise_to(&s->max_ns[GMEM_LATENCY_CONVERSION], vm->now.conversion[d].max_ns);
		raise_to(&s->max_ns[GMEM_LATENCY_STALL], vm->now.stall[d].max_ns);
	}
}

/* Skips ended VMs: their counters are final, and the last difference would be shown as current forever. */
void latency_add_now(struct latency_sums *s, const struct gmem_vm *vm, unsigned int directions)
{
	if (!vm->ended_ns)
		add_between(s, &vm->before, &vm->now, directions);
}

uint64_t latency_count(const struct latency_sums *s, enum gmem_latency of)
{
	uint64_t n = 0;

	if (of < GMEM_LATENCY_PHASE)
		return gmem_hist_total(s->fine[of]);
	for (int i = 0; i < GMEM_PHASE_SLOTS; i++)
		n += s->coarse[of - GMEM_LATENCY_PHASE][i];
	return n;
}

static uint64_t coarse_quantile(const __u64 *slots, uint64_t total, double q)
{
	uint64_t seen = 0;

	for (int i = 0; i < GMEM_PHASE_SLOTS; i++) {
		seen += slots[i];
		if (seen && (double)seen >= q * (double)total)
			return (2ULL << i) - 1;
	}
	return 0;
}

uint64_t latency_quantile(const struct latency_sums *s, enum gmem_latency of, double q)
{
	uint64_t v;

	if (of >= GMEM_LATENCY_PHASE)
		return coarse_quantile(s->coarse[of - GMEM_LATENCY_PHASE], latency_count(s, of), q);
	v = gmem_hist_quantile(s->fine[of], q);
	return s->max_ns[of] && v > s->max_ns[of] ? s->max_ns[of] : v;
}

void latency_magnitudes(const struct latency_sums *s, enum gmem_latency of,
			uint64_t counts[GMEM_PHASE_SLOTS])
{
	memset(counts, 0, GMEM_PHASE_SLOTS * sizeof(*counts));
	if (of >= GMEM_LATENCY_PHASE) {
		for (int i = 0; i < GMEM_PHASE_SLOTS; i++)
			counts[i] = s->coarse[of - GMEM_LATENCY_PHASE][i];
		return;
	}
	for (unsigned int i = 0; i < GMEM_HIST_SLOTS; i++)
		counts[gmem_hist_magnitude(i)] += s->fine[of][i];
}

void latency_of_period(const struct gmem_period *p, enum gmem_latency of, unsigned int directions,
		       uint64_t counts[GMEM_PHASE_SLOTS])
{
	memset(counts, 0, GMEM_PHASE_SLOTS * sizeof(*counts));
	for (int d = 0; d < GMEM_DIRECTIONS; d++) {
		for (int i = 0; i < GMEM_PHASE_SLOTS && directions & 1U << d; i++)
			counts[i] += p->counts[of][d][i];
	}
}

uint64_t latency_feature(enum gmem_latency of)
{
	return of == GMEM_LATENCY_CONVERSION ? 0 : of == GMEM_LATENCY_STALL ? GMEM_FEATURE_STALLS : GMEM_FEATURE_PHASES;
}
