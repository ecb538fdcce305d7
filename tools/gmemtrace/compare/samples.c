// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Samples of a run: a reservoir for each metric, which keeps the order of operations. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/statistics.h"
#include "compare/compare.h"

#define KEPT 8192	/* samples per metric */

struct sample {
	uint64_t nr;	/* sequence number of the operation */
	double value;
};

struct reservoir {
	uint64_t seen;
	uint64_t random;
	size_t nr, max;
	struct sample *kept;
};

struct cmp_samples {
	struct reservoir of[GMEM_SERIES][GMEM_DIRECTIONS][GMEM_CLASSES];
	bool failed;	/* a sample was dropped for lack of memory */
};

struct cmp_samples *cmp_samples_new(void)
{
	return calloc(1, sizeof(struct cmp_samples));
}

#define EACH_RESERVOIR(s, r)							\
	for (r = &(s)->of[0][0][0];						\
	     r < &(s)->of[0][0][0] + sizeof((s)->of) / sizeof(*r); r++)

void cmp_samples_free(struct cmp_samples *s)
{
	struct reservoir *r;

	if (!s)
		return;
	EACH_RESERVOIR(s, r)
		free(r->kept);
	free(s);
}

static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static int grow(struct reservoir *r)
{
	size_t max = r->max ? 2 * r->max : 64;
	struct sample *p = reallocarray(r->kept, max, sizeof(*p));

	if (!p)
		return -ENOMEM;
	r->kept = p;
	r->max = max;
	return 0;
}

/* Adds a value. All are equally likely to be kept; the seed is fixed, so a run always keeps the same ones. */
static int add_sample(struct reservoir *r, double value)
{
	uint64_t nr = r->seen++, at = nr;

	if (nr >= KEPT)
		at = next_random(&r->random) % (nr + 1);
	if (at >= KEPT)
		return 0;
	if (at >= r->nr) {
		if (r->nr == r->max && grow(r))
			return -ENOMEM;
		at = r->nr++;
	}
	r->kept[at] = (struct sample){ nr, value };
	return 0;
}

/* Returns true if times are divided by pages: large ranges differ in size, so their times do not compare. */
static bool by_page(enum gmem_series_id series, unsigned int class)
{
	return gmem_series[series].per_page && class >= 2;
}

void cmp_samples_value(void *samples, const struct gmem_vm_stats *vm, enum gmem_series_id series,
		       enum gmem_direction direction, uint64_t pages, uint64_t ns)
{
	struct cmp_samples *s = samples;
	unsigned int class = gmem_series[series].per_page && pages ? gmem_size_class(pages) : 0;
	double value = (double)ns;

	(void)vm;
	if (by_page(series, class))
		value /= (double)pages;
	if (add_sample(&s->of[series][direction][class], value))
		s->failed = true;
}

/* Returns a quantile of the samples of operations [from, to); *n: number of these samples. */
static double quantile_of(const struct reservoir *r, uint64_t from, uint64_t to, double q,
			  double *room, size_t *n)
{
	*n = 0;
	for (size_t i = 0; i < r->nr; i++) {
		if (r->kept[i].nr >= from && r->kept[i].nr < to)
			room[(*n)++] = r->kept[i].value;
	}
	qsort(room, *n, sizeof(*room), gmem_by_value);
	return gmem_quantile(room, *n, q);
}

/* Least operations of a batch for a meaningful quantile. */
#define BATCH_LEAST(q) ((q) > 0.9 ? 200 : 8)

static void fill_value(struct cmp_value *v, const struct reservoir *r, double q, double *room)
{
	uint64_t least = BATCH_LEAST(q);
	size_t n;

	v->count = r->seen;
	v->value = quantile_of(r, 0, r->seen, q, room, &n);
	v->nr_batches = r->nr / least < CMP_BATCHES ? (unsigned int)(r->nr / least) : CMP_BATCHES;
	for (unsigned int i = 0; i < v->nr_batches; i++) {
		v->batches[i] = quantile_of(r, r->seen * i / v->nr_batches,
					    r->seen * (i + 1) / v->nr_batches, q, room, &n);
		if (!n)
			v->nr_batches = 0;
	}
}

