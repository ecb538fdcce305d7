// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "analysis/changepoints.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/statistics.h"

#define LEVEL_LEAST	2	/* values of a level: the distance within a level is unknown for one value */
#define WEAK		10	/* weak points may be this much less significant */

#define FAR		5	/* typical differences of neighbours, from which on a value is an outlier */

struct search {
	double *values;		/* without outliers */
	size_t n;
	double *sums;		/* of distances: sums[i * (window + 1) + j] of values i and j before these */
	size_t window;
	size_t origin;		/* index of the value that sums begin with */
	size_t *ends;		/* change points, sorted, between 0 and n */
	size_t nr;
};

double gmem_change_magnitude(double a, double b)
{
	if (a == b)
		return 0;
	return a == 0 || b == 0 ? INFINITY : fmax(fabs(b / a - 1), fabs(a / b - 1));
}

/* Returns the probability that both samples are of one level, by Student's test. */
static double same_level(const struct gmem_moments *a, const struct gmem_moments *b)
{
	double df = (double)(a->n + b->n) - 2, apart = fabs(b->mean - a->mean), variance;

	if (!a->n || !b->n || df < 1 || apart <= 1e-12 * fmax(fabs(a->mean), fabs(b->mean)))
		return 1;
	variance = ((double)(a->n - 1) * a->variance + (double)(b->n - 1) * b->variance) / df;
	if (variance <= 0)
		return 0;
	return gmem_t_tails(apart / sqrt(variance * (1 / (double)a->n + 1 / (double)b->n)), df);
}

/*
 * Returns the moments without the value that is most above, or below, the others: what they are worth if that value
 * is chance.
 */
static struct gmem_moments without_extreme(const double *v, size_t n, bool highest)
{
	double kept[GMEM_CHANGE_WINDOW_MAX];
	size_t skip = 0, nr = 0;

	n = n < GMEM_CHANGE_WINDOW_MAX ? n : GMEM_CHANGE_WINDOW_MAX;
	for (size_t i = 1; i < n; i++) {
		if (highest ? v[i] > v[skip] : v[i] < v[skip])
			skip = i;
	}
	for (size_t i = 0; i < n; i++) {
		if (i != skip)
			kept[nr++] = v[i];
	}
	return gmem_moments(kept, nr);
}

/* Fills the point at which [from, at) and [at, to) meet. */
static void compare(const struct search *s, size_t from, size_t at, size_t to, struct gmem_change_point *p)
{
	struct gmem_moments a = gmem_moments(s->values + from, at - from);
	struct gmem_moments b = gmem_moments(s->values + at, to - at);
	struct gmem_moments fewer_a = without_extreme(s->values + from, a.n, a.mean > b.mean);
	struct gmem_moments fewer_b = without_extreme(s->values + at, b.n, b.mean > a.mean);
	double weak_p = fmax(same_level(&fewer_a, &b), same_level(&a, &fewer_b));

	*p = (struct gmem_change_point){ at, a.mean, b.mean, fmax(same_level(&a, &b), weak_p / WEAK) };
}

/* Returns the median of the differences of neighbours; steps are too few to matter. @room: n - 1 values. */
static double typical_difference(const double *v, size_t n, double *room)
{
	for (size_t i = 1; i < n; i++)
		room[i - 1] = fabs(v[i] - v[i - 1]);
	qsort(room, n - 1, sizeof(*room), gmem_by_value);
	return gmem_quantile(room, n - 1, 0.5);
}

/* Copies 3 values or more; one that is far from both neighbours is moved close to the nearer one. */
static void copy_without_outliers(double *to, const double *v, size_t n)
{
	double near = FAR * typical_difference(v, n, to);

	for (size_t i = 0; i < n; i++) {
		double left = v[i ? i - 1 : 2], right = v[i + 1 < n ? i + 1 : n - 3];
		double nearer = fabs(v[i] - left) < fabs(v[i] - right) ? left : right;

		to[i] = fmin(fmax(v[i], nearer - near), nearer + near);
	}
}

/* Sums up the distances of all pairs in [from, to), at most a window. */
static void sum_distances(struct search *s, size_t from, size_t to)
{
	size_t n = to - from, row = s->window + 1;

	s->origin = from;
	memset(s->sums, 0, row * sizeof(*s->sums));
	for (size_t i = 0; i < n; i++) {
		double sum = 0;

		s->sums[(i + 1) * row] = 0;
		for (size_t j = 0; j < n; j++) {
			sum += fabs(s->values[from + i] - s->values[from + j]);
			s->sums[(i + 1) * row + j + 1] = s->sums[i * row + j + 1] + sum;
		}
	}
}

/* Returns the sum of distances between values of [a, b) and of [c, d). */
static double distances(const struct search *s, size_t a, size_t b, size_t c, size_t d)
{
	const double *at = s->sums;
	size_t row = s->window + 1, o = s->origin;

	return at[(b - o) * row + d - o] - at[(a - o) * row + d - o] - at[(b - o) * row + c - o] + at[(a - o) * row + c - o];
}

/* Returns how far [from, at) is from [at, to): the energy distance, scaled by the sizes. */
static double energy(const struct search *s, size_t from, size_t at, size_t to)
{
	double n = (double)(at - from), m = (double)(to - at);
	double between = 2 / (n + m) * distances(s, from, at, at, to);
	double left = m / ((n + m) * (n - 1)) * distances(s, from, at, from, at);
	double right = n / ((n + m) * (m - 1)) * distances(s, at, to, at, to);

	return between - left - right;
}

