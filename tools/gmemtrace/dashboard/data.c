// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Data of the page: one JSON object, which also stands within a <script> element. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "dashboard/dashboard.h"
#include "views/text.h"

#define SAMPLES_MOST 50		/* repeats of a point in the page; of more, evenly chosen ones */

/* Writes a text, or null for NULL. No "<" is written, so that no element or comment begins or ends in it. */
static void put_text(FILE *out, const char *text)
{
	if (!text) {
		fputs("null", out);
		return;
	}
	fputc('"', out);
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c < ' ' || c == 127 || c == '<')
			fprintf(out, "\\u%04x", c);
		else if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else
			fputc(c, out);
	}
	fputc('"', out);
}

/* Writes a text that need not be UTF-8, like a file name. */
static void put_bytes(FILE *out, const char *text)
{
	char buf[512];

	put_text(out, gmem_text_name(buf, sizeof(buf), text));
}

static void put_number(FILE *out, double v)
{
	if (isfinite(v))
		fprintf(out, "%.7g", v);
	else
		fputs("null", out);
}

static void put_member(FILE *out, const char *key, const char *text)
{
	fprintf(out, "\"%s\":", key);
	put_text(out, text);
	fputc(',', out);
}

/* Returns the path of the file below the folder of the results. */
static const char *file_of(const struct dashboard *d, const struct results_run *r)
{
	size_t n = strlen(d->folder);

	return strncmp(r->file, d->folder, n) ? r->file : r->file + n + strspn(r->file + n, "/");
}

static void put_runs(const struct dashboard *d, FILE *out)
{
	fputs("\"runs\":[", out);
	for (size_t i = 0; i < d->results.nr; i++) {
		const struct results_run *r = &d->results.runs[i];
		const char *const texts[] = { r->commit, r->kernel, r->config, r->tool };

		fprintf(out, "%s\n[%.3f", i ? "," : "", r->time_s);
		for (size_t k = 0; k < sizeof(texts) / sizeof(*texts); k++) {
			fputc(',', out);
			put_text(out, texts[k]);
		}
		fputc(',', out);
		put_bytes(out, file_of(d, r));
		fputc(']', out);
	}
	fputs("],\n", out);
}

static void put_samples(const struct results_series *s, FILE *out)
{
	size_t n = s->nr < SAMPLES_MOST ? s->nr : SAMPLES_MOST;

	if (s->nr < 2) {
		fputc('0', out);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		fputc(i ? ',' : '[', out);
		put_number(out, s->values[s->nr * i / n]);
	}
	fputc(']', out);
}

/* Writes the index of each run, the values, and the samples of each point; 0: the value is the only one. */
static void put_points(const struct dashboard *d, const struct dash_trend *t, FILE *out)
{
	fputs("\"run\":[", out);
	for (size_t i = 0; i < t->nr; i++)
		fprintf(out, "%s%zu", i ? "," : "", (size_t)(t->points[i].run - d->results.runs));
	fputs("],\"value\":[", out);
	for (size_t i = 0; i < t->nr; i++) {
		if (i)
			fputc(',', out);
		put_number(out, t->points[i].value);
	}
	fputs("],\"samples\":[", out);
	for (size_t i = 0; i < t->nr; i++) {
		if (i)
			fputc(',', out);
		put_samples(t->points[i].series, out);
	}
	fputs("],", out);
}

static void put_histogram(struct json_object *h, FILE *out)
{
	for (size_t i = 0; i < json_object_array_length(h); i++) {
		struct json_object *slot = json_object_array_get_idx(h, i);

		fputs(i ? ",[" : "[[", out);
		for (size_t k = 0; k < 3; k++) {
			if (k)
				fputc(',', out);
			put_number(out, json_object_get_double(json_object_array_get_idx(slot, k)));
		}
		fputc(']', out);
	}
	fputs(json_object_array_length(h) ? "]" : "[]", out);
}

