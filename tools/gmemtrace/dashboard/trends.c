// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Trends of results, their change points, and the state of each. */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/statistics.h"
#include "base/array.h"
#include "dashboard/dashboard.h"

#define RECENT 5	/* runs that make the present level */

static int by_time(const void *a, const void *b)
{
	const struct results_run *x = a, *y = b;

	if (x->time_s != y->time_s)
		return x->time_s < y->time_s ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

/* Compares what separates trends. The kernel, its configuration and the commit are what a trend is over. */
static int by_identity(const struct dash_point *a, const struct dash_point *b)
{
	const char *const pairs[][2] = {
		{ a->run->suite, b->run->suite }, { a->run->scenario, b->run->scenario },
		{ a->run->parameters, b->run->parameters }, { a->run->variant, b->run->variant },
		{ a->run->machine, b->run->machine }, { a->series->name, b->series->name },
		{ a->series->unit, b->series->unit },
	};
	int order = 0;

	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs) && !order; i++)
		order = strcmp(pairs[i][0], pairs[i][1]);
	return order;
}

static int by_trend(const void *a, const void *b)
{
	const struct dash_point *x = a, *y = b;
	int order = by_identity(x, y);

	if (order)
		return order;
	/* Runs are sorted by time, and series of a run lie in one array. */
	if (x->run != y->run)
		return x->run < y->run ? -1 : 1;
	return x->series < y->series ? -1 : x->series > y->series;
}

char *dash_key(char *buf, size_t size, const struct dash_trend *t)
{
	snprintf(buf, size, "%s/%s", t->points[0].run->scenario, t->points[0].series->name);
	return buf;
}

const char *dash_culprit(const struct results_run *run)
{
	return *run->commit ? run->commit : run->kernel;
}

const struct results_run *dash_before(const struct dash_trend *t, const struct dash_change *c)
{
	return t->points[c->point.at - 1].run;
}

static bool begins_with(const char *text, const char *start)
{
	return !strncmp(text, start, strlen(start));
}

/* Sets the baseline to the mean of the runs of a commit, if there are any. */
static void baseline_of_commit(struct dash_trend *t, const char *commit)
{
	double sum = 0;
	size_t n = 0;

	for (size_t i = 0; i < t->nr; i++) {
		if (begins_with(dash_culprit(t->points[i].run), commit)) {
			sum += t->points[i].value;
			n++;
		}
	}
	t->has_baseline = n;
	t->baseline = n ? sum / (double)n : 0;
}

static void apply_rules(struct dash_trend *t, const struct dash_config *c)
{
	char key[1024];

	t->threshold = c->rules.min_magnitude;
	t->higher = t->points[t->nr - 1].series->higher;
	dash_key(key, sizeof(key), t);
	for (size_t i = 0; i < c->nr_series; i++) {
		const struct dash_series_rule *r = &c->series[i];

		if (fnmatch(r->match, key, 0))
			continue;
		if (r->threshold >= 0)
			t->threshold = r->threshold;
		if (r->higher >= 0)
			t->higher = r->higher;
		if (r->has_baseline) {
			t->has_baseline = true;
			t->baseline = r->baseline;
		} else if (r->baseline_commit) {
			baseline_of_commit(t, r->baseline_commit);
		}
	}
}

static bool is_worse(const struct dash_trend *t, double from, double to)
{
	return t->higher ? to < from : to > from;
}

/* Returns true if @to is worse than @from by more than the threshold. */
static bool is_much_worse(const struct dash_trend *t, double from, double to)
{
	return is_worse(t, from, to) && gmem_change_magnitude(from, to) > t->threshold;
}

static void set_state(struct dash_change *c, const struct dash_trend *t, const struct dash_config *config)
{
	const char *commit = dash_culprit(t->points[c->point.at].run);
	char key[1024];

	if (c->worse && !is_much_worse(t, c->point.before, t->level))
		c->state = DASH_FIXED;
	dash_key(key, sizeof(key), t);
	for (size_t i = 0; i < config->nr_changes; i++) {
		const struct dash_change_rule *r = &config->changes[i];

		if (!begins_with(commit, r->commit) || fnmatch(r->match, key, 0))
			continue;
		if (c->state != DASH_FIXED)
			c->state = r->state;
		c->note = r->note;
	}
}

/* Returns the present level: the median of the last runs, but of none before the last change. */
static double present_level(const struct dash_trend *t, size_t since)
{
	size_t n = t->nr - since < RECENT ? t->nr - since : RECENT;
	double v[RECENT];

	for (size_t i = 0; i < n; i++)
		v[i] = t->points[t->nr - n + i].value;
	qsort(v, n, sizeof(*v), gmem_by_value);
	return gmem_quantile(v, n, 0.5);
}

