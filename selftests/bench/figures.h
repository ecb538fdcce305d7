/* SPDX-License-Identifier: GPL-2.0-only */
/* Owns: figures made of samples, and the limits they must keep. Must not know input nor output. */
#ifndef GMEM_BENCH_FIGURES_H
#define GMEM_BENCH_FIGURES_H

#include <stdbool.h>

#include "samples.h"

#define BASE_VARIANT "stock"
#define BASE_OBSERVER "nothing"

/* More than this between repeats makes a figure doubtful. */
#define SPREAD_DOUBTFUL 0.02

/* Of all repeats: the least, and how far the largest is above it, as a share of it. */
struct spread {
	double min;
	double share;
};

/* One operation, with one observer, on one kernel. */
struct figure {
	const char *variant;		/* these are the sample's */
	const char *observer;
	const char *op;
	size_t samples;
	struct spread best;
	struct spread mean;
	struct spread all;		/* best and beside of a sample together */
	double beside_ns;		/* the least */
	double ratio;			/* best.min to that of stock with nothing; 0: not known */
	double ratio_all;		/* all.min to the same; 0: not known */
};

struct figures {
	struct figure *figure;		/* in the order in which they were first seen */
	size_t count;
};

/* The samples must outlive the figures. 0 or -ENOMEM. */
int figures_make(struct figures *f, const struct samples *s);
void figures_free(struct figures *f);

/* What an observer may add to an operation on a kernel. */
struct limit {
	const char *variant;
	const char *observer;
	const char *op;
	double at_most;			/* as a share of the base, or of what the rival adds */
	const char *base;		/* this variant with nothing attached */
	const char *rival;		/* NULL, or another observer on the same kernel */
	bool both;			/* not only the path: what their processes use, too */
};

/* Ends with a variant of NULL. */
extern const struct limit limits[];

struct verdict {
	bool known;			/* measured at all */
	bool kept;
	double base_ns;
	double rival_ns;		/* 0: there is no rival */
	double ns;
	double more;			/* as at_most of the limit */
	int boots;			/* of the variant that had fewer */
	double boot_spread;		/* of the least of each boot; the larger of both kernels' */
};

struct verdict limit_check(const struct limit *l, const struct figures *f, const struct samples *s);

#endif
