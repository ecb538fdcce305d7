// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Import of results documents: a series is a metric, the median of its repeats the value of a run. */
#include <errno.h>
#include <string.h>

#include "compare/compare.h"
#include "results/results.h"

/* Names the metric; of a name that is too long, the end is a hash of all of it. */
static void key_of(char *key, const struct results_run *run, const struct results_series *s)
{
	const char *parts[] = { run->scenario, run->parameters, *run->scenario || *run->parameters ? "." : "", s->name };
	uint32_t hash = 2166136261;
	size_t n = 0;

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		for (const char *c = parts[i]; *c; c++) {
			hash = (hash ^ (unsigned char)*c) * 16777619;
			if (n < CMP_KEY - 1)
				key[n] = (unsigned char)*c < ' ' || *c == 127 ? '?' : *c;
			n++;
		}
	}
	if (n >= CMP_KEY)
		snprintf(key + CMP_KEY - 10, 10, "~%08x", hash);
	else
		key[n] = '\0';
}

/* Fills the parts of the run: the repeats, or means of consecutive ones if there are more. */
static void fill_batches(struct cmp_value *v, const struct results_series *s)
{
	v->nr_batches = s->nr < 2 ? 0 : s->nr < CMP_BATCHES ? (unsigned int)s->nr : CMP_BATCHES;
	for (unsigned int i = 0; i < v->nr_batches; i++) {
		size_t from = s->nr * i / v->nr_batches, to = s->nr * (i + 1) / v->nr_batches;

		for (size_t k = from; k < to; k++)
			v->batches[i] += s->values[k] / (double)(to - from);
	}
}

/* A metric is judged by ratios, so negative values have no verdict. */
static enum cmp_judged judged_of(const struct results_series *s)
{
	for (size_t i = 0; i < s->nr; i++) {
		if (s->values[i] < 0)
			return CMP_NOT_JUDGED;
	}
	return s->higher ? CMP_MORE_IS_BETTER : CMP_LESS_IS_BETTER;
}

static void set_unit(struct cmp_metric *m, const char *unit)
{
	snprintf(m->unit, sizeof(m->unit), "%s", unit);
	for (char *c = m->unit; *c; c++) {
		if ((unsigned char)*c < ' ' || *c == 127)
			*c = '?';
	}
}

static int add_series(struct cmp_set *to, enum cmp_side side, const struct results_run *run,
		      const struct results_series *s)
{
	struct cmp_value v = { .value = results_median(s), .count = s->nr };
	struct cmp_metric *m;
	char key[CMP_KEY];

	key_of(key, run, s);
	fill_batches(&v, s);
	if (cmp_set_add(to, side, key, judged_of(s), &v))
		return -ENOMEM;
	m = cmp_set_find(to, key);
	m->measured = true;
	if (judged_of(s) == CMP_NOT_JUDGED)
		m->judged = CMP_NOT_JUDGED;
	set_unit(m, s->unit);
	/* As many runs as the metric has that was measured most often. */
	if (m->nr[side] > to->nr_runs[side])
		to->nr_runs[side] = m->nr[side];
	return 0;
}

int cmp_documents_add(const struct results *r, struct cmp_set *to, enum cmp_side side)
{
	for (size_t i = 0; i < r->nr; i++) {
		for (size_t k = 0; k < r->runs[i].nr; k++) {
			if (add_series(to, side, &r->runs[i], &r->runs[i].series[k]))
				return -ENOMEM;
		}
	}
	return 0;
}