static void key_of(char *key, enum gmem_series_id series, int d, unsigned int class, const char *what)
{
	const struct gmem_series *s = &gmem_series[series];

	snprintf(key, CMP_KEY, "%s%s%s%s%s.%s_ns%s", s->directed ? gmem_direction_names[d] : "",
		 s->directed ? "." : "", s->per_page ? gmem_size_classes[class].name : "",
		 s->per_page ? "." : "", s->key, what, by_page(series, class) ? "_per_page" : "");
}

static int add_quantiles(struct cmp_set *to, enum cmp_side side, const struct reservoir *r,
			 enum gmem_series_id series, int d, unsigned int class, double *room)
{
	static const struct {
		double q;
		const char *name;
	} quantiles[] = { { 0.5, "p50" }, { 0.99, "p99" } };
	int err = 0;

	for (size_t i = 0; i < sizeof(quantiles) / sizeof(*quantiles) && !err; i++) {
		struct cmp_value v = { 0 };
		char key[CMP_KEY];

		key_of(key, series, d, class, quantiles[i].name);
		fill_value(&v, r, quantiles[i].q, room);
		err = cmp_set_add(to, side, key, CMP_LESS_IS_BETTER, &v);
	}
	return err;
}

static int add_count(struct cmp_set *to, enum cmp_side side, const char *key, enum cmp_judged judged,
		     double n, uint64_t of)
{
	struct cmp_value v = { .value = n, .count = of };

	return cmp_set_add(to, side, key, judged, &v);
}

/* Adds the number of conversions, and retries and failures per conversion. */
static int add_counts(const struct gmem_analysis *a, struct cmp_set *to, enum cmp_side side)
{
	uint64_t all = 0, retries = 0, failed = 0, n[GMEM_DIRECTIONS] = { 0 };
	int err = 0;

	for (const struct gmem_vm_stats *vm = a->vms; vm; vm = vm->next) {
		for (int d = 0; d < GMEM_DIRECTIONS; d++) {
			for (int i = 0; i < GMEM_CLASSES; i++)
				n[d] += vm->seen.size[i][d].count;
			failed += vm->seen.failed[d];
		}
		retries += vm->seen.by_kind[GMEM_FAULT_RETRY];
	}
	for (int d = 0; d < GMEM_DIRECTIONS && !err; d++) {
		char key[CMP_KEY];

		snprintf(key, sizeof(key), "%s.count", gmem_direction_names[d]);
		err = add_count(to, side, key, CMP_NOT_JUDGED, (double)n[d], n[d]);
		all += n[d];
	}
	if (!err && all)
		err = add_count(to, side, "retries_per_conversion", CMP_LESS_IS_BETTER,
				(double)retries / (double)all, all);
	if (!err && all)
		err = add_count(to, side, "failed_per_conversion", CMP_LESS_IS_BETTER,
				(double)failed / (double)all, all);
	return err;
}

int cmp_samples_add_run(struct cmp_samples *s, const struct gmem_analysis *a, struct cmp_set *to,
			enum cmp_side side)
{
	double *room = calloc(KEPT, sizeof(*room));
	int err = s->failed || !room ? -ENOMEM : 0;

	for (unsigned int i = 0; i < GMEM_SERIES && !err; i++) {
		for (int d = 0; d < GMEM_DIRECTIONS && !err; d++) {
			for (unsigned int c = 0; c < GMEM_CLASSES && !err; c++) {
				if (s->of[i][d][c].nr)
					err = add_quantiles(to, side, &s->of[i][d][c], i, d, c, room);
			}
		}
	}
	free(room);
	if (!err)
		err = add_counts(a, to, side);
	to->nr_runs[side] += !err;
	return err;
}
