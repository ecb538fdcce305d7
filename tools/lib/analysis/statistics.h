/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The little statistics that comparisons need. */
#ifndef GMEM_STATISTICS_H
#define GMEM_STATISTICS_H

#include <stddef.h>

/*
 * Student's t with df degrees of freedom (> 0; they need not be whole) is beyond +-t with
 * probability alpha (0 < alpha < 1).
 */
double gmem_t_critical(double alpha, double df);

/* Of n sorted values, interpolated between neighbours; 0 if n is 0. */
double gmem_quantile(const double *sorted, size_t n, double q);

struct gmem_moments {
	size_t n;
	double mean;
	double variance;	/* of the values, with n - 1; 0 if n < 2 */
};

struct gmem_moments gmem_moments(const double *v, size_t n);

/* The difference of two means, b less a, by Welch: unequal variances. */
struct gmem_difference {
	double mean;
	double half;		/* of the confidence interval; infinite if it cannot be told */
};

struct gmem_difference gmem_welch(const struct gmem_moments *a, const struct gmem_moments *b,
				  double alpha);

#endif /* GMEM_STATISTICS_H */
