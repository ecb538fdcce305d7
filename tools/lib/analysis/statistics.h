/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Statistics for comparisons: quantiles, moments, Welch's test. */
#ifndef GMEM_STATISTICS_H
#define GMEM_STATISTICS_H

#include <stddef.h>

/*
 * Returns t such that Student's t with @df degrees of freedom (> 0, may be fractional) is beyond
 * +-t with probability @alpha (0 < alpha < 1).
 */
double gmem_t_critical(double alpha, double df);

/* Returns the probability that Student's t with @df degrees of freedom (> 0) is beyond +-@t. */
double gmem_t_tails(double t, double df);

/* Compares two doubles, for qsort(). */
int gmem_by_value(const void *a, const void *b);

/* Returns a quantile of @n sorted values, interpolated between neighbours; 0 if @n is 0. */
double gmem_quantile(const double *sorted, size_t n, double q);

struct gmem_moments {
	size_t n;
	double mean;
	double variance;	/* sample variance (n - 1); 0 if n < 2 */
};

struct gmem_moments gmem_moments(const double *v, size_t n);

/* Difference of two means (b - a) with unequal variances, by Welch. */
struct gmem_difference {
	double mean;
	double half;		/* half of the confidence interval; infinite if n < 2 */
};

struct gmem_difference gmem_welch(const struct gmem_moments *a, const struct gmem_moments *b,
				  double alpha);

#endif /* GMEM_STATISTICS_H */