/* Writes what only some points have, by index. */
static void put_extras(const struct dash_trend *t, FILE *out)
{
	const char *comma = "";

	fputs("\"more\":{", out);
	for (size_t i = 0; i < t->nr; i++) {
		const struct results_series *s = t->points[i].series;

		if (!s->histogram && !s->recording && s->nr <= SAMPLES_MOST)
			continue;
		fprintf(out, "%s\"%zu\":{\"repeats\":%zu", comma, i, s->nr);
		comma = ",";
		if (s->recording) {
			fputs(",\"recording\":", out);
			put_text(out, s->recording);
		}
		if (s->histogram) {
			fputs(",\"histogram\":", out);
			put_histogram(s->histogram, out);
		}
		fputc('}', out);
	}
	fputs("},", out);
}

static void put_changes(const struct dash_trend *t, FILE *out)
{
	fputs("\"changes\":[", out);
	for (size_t i = 0; i < t->nr_changes; i++) {
		const struct dash_change *c = &t->changes[i];

		fprintf(out, "%s{\"at\":%zu,\"worse\":%s,\"state\":\"%s\",", i ? "," : "", c->point.at,
			c->worse ? "true" : "false", dash_state_names[c->state]);
		put_member(out, "note", c->note);
		fputs("\"before\":", out);
		put_number(out, c->point.before);
		fputs(",\"after\":", out);
		put_number(out, c->point.after);
		fprintf(out, ",\"p\":%.3g}", c->point.p);
	}
	fputs("]", out);
}

static void put_trend(const struct dashboard *d, const struct dash_trend *t, FILE *out)
{
	const struct results_run *run = t->points[0].run;

	fputs("\n{", out);
	put_member(out, "suite", run->suite);
	put_member(out, "scenario", run->scenario);
	put_member(out, "variant", run->variant);
	put_member(out, "parameters", run->parameters);
	put_member(out, "machine", run->machine);
	put_member(out, "name", t->points[0].series->name);
	put_member(out, "unit", t->points[0].series->unit);
	fprintf(out, "\"higher\":%s,\"threshold\":", t->higher ? "true" : "false");
	put_number(out, t->threshold);
	fputs(",\"level\":", out);
	put_number(out, t->level);
	fputs(",\"baseline\":", out);
	put_number(out, t->has_baseline ? t->baseline : NAN);
	fprintf(out, ",\"off\":%s,", t->off_baseline ? "true" : "false");
	put_points(d, t, out);
	put_extras(t, out);
	put_changes(t, out);
	fputc('}', out);
}

/* Writes the changes by commit: the run, and pairs of trend and change. */
static void put_groups(const struct dashboard *d, FILE *out)
{
	fputs("\"groups\":[", out);
	for (size_t i = 0; i < d->nr_groups; i++) {
		const struct dash_group *g = &d->groups[i];

		fprintf(out, "%s\n{\"run\":%zu,\"marks\":[", i ? "," : "", (size_t)(g->run - d->results.runs));
		for (size_t k = 0; k < g->nr; k++)
			fprintf(out, "%s[%zu,%zu]", k ? "," : "", g->marks[k].trend, g->marks[k].change);
		fputs("]}", out);
	}
	fputs("]}\n", out);
}

void dash_data(const struct dashboard *d, FILE *out)
{
	const struct gmem_change_rules *r = &d->config.rules;

	fputs("{\"version\":1,", out);
	put_member(out, "title", d->config.title);
	put_member(out, "tool", d->version);
	put_member(out, "link", d->config.link_commit);
	fputs("\"recordings\":", out);
	put_bytes(out, d->recordings);
	fprintf(out, ",\"window\":%zu,\"max_p\":%g,\"min_magnitude\":%g,\n\"faults\":[", r->window, r->max_p,
		r->min_magnitude);
	for (size_t i = 0; i < d->nr_faults; i++) {
		if (i)
			fputc(',', out);
		put_bytes(out, d->faults[i].what);
	}
	fputs("],\n", out);
	put_runs(d, out);
	fputs("\"trends\":[", out);
	for (size_t i = 0; i < d->nr_trends; i++) {
		if (i)
			fputc(',', out);
		put_trend(d, &d->trends[i], out);
	}
	fputs("],\n", out);
	put_groups(d, out);
}