/* Returns the best place to split [from, to), or 0; raises *@best to its energy if that is higher. */
static size_t best_split(const struct search *s, size_t from, size_t to, double *best)
{
	size_t found = 0;

	for (size_t at = from + LEVEL_LEAST; at + LEVEL_LEAST <= to; at++) {
		for (size_t end = at + LEVEL_LEAST; end <= to; end++) {
			double e = energy(s, from, at, end);

			if (e > *best) {
				*best = e;
				found = at;
			}
		}
	}
	return found;
}

static void insert(size_t *ends, size_t *nr, size_t at)
{
	size_t i = *nr;

	for (; i && ends[i - 1] > at; i--)
		ends[i] = ends[i - 1];
	if (i && ends[i - 1] == at)
		return;
	ends[i] = at;
	++*nr;
}

/* Splits the window [from, to) as long as splits are significant. Returns the last split, or 0. */
static size_t split_window(struct search *s, size_t from, size_t to, double max_p)
{
	size_t ends[GMEM_CHANGE_WINDOW_MAX + 2] = { from, to }, nr = 2;

	sum_distances(s, from, to);
	for (;;) {
		size_t at = 0, start = 0, stop = 0;
		struct gmem_change_point p;
		double best = 0;

		for (size_t i = 0; i + 1 < nr; i++) {
			size_t found = best_split(s, ends[i], ends[i + 1], &best);

			if (found) {
				at = found;
				start = ends[i];
				stop = ends[i + 1];
			}
		}
		if (!at)
			break;
		compare(s, start, at, stop, &p);
		if (p.p > max_p)
			break;
		insert(ends, &nr, at);
	}
	for (size_t i = 1; i + 1 < nr; i++)
		insert(s->ends, &s->nr, ends[i]);
	return nr > 2 ? ends[nr - 2] : 0;
}

static void split(struct search *s, double max_p)
{
	for (size_t start = 0; start < s->n;) {
		size_t end = start + s->window < s->n ? start + s->window : s->n;
		size_t last = split_window(s, start, end, max_p);

		start += s->window / 2;
		start = last > start ? last : start;
	}
}

static void compare_point(const struct search *s, size_t i, struct gmem_change_point *p)
{
	compare(s, i ? s->ends[i - 1] : 0, s->ends[i], i + 1 < s->nr ? s->ends[i + 1] : s->n, p);
}

/* Returns the point to remove next, or the number of points: the least significant one, then the smallest. */
static size_t weakest(const struct gmem_change_point *p, size_t nr, const struct gmem_change_rules *rules)
{
	size_t unlikely = 0, small = 0;

	for (size_t i = 1; i < nr; i++) {
		if (p[i].p > p[unlikely].p)
			unlikely = i;
		if (gmem_change_magnitude(p[i].before, p[i].after) <
		    gmem_change_magnitude(p[small].before, p[small].after))
			small = i;
	}
	if (nr && p[unlikely].p >= rules->max_p)
		return unlikely;
	if (nr && gmem_change_magnitude(p[small].before, p[small].after) <= rules->min_magnitude)
		return small;
	return nr;
}

/* Removes weak points one by one, as each removal makes the levels beside it longer. */
static void merge(struct search *s, const struct gmem_change_rules *rules, struct gmem_change_point *points)
{
	size_t i;

	for (i = 0; i < s->nr; i++)
		compare_point(s, i, &points[i]);
	while ((i = weakest(points, s->nr, rules)) < s->nr) {
		s->nr--;
		memmove(&s->ends[i], &s->ends[i + 1], (s->nr - i) * sizeof(*s->ends));
		memmove(&points[i], &points[i + 1], (s->nr - i) * sizeof(*points));
		if (i)
			compare_point(s, i - 1, &points[i - 1]);
		if (i < s->nr)
			compare_point(s, i, &points[i]);
	}
}

long gmem_change_points(const double *values, size_t n, const struct gmem_change_rules *rules,
			struct gmem_change_point **points)
{
	struct search s = { .n = n, .window = rules->window };
	struct gmem_change_point *found;
	long nr = -ENOMEM;

	*points = NULL;
	if (rules->window < 2 * LEVEL_LEAST || rules->window > GMEM_CHANGE_WINDOW_MAX || !(rules->max_p >= 0) ||
	    !(rules->max_p <= 1) || !(rules->min_magnitude >= 0))
		return -EINVAL;
	if (n < 2 * LEVEL_LEAST)
		return 0;
	s.values = calloc(n, sizeof(*s.values));
	s.sums = calloc((s.window + 1) * (s.window + 1), sizeof(*s.sums));
	s.ends = calloc(n, sizeof(*s.ends));
	found = calloc(n, sizeof(*found));
	if (s.values && s.sums && s.ends && found) {
		copy_without_outliers(s.values, values, n);
		split(&s, fmin(WEAK * rules->max_p, fmax(rules->max_p, 0.5)));
		merge(&s, rules, found);
		nr = (long)s.nr;
	}
	free(s.values);
	free(s.sums);
	free(s.ends);
	if (nr > 0)
		*points = found;
	else
		free(found);
	return nr;
}
