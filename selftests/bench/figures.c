// SPDX-License-Identifier: GPL-2.0-only
/* Figures of samples, and the limits. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "figures.h"

#define TOP "gmemtop"
#define TOP_PHASES "gmemtop --phases"
#define RECORD "gmemtrace record, all events"

/* Limits for recorders of the same events: gmemtrace must slow the load least. */
#define LESS_THAN(op, rival, both) { "trace", RECORD, op, 1.0, "trace", rival, both }
/* trace-cmd has no event for the window of a conversion, which we record, and its reader does not compress. */
#define LITTLE_MORE_THAN_TRACE_CMD(op) { "trace", RECORD, op, 1.1, "trace", "trace-cmd record", true }
#define LESS_THAN_ALL(op, both)				\
	LESS_THAN(op, "trace-cmd record", both),	\
	LESS_THAN(op, "perf record", both),		\
	LESS_THAN(op, "bpftrace, all events: printf", both)

const struct limit limits[] = {
	{ "trace", BASE_OBSERVER, "flip4k", 0.005, BASE_VARIANT, NULL, false },
	{ "trace", BASE_OBSERVER, "punch2m", 0.02, BASE_VARIANT, NULL, false },
	{ "trace", TOP, "flip4k", 0.05, "trace", NULL, false },
	{ "trace", TOP, "flip2m", 0.01, "trace", NULL, false },
	{ "trace", TOP, "slot", 0.01, "trace", NULL, false },
	{ "trace", TOP_PHASES, "flip4k", 0.2, "trace", NULL, false },
	{ "trace", TOP_PHASES, "flip2m", 0.01, "trace", NULL, false },
	{ "trace", TOP_PHASES, "slot", 0.01, "trace", NULL, false },
	{ "trace", TOP, "flip4k", 1.0 / 3, "trace", "bpftrace as gmemtop", false },
	{ "trace", TOP_PHASES, "flip4k", 1.0 / 3, "trace", "bpftrace as --phases", false },
	LESS_THAN_ALL("flip4k", false),
	LESS_THAN_ALL("flip2m", false),
	LESS_THAN_ALL("noop4k", false),
	LESS_THAN_ALL("punch2m", false),
	LITTLE_MORE_THAN_TRACE_CMD("flip4k"),
	LESS_THAN("flip4k", "perf record", true),
	LESS_THAN("flip4k", "bpftrace, all events: printf", true),
	LESS_THAN("noop4k", "trace-cmd record", true),
	LITTLE_MORE_THAN_TRACE_CMD("punch2m"),
	{ NULL, NULL, NULL, 0, NULL, NULL, false }
};

static struct figure *find(const struct figures *f, const char *variant, const char *observer,
			   const char *op)
{
	for (size_t i = 0; i < f->count; i++) {
		struct figure *g = &f->figure[i];

		if (!strcmp(g->variant, variant) && !strcmp(g->observer, observer) &&
		    !strcmp(g->op, op))
			return g;
	}
	return NULL;
}

/* Adds a value; until finish_spread(), the share holds the largest value. */
static void add_value(struct spread *s, double value, bool first)
{
	if (first || value < s->min)
		s->min = value;
	if (first || value > s->share)
		s->share = value;
}

static void finish_spread(struct spread *s)
{
	s->share = s->min > 0 ? s->share / s->min - 1 : 0;
}

static int add_sample(struct figures *f, const struct sample *s)
{
	struct figure *g = find(f, s->variant, s->observer, s->op);

	if (!g) {
		struct figure *more = realloc(f->figure, (f->count + 1) * sizeof(*more));

		if (!more)
			return -ENOMEM;
		f->figure = more;
		g = &f->figure[f->count++];
		*g = (struct figure){ s->variant, s->observer, s->op, .samples = 0 };
	}
	add_value(&g->best, s->best_ns, !g->samples);
	add_value(&g->mean, s->mean_ns, !g->samples);
	add_value(&g->all, s->best_ns + s->beside_ns, !g->samples);
	if (!g->samples || s->beside_ns < g->beside_ns)
		g->beside_ns = s->beside_ns;
	g->samples++;
	return 0;
}

static void finish(struct figures *f)
{
	for (size_t i = 0; i < f->count; i++) {
		finish_spread(&f->figure[i].best);
		finish_spread(&f->figure[i].mean);
		finish_spread(&f->figure[i].all);
	}
	for (size_t i = 0; i < f->count; i++) {
		struct figure *g = &f->figure[i];
		const struct figure *base = find(f, BASE_VARIANT, BASE_OBSERVER, g->op);

		if (!base)
			continue;
		g->ratio = g->best.min / base->best.min;
		g->ratio_all = g->all.min / base->best.min;
	}
}

int figures_make(struct figures *f, const struct samples *s)
{
	*f = (struct figures){ 0 };
	for (size_t i = 0; i < s->count; i++) {
		if (add_sample(f, &s->sample[i])) {
			figures_free(f);
			return -ENOMEM;
		}
	}
	finish(f);
	return 0;
}

void figures_free(struct figures *f)
{
	free(f->figure);
	*f = (struct figures){ 0 };
}

static bool is_base(const struct sample *s, const char *variant, const char *op)
{
	return !strcmp(s->variant, variant) && !strcmp(s->observer, BASE_OBSERVER) &&
	       !strcmp(s->op, op);
}

static bool least_of_boot(const struct samples *s, const char *variant, const char *op, int boot,
			  double *least)
{
	bool found = false;

	for (size_t i = 0; i < s->count; i++) {
		const struct sample *t = &s->sample[i];

		if (!is_base(t, variant, op) || t->boot != boot)
			continue;
		if (!found || t->best_ns < *least)
			*least = t->best_ns;
		found = true;
	}
	return found;
}

static int spread_over_boots(const struct samples *s, const char *variant, const char *op,
			     double *share)
{
	struct spread spread = { 0 };
	int last = 0, boots = 0;
	double least = 0;

	for (size_t i = 0; i < s->count; i++)
		if (s->sample[i].boot > last)
			last = s->sample[i].boot;
	for (int boot = 0; boot <= last; boot++)
		if (least_of_boot(s, variant, op, boot, &least))
			add_value(&spread, least, !boots++);
	finish_spread(&spread);
	*share = spread.share;
	return boots;
}

struct verdict limit_check(const struct limit *l, const struct figures *f, const struct samples *s)
{
	const struct figure *base = find(f, l->base, BASE_OBSERVER, l->op);
	const struct figure *ours = find(f, l->variant, l->observer, l->op);
	const struct figure *rival = l->rival ? find(f, l->variant, l->rival, l->op) : NULL;
	struct verdict v = { 0 };
	double base_share, our_share;
	int base_boots;

	if (!base || !ours || (l->rival && !rival))
		return v;
	v.known = true;
	v.base_ns = base->best.min;
	v.ns = l->both ? ours->all.min : ours->best.min;
	if (rival)
		v.rival_ns = l->both ? rival->all.min : rival->best.min;
	v.more = (v.ns - v.base_ns) / (rival ? v.rival_ns - v.base_ns : v.base_ns);
	v.kept = v.more <= l->at_most && (!rival || v.rival_ns > v.base_ns);
	base_boots = spread_over_boots(s, l->base, l->op, &base_share);
	v.boots = spread_over_boots(s, l->variant, l->op, &our_share);
	if (base_boots < v.boots)
		v.boots = base_boots;
	v.boot_spread = base_share > our_share ? base_share : our_share;
	return v;
}
