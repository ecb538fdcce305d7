/* SPDX-License-Identifier: GPL-2.0-only */
/* Figures computed from samples, and the limits they must keep. Independent of input and output. */
#ifndef GMEM_BENCH_FIGURES_H
#define GMEM_BENCH_FIGURES_H

#include <stdbool.h>

#include "samples.h"

#define BASE_VARIANT "stock"
#define BASE_OBSERVER "nothing"

/* Spread between repeats that makes a figure doubtful. */
#define SPREAD_DOUBTFUL 0.02

/* Spread over all repeats: the least, and the excess of the largest as a share of the least. */
struct spread {
	double min;
	double share;
};

/* Figure of one operation, with one observer, on one kernel. */
struct figure {
	const char *variant;		/* pointers into the sample */
	const char *observer;
	const char *op;
	size_t samples;
	struct spread best;
	struct spread mean;
	struct spread all;		/* best and beside of a sample added up */
	double beside_ns;		/* least of all samples */
	double ratio;			/* best.min to that of stock with nothing; 0: unknown */
	double ratio_all;		/* all.min to the same; 0: unknown */
};

struct figures {
	struct figure *figure;		/* in the order of first appearance */
	size_t count;
};

/* Computes the figures; the samples must outlive them. Returns 0 or -ENOMEM. */
int figures_make(struct figures *f, const struct samples *s);
void figures_free(struct figures *f);

/* Limit of an observer's overhead on an operation on a kernel. */
struct limit {
	const char *variant;
	const char *observer;
	const char *op;
	double at_most;			/* as a share of the base, or of the rival's overhead */
	const char *base;		/* variant measured with nothing attached */
	const char *rival;		/* another observer on the same kernel, or NULL */
	bool both;			/* path and processes together, not the path alone */
};

/* All limits; the last variant is NULL. */
extern const struct limit limits[];

struct verdict {
	bool known;			/* measured at all */
	bool kept;
	double base_ns;
	double rival_ns;		/* 0: no rival */
	double ns;
	double more;			/* overhead, in the unit of at_most */
	int boots;			/* the fewer of both variants */
	/* spread of the least of each boot; the larger of both kernels */
	double boot_spread;
};

struct verdict limit_check(const struct limit *l, const struct figures *f, const struct samples *s);

#endif
