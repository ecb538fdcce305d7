// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Summary for a pull request or an issue: short Markdown, what is to be dealt with first. */
#include <math.h>
#include <string.h>

#include "dashboard/dashboard.h"
#include "views/text.h"

#define GROUPS_MOST	8
#define ROWS_MOST	12	/* of a table */

/* Writes a name as code, in which Markdown knows no other markup, mentions or links. */
static void put_name(FILE *out, const char *text)
{
	char buf[256];

	gmem_text_name(buf, sizeof(buf), text);
	fputc('`', out);
	for (const char *c = *buf ? buf : "-"; *c; c++) {
		if (*c == '|')
			fputs("\\|", out);	/* ends a cell even within code */
		else
			fputc(*c == '`' ? '\'' : *c, out);
	}
	fputc('`', out);
}

static void put_series(FILE *out, const struct dash_trend *t)
{
	const struct results_run *run = t->points[0].run;
	char key[512];

	snprintf(key, sizeof(key), "%s%s%s/%s%s%s", run->suite, *run->suite ? "/" : "", run->scenario,
		 t->points[0].series->name, *run->variant ? " " : "", run->variant);
	put_name(out, key);
	if (*run->parameters) {
		fputc(' ', out);
		put_name(out, run->parameters);
	}
}

static void put_percent(FILE *out, double from, double to)
{
	if (from == 0)
		fputs("from 0", out);
	else
		fprintf(out, "%+.1f %%", 100 * (to - from) / fabs(from));
}

static void put_row(FILE *out, const struct dash_trend *t, double from, double to, const char *state, const char *note)
{
	const char *unit = t->points[0].series->unit;

	fputs("| ", out);
	put_series(out, t);
	fprintf(out, " | %.5g | %.5g ", from, to);
	if (*unit)
		put_name(out, unit);
	fputs(" | ", out);
	put_percent(out, from, to);
	fprintf(out, " | %s", state);
	if (note && *note) {
		fputs(": ", out);
		put_name(out, note);
	}
	fputs(" |\n", out);
}

static const char table_head[] = "\n| series | before | after | change | state |\n|---|--:|--:|--:|---|\n";

static const struct dash_change *change_of(const struct dashboard *d, const struct dash_mark *m)
{
	return &d->trends[m->trend].changes[m->change];
}

static size_t count_alerts(const struct dashboard *d, const struct dash_group *g)
{
	size_t n = 0;

	for (size_t i = 0; i < g->nr; i++)
		n += dash_is_alert(change_of(d, &g->marks[i]));
	return n;
}

/* Writes alerts, or improvements. */
static void put_rows(const struct dashboard *d, const struct dash_group *g, bool worse, FILE *out)
{
	size_t n = 0;

	for (size_t i = 0; i < g->nr; i++) {
		const struct dash_change *c = change_of(d, &g->marks[i]);

		if (c->worse != worse || (worse && !dash_is_alert(c)) || n++ >= ROWS_MOST)
			continue;
		put_row(out, &d->trends[g->marks[i].trend], c->point.before, c->point.after,
			worse ? dash_state_names[c->state] : "better", c->note);
	}
	if (n > ROWS_MOST)
		fprintf(out, "| and %zu more | | | | |\n", n - ROWS_MOST);
}

static void put_group(const struct dashboard *d, const struct dash_group *g, FILE *out)
{
	const struct dash_mark *m = &g->marks[0];
	const char *before = dash_culprit(dash_before(&d->trends[m->trend], change_of(d, m)));

	fprintf(out, "\n**%s ", *g->run->commit ? "Commit" : "Kernel");
	put_name(out, dash_culprit(g->run));
	fputs("**", out);
	if (*before) {
		fputs(", the one before with results is ", out);
		put_name(out, before);
	}
	fprintf(out, "\n%s", table_head);
	put_rows(d, g, true, out);
	put_rows(d, g, false, out);
}

/* Writes the groups that have alerts; improvements of other commits are only counted. */
static void put_groups(const struct dashboard *d, FILE *out)
{
	size_t n = 0;

	for (size_t i = 0; i < d->nr_groups; i++) {
		if (count_alerts(d, &d->groups[i]) && n++ < GROUPS_MOST)
			put_group(d, &d->groups[i], out);
	}
	if (n > GROUPS_MOST)
		fprintf(out, "\nRegressions at %zu older commits are in the page.\n", n - GROUPS_MOST);
}

static void put_off_baseline(const struct dashboard *d, FILE *out)
{
	size_t n = 0;

	for (size_t i = 0; i < d->nr_trends; i++) {
		const struct dash_trend *t = &d->trends[i];

		if (!t->off_baseline || n++ >= ROWS_MOST)
			continue;
		if (n == 1)
			fprintf(out, "\n**Worse than the baseline**\n%s", table_head);
		put_row(out, t, t->baseline, t->level, "off the baseline", NULL);
	}
	if (n > ROWS_MOST)
		fprintf(out, "| and %zu more | | | | |\n", n - ROWS_MOST);
}

static void put_foot(const struct dashboard *d, FILE *out)
{
	const struct gmem_change_rules *r = &d->config.rules;
	size_t better = 0, settled = 0;

	for (size_t i = 0; i < d->nr_trends; i++) {
		for (size_t k = 0; k < d->trends[i].nr_changes; k++) {
			const struct dash_change *c = &d->trends[i].changes[k];

			better += !c->worse;
			settled += c->worse && !dash_is_alert(c);
		}
	}
	fprintf(out, "\n%zu %s, %zu series. Improvements: %zu. Regressions accepted, invalid or fixed: %zu.\n",
		d->results.nr, gmem_text_plural(d->results.nr, "run", "runs"), d->nr_trends, better, settled);
	fprintf(out, "Change points: E-Divisive, window %zu, p < %g, at least %g %% unless set per series.\n",
		r->window, r->max_p, 100 * r->min_magnitude);
	for (size_t i = 0; i < d->nr_faults && i < ROWS_MOST; i++) {
		fputs(i ? "- " : "\nFiles that could not be read:\n- ", out);
		put_name(out, d->faults[i].what);
		fputc('\n', out);
	}
	if (d->nr_faults > ROWS_MOST)
		fprintf(out, "- and %zu more\n", d->nr_faults - ROWS_MOST);
}

void dash_summary(const struct dashboard *d, FILE *out)
{
	size_t alerts = dash_alerts(d);

	if (alerts)
		fprintf(out, "### %zu performance %s\n", alerts, gmem_text_plural(alerts, "regression", "regressions"));
	else
		fputs("### No performance regression\n", out);
	put_groups(d, out);
	put_off_baseline(d, out);
	put_foot(d, out);
}
