// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Verdicts on differences. Changes are ratios, so statistics are computed on logarithms. With
 * several runs per side, the variation between runs is measured (Welch's test). With one run on
 * a side it is unknown: the variation between parts of the run is used, and the threshold for a
 * change is higher.
 */
#include <errno.h>
#include <fnmatch.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/statistics.h"
#include "compare/compare.h"

const char *const cmp_verdict_names[CMP_VERDICTS] = {
	[CMP_WORSE]	= "worse",
	[CMP_BETTER]	= "better",
	[CMP_UNSURE]	= "cannot_tell",
	[CMP_FEW]	= "too_few",
	[CMP_SAME]	= "same",
	[CMP_ONE_SIDE]	= "one_side",
	[CMP_INFO]	= "not_judged",
};

/* Returns true if the key names a duration in ns. */
static bool is_ns(const struct cmp_metric *m)
{
	return !m->measured && strstr(m->key, "_ns");
}

/* Returns a millionth of the largest value of a run: 0 for a metric that is always 0. */
static double small_part(const struct cmp_metric *m)
{
	double most = 0;

	for (int side = 0; side < CMP_SIDES; side++) {
		for (size_t i = 0; i < m->nr[side]; i++)
			most = fmax(most, m->values[side][i].value);
	}
	return most * 1e-6;
}

/*
 * Returns log(v) with an offset, so that 0 has one: 0.5 ns for times, less for ratios per conversion. The
 * values of results have any unit.
 */
static double log_of(const struct cmp_metric *m, double v)
{
	return log(v + (m->measured ? fmax(small_part(m), 1e-300) : is_ns(m) ? 0.5 : 1e-4));
}

static double median_of_runs(const struct cmp_metric *m, enum cmp_side side)
{
	double v[64];
	size_t n = m->nr[side] < 64 ? m->nr[side] : 64;

	for (size_t i = 0; i < n; i++)
		v[i] = m->values[side][i].value;
	qsort(v, n, sizeof(*v), gmem_by_value);
	return gmem_quantile(v, n, 0.5);
}

/* Returns the moments of the runs, or, if @single, of the parts of the first run. */
static struct gmem_moments moments_of(const struct cmp_metric *m, enum cmp_side side, bool single)
{
	double v[64];
	size_t n = 0;

	if (single) {
		const struct cmp_value *run = &m->values[side][0];

		for (; n < run->nr_batches; n++)
			v[n] = log_of(m, run->batches[n]);
	} else {
		for (; n < m->nr[side] && n < 64; n++)
			v[n] = log_of(m, m->values[side][n].value);
	}
	return gmem_moments(v, n);
}

/* Returns the threshold of the metric; < 0: ignore the metric. */
static double min_change_of(const struct cmp_rules *rules, const struct cmp_metric *m, bool single)
{
	double min = single ? rules->min_change_single : rules->min_change;

	for (size_t i = 0; i < rules->nr; i++) {
		if (!fnmatch(rules->rules[i].pattern, m->key, 0))
			min = rules->rules[i].min_change;
	}
	return min;
}

/*
 * Checks the number of operations of each run. Results, and keys with '/', which are of the bench, are few, but
 * long measurements.
 */
static bool enough(const struct cmp_metric *m, const struct cmp_rules *rules)
{
	bool bench = m->measured || strchr(m->key, '/'), p99 = strstr(m->key, "p99");
	uint64_t least = (uint64_t)(bench ? 1 : p99 ? rules->min_samples_p99 : rules->min_samples);

	for (int side = 0; side < CMP_SIDES; side++) {
		for (size_t i = 0; i < m->nr[side]; i++) {
			if (m->values[side][i].count < least)
				return false;
		}
	}
	return true;
}

static enum cmp_verdict verdict_of(const struct cmp_result *r, const struct cmp_rules *rules)
{
	bool ns = is_ns(r->metric), more = r->metric->judged == CMP_MORE_IS_BETTER;
	bool tiny = ns && fabs(r->now - r->base) < rules->min_ns && !strstr(r->metric->key, "per_page");
	double worse = more ? -r->change : r->change;
	double low = more ? -r->high : r->low, high = more ? -r->low : r->high;

	if (low > 0 && worse > r->min_change && !tiny)
		return CMP_WORSE;
	if (high < 0 && worse < -r->min_change && !tiny)
		return CMP_BETTER;
	if (tiny || (high < r->min_change && low > -r->min_change))
		return CMP_SAME;
	/* Not worse, and any gain is below min_change. */
	if (high <= 0)
		return CMP_SAME;
	return CMP_UNSURE;
}

static void judge_metric(struct cmp_result *r, const struct cmp_rules *rules, double alpha)
{
	const struct cmp_metric *m = r->metric;
	bool single = m->nr[CMP_BASE] < 2 || m->nr[CMP_NEW] < 2;
	struct gmem_moments a, b;
	struct gmem_difference d;

	r->base = median_of_runs(m, CMP_BASE);
	r->now = median_of_runs(m, CMP_NEW);
	r->change = r->base > 0 ? r->now / r->base - 1 : r->now > 0 ? INFINITY : 0;
	r->min_change = min_change_of(rules, m, single);
	if (!m->nr[CMP_BASE] || !m->nr[CMP_NEW]) {
		r->verdict = CMP_ONE_SIDE;
		return;
	}
	a = moments_of(m, CMP_BASE, single);
	b = moments_of(m, CMP_NEW, single);
	if (m->judged == CMP_NOT_JUDGED || (single && !m->values[CMP_BASE][0].nr_batches &&
					    !is_ns(m) && !m->measured)) {
		r->verdict = CMP_INFO;
		return;
	}
	d = gmem_welch(&a, &b, alpha);
	if (!enough(m, rules) || isinf(d.half)) {
		r->verdict = CMP_FEW;
		return;
	}
	/* The figure of the whole run is more precise than the mean of its parts. */
	if (single)
		d.mean = log_of(m, r->now) - log_of(m, r->base);
	r->low = exp(d.mean - d.half) - 1;
	r->high = exp(d.mean + d.half) - 1;
	r->verdict = verdict_of(r, rules);
}

static int by_weight(const void *a, const void *b)
{
	const struct cmp_result *x = a, *y = b;
	double cx = fabs(x->change), cy = fabs(y->change);

	if (x->verdict != y->verdict)
		return x->verdict < y->verdict ? -1 : 1;
	if (cx != cy && x->verdict != CMP_SAME)
		return cx < cy ? 1 : -1;
	return strcmp(x->metric->key, y->metric->key);
}

int cmp_judge(struct cmp_results *r, const struct cmp_set *s, const struct cmp_rules *rules)
{
	size_t judged = 0;

	*r = (struct cmp_results){
		.single = s->nr_runs[CMP_BASE] < 2 || s->nr_runs[CMP_NEW] < 2,
		.nr_runs = { s->nr_runs[CMP_BASE], s->nr_runs[CMP_NEW] },
	};
	r->results = calloc(s->nr + 1, sizeof(*r->results));
	if (!r->results)
		return -ENOMEM;
	for (size_t i = 0; i < s->nr; i++)
		judged += s->metrics[i].judged != CMP_NOT_JUDGED && s->metrics[i].nr[CMP_BASE] &&
			  s->metrics[i].nr[CMP_NEW];
	/* Bonferroni correction: of many metrics, some differ by chance. */
	r->alpha = rules->alpha / (double)(judged ? judged : 1);
	for (size_t i = 0; i < s->nr; i++) {
		struct cmp_result *one = &r->results[r->nr];

		if (min_change_of(rules, &s->metrics[i], false) < 0)
			continue;
		one->metric = &s->metrics[i];
		judge_metric(one, rules, r->alpha);
		r->by_verdict[one->verdict]++;
		r->nr++;
	}
	qsort(r->results, r->nr, sizeof(*r->results), by_weight);
	return 0;
}

void cmp_results_free(struct cmp_results *r)
{
	free(r->results);
}
