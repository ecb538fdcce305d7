/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Change points of a series: where its level changed for good. E-Divisive means (Matteson, James:
 * arXiv 1306.4933) in windows that overlap, with Student's t-test in place of permutations, as in
 * Hunter (Fleming et al.: arXiv 2301.03034) and Apache Otava: weak points first, then the weakest are
 * removed until all are significant.
 *
 * Unlike there, one value is no level: a value that is far from both neighbours is moved close to the
 * nearer one first, so that it neither makes a change nor hides one; and without the value that speaks most for it, a
 * change is still a weak point. Variances are sample variances.
 */
#ifndef GMEM_CHANGEPOINTS_H
#define GMEM_CHANGEPOINTS_H

#include <stddef.h>

#define GMEM_CHANGE_WINDOW_MAX 500

struct gmem_change_rules {
	size_t window;		/* values that are searched at once, 4 .. GMEM_CHANGE_WINDOW_MAX */
	double max_p;		/* largest probability that a change is chance, 0 .. 1 */
	double min_magnitude;	/* smallest relative change; 0.01: 1 % */
};

/* Defaults of Otava, and a magnitude below which changes of instruction counts are of no interest. */
#define GMEM_CHANGE_RULES_DEFAULT ((struct gmem_change_rules){ 50, 0.001, 0.01 })

struct gmem_change_point {
	size_t at;		/* index of the first value of the new level */
	double before, after;	/* means of the levels, up to the change points beside this one */
	double p;
};

/*
 * Finds the change points of @n finite values, in order. Returns their number, -EINVAL if a rule is out of
 * range, or -ENOMEM. *@points has the points, or is NULL; the caller frees it.
 */
long gmem_change_points(const double *values, size_t n, const struct gmem_change_rules *rules,
			struct gmem_change_point **points);

/* Returns the larger of the relative changes from @a to @b and back; infinite from or to 0. */
double gmem_change_magnitude(double a, double b);

#endif /* GMEM_CHANGEPOINTS_H */
