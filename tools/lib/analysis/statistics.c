// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "analysis/statistics.h"

#include <math.h>

#define TINY	1e-300
#define STEPS	500

static double not_zero(double x)
{
	return fabs(x) < TINY ? TINY : x;
}

/* Evaluates the continued fraction of the incomplete beta function (Lentz's method). */
static double beta_fraction(double a, double b, double x)
{
	double c = 1, d = 1 / not_zero(1 - (a + b) * x / (a + 1)), h = d;

	for (int m = 1; m < STEPS; m++) {
		double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
		double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
		double step;

		d = 1 / not_zero(1 + even * d);
		c = not_zero(1 + even / c);
		h *= d * c;
		d = 1 / not_zero(1 + odd * d);
		c = not_zero(1 + odd / c);
		step = d * c;
		h *= step;
		if (fabs(step - 1) < 1e-14)
			break;
	}
	return h;
}

/* Returns the regularised incomplete beta function. */
static double beta(double a, double b, double x)
{
	double front;

	if (x <= 0 || x >= 1)
		return x > 0;
	front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x));
	if (x < (a + 1) / (a + b + 2))
		return front * beta_fraction(a, b, x) / a;
	return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

double gmem_t_tails(double t, double df)
{
	return beta(df / 2, 0.5, df / (df + t * t));
}

double gmem_t_critical(double alpha, double df)
{
	double lo = 0, hi = 1;

	while (gmem_t_tails(hi, df) > alpha && hi < 1e12)
		hi *= 2;
	for (int i = 0; i < 100; i++) {
		double mid = (lo + hi) / 2;

		if (gmem_t_tails(mid, df) > alpha)
			lo = mid;
		else
			hi = mid;
	}
	return hi;
}

int gmem_by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double gmem_quantile(const double *sorted, size_t n, double q)
{
	double at = n ? q * (double)(n - 1) : 0;
	size_t i = (size_t)at;

	if (!n)
		return 0;
	if (i + 1 >= n)
		return sorted[n - 1];
	return sorted[i] + (at - (double)i) * (sorted[i + 1] - sorted[i]);
}

struct gmem_moments gmem_moments(const double *v, size_t n)
{
	struct gmem_moments m = { n, 0, 0 };

	for (size_t i = 0; i < n; i++)
		m.mean += v[i] / (double)n;
	for (size_t i = 0; n > 1 && i < n; i++)
		m.variance += (v[i] - m.mean) * (v[i] - m.mean) / (double)(n - 1);
	return m;
}

struct gmem_difference gmem_welch(const struct gmem_moments *a, const struct gmem_moments *b,
				  double alpha)
{
	struct gmem_difference d = { b->mean - a->mean, INFINITY };
	double va, vb, df;

	if (a->n < 2 || b->n < 2)
		return d;
	va = a->variance / (double)a->n;
	vb = b->variance / (double)b->n;
	if (va + vb <= 0) {	/* no variance at all */
		d.half = 0;
		return d;
	}
	df = (va + vb) * (va + vb) /
	     (va * va / (double)(a->n - 1) + vb * vb / (double)(b->n - 1));
	d.half = gmem_t_critical(alpha, df) * sqrt(va + vb);
	return d;
}