/* Finds the changes of a trend. Returns 0 or -ENOMEM. */
static int find_changes(struct dash_trend *t, const struct dash_config *config)
{
	struct gmem_change_rules rules = config->rules;
	struct gmem_change_point *points = NULL;
	double *values = calloc(t->nr, sizeof(*values));
	long nr = -ENOMEM;

	rules.min_magnitude = t->threshold;
	for (size_t i = 0; values && i < t->nr; i++)
		values[i] = t->points[i].value;
	if (values)
		nr = gmem_change_points(values, t->nr, &rules, &points);
	free(values);
	if (nr > 0)
		t->changes = calloc((size_t)nr, sizeof(*t->changes));
	if (nr < 0 || (nr && !t->changes)) {
		free(points);
		return -ENOMEM;
	}
	t->nr_changes = (size_t)nr;
	t->level = present_level(t, nr ? points[nr - 1].at : 0);
	for (size_t i = 0; i < t->nr_changes; i++) {
		t->changes[i].point = points[i];
		t->changes[i].worse = is_worse(t, points[i].before, points[i].after);
		set_state(&t->changes[i], t, config);
	}
	free(points);
	return 0;
}

static int add_trend(struct dashboard *d, struct dash_point *points, size_t nr)
{
	struct dash_trend *t;

	if (!gmem_reserve(&d->trends, &d->max_trends, d->nr_trends + 1, sizeof(*t)))
		return -ENOMEM;
	t = &d->trends[d->nr_trends++];
	*t = (struct dash_trend){ .points = points, .nr = nr };
	apply_rules(t, &d->config);
	if (find_changes(t, &d->config))
		return -ENOMEM;
	t->off_baseline = t->has_baseline && is_much_worse(t, t->baseline, t->level);
	return 0;
}

static size_t collect_points(struct dashboard *d)
{
	size_t n = 0;

	for (size_t i = 0; i < d->results.nr; i++)
		n += d->results.runs[i].nr;
	d->points = calloc(n + 1, sizeof(*d->points));
	n = 0;
	for (size_t i = 0; d->points && i < d->results.nr; i++) {
		const struct results_run *run = &d->results.runs[i];

		for (size_t k = 0; k < run->nr; k++)
			d->points[n++] = (struct dash_point){ run, &run->series[k], results_median(&run->series[k]) };
	}
	return n;
}

static int make_trends(struct dashboard *d)
{
	size_t n, from = 0;

	qsort(d->results.runs, d->results.nr, sizeof(*d->results.runs), by_time);
	n = collect_points(d);
	if (!d->points)
		return -ENOMEM;
	qsort(d->points, n, sizeof(*d->points), by_trend);
	for (size_t i = 1; i <= n; i++) {
		if (i < n && !by_identity(&d->points[from], &d->points[i]))
			continue;
		if (add_trend(d, &d->points[from], i - from))
			return -ENOMEM;
		from = i;
	}
	return 0;
}

/* Returns the group of the commit or kernel of @run, or of the run itself if it has neither. */
static struct dash_group *get_group(struct dashboard *d, const struct results_run *run)
{
	const char *culprit = dash_culprit(run);
	struct dash_group *g;

	for (g = d->groups; g < d->groups + d->nr_groups; g++) {
		if (g->run == run || (*culprit && !strcmp(dash_culprit(g->run), culprit))) {
			g->run = run < g->run ? run : g->run;
			return g;
		}
	}
	if (!gmem_reserve(&d->groups, &d->max_groups, d->nr_groups + 1, sizeof(*g)))
		return NULL;
	g = &d->groups[d->nr_groups++];
	*g = (struct dash_group){ .run = run };
	return g;
}

static int by_age(const void *a, const void *b)
{
	const struct dash_group *x = a, *y = b;

	return x->run > y->run ? -1 : x->run < y->run;
}

static int make_groups(struct dashboard *d)
{
	for (size_t i = 0; i < d->nr_trends; i++) {
		const struct dash_trend *t = &d->trends[i];

		for (size_t k = 0; k < t->nr_changes; k++) {
			struct dash_group *g = get_group(d, t->points[t->changes[k].point.at].run);

			if (!g || !gmem_reserve(&g->marks, &g->max, g->nr + 1, sizeof(*g->marks)))
				return -ENOMEM;
			g->marks[g->nr++] = (struct dash_mark){ i, k };
		}
	}
	if (d->nr_groups)
		qsort(d->groups, d->nr_groups, sizeof(*d->groups), by_age);
	return 0;
}

int dash_compute(struct dashboard *d)
{
	int err = make_trends(d);

	return err ? err : make_groups(d);
}

bool dash_is_alert(const struct dash_change *c)
{
	return c->worse && (c->state == DASH_OPEN || c->state == DASH_INVESTIGATING);
}

size_t dash_alerts(const struct dashboard *d)
{
	size_t n = 0;

	for (size_t i = 0; i < d->nr_trends; i++) {
		n += d->trends[i].off_baseline;
		for (size_t k = 0; k < d->trends[i].nr_changes; k++)
			n += dash_is_alert(&d->trends[i].changes[k]);
	}
	return n;
}

void dash_free(struct dashboard *d)
{
	for (size_t i = 0; i < d->nr_trends; i++)
		free(d->trends[i].changes);
	for (size_t i = 0; i < d->nr_groups; i++)
		free(d->groups[i].marks);
	for (size_t i = 0; i < d->nr_faults; i++)
		free(d->faults[i].what);
	free(d->trends);
	free(d->groups);
	free(d->faults);
	free(d->points);
	results_free(&d->results);
	dash_config_free(&d->config);
}
