// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "results/results.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "results/json_text.h"
#include "results/values.h"

/* File that is read. */
struct reading {
	struct results *to;
	struct gmem_error *e;
	const char *path;
	size_t nr;		/* documents, the present one included */
};

static enum gmem_status bad(const struct reading *r, const char *where, const char *why)
{
	return gmem_fail(r->e, GMEM_E_IO, RESULTS_HINT, "cannot read %s: document %zu: %s%s%s", r->path, r->nr, where,
			 *where ? ": " : "", why);
}

static enum gmem_status no_memory(const struct reading *r)
{
	return gmem_fail(r->e, GMEM_E_IO, NULL, "cannot read %s: %s", r->path, strerror(ENOMEM));
}

/* Sets *@to to the text at @key, or "". Returns false if that is no text. */
static bool get_text(struct json_object *o, const char *key, const char **to)
{
	*to = "";
	return results_text_at(o, key, to);
}

static bool is_number(struct json_object *v)
{
	return (json_object_is_type(v, json_type_double) || json_object_is_type(v, json_type_int)) &&
	       isfinite(json_object_get_double(v));
}

/* Returns an error, or NULL. */
static const char *get_values(struct results_series *s, struct json_object *o)
{
	struct json_object *one = json_object_object_get(o, "value"), *all = json_object_object_get(o, "values");

	if (!one == !all)
		return "either 'values' or 'value' is needed";
	if (all && !json_object_is_type(all, json_type_array))
		return "'values' is not an array";
	s->nr = one ? 1 : json_object_array_length(all);
	if (!s->nr)
		return "'values' is empty";
	s->values = calloc(s->nr, sizeof(*s->values));
	if (!s->values)
		return strerror(ENOMEM);
	for (size_t i = 0; i < s->nr; i++) {
		struct json_object *v = one ? one : json_object_array_get_idx(all, i);

		if (!is_number(v))
			return one ? "'value' is not a number" : "'values' has something that is not a number";
		s->values[i] = json_object_get_double(v);
	}
	return NULL;
}

static bool is_histogram(struct json_object *h)
{
	if (!json_object_is_type(h, json_type_array))
		return false;
	for (size_t i = 0; i < json_object_array_length(h); i++) {
		struct json_object *slot = json_object_array_get_idx(h, i);

		if (!json_object_is_type(slot, json_type_array) || json_object_array_length(slot) != 3)
			return false;
		for (size_t k = 0; k < 3; k++) {
			if (!is_number(json_object_array_get_idx(slot, k)))
				return false;
		}
	}
	return true;
}

/* Accepts paths that stay in the folder of the file. */
static bool is_below(const char *path)
{
	for (const char *p = path; p; p = strchr(p, '/'), p = p ? p + 1 : NULL) {
		if (!strncmp(p, "..", 2) && (!p[2] || p[2] == '/'))
			return false;
	}
	return *path && *path != '/';
}

/* Returns an error, or NULL. */
static const char *read_series(struct results_series *s, struct json_object *o)
{
	int higher = 0;

	if (!json_object_is_type(o, json_type_object))
		return "a series is not an object";
	if (!get_text(o, "name", &s->name) || !*s->name)
		return "'name' of a series is missing or no text";
	if (!get_text(o, "unit", &s->unit))
		return "'unit' is no text";
	if (!results_better_at(o, &higher))
		return "'better' is neither \"lower\" nor \"higher\"";
	s->higher = higher;
	s->histogram = json_object_object_get(o, "histogram");
	if (s->histogram && !is_histogram(s->histogram))
		return "'histogram' is not an array of [from, to, count]";
	if (!get_text(o, "recording", &s->recording) || (*s->recording && !is_below(s->recording)))
		return "'recording' is not a relative path without '..'";
	if (!*s->recording)
		s->recording = NULL;
	return get_values(s, o);
}

static const char *read_time(struct results_run *run, struct json_object *o)
{
	struct json_object *v = json_object_object_get(o, "time");

	if (!v)
		return "'time' is missing";
	if (is_number(v)) {
		run->time_s = json_object_get_double(v);
		return NULL;
	}
	run->time = json_object_is_type(v, json_type_string) ? json_object_get_string(v) : NULL;
	return run->time && results_parse_time(run->time, &run->time_s) ? NULL :
	       "'time' is neither RFC 3339 (2026-11-28T14:00:00Z) nor seconds since 1970";
}

/* Sets *@to to the JSON of the object at @key, which the document keeps. */
static const char *get_object(struct json_object *o, const char *key, const char **to)
{
	struct json_object *v = json_object_object_get(o, key), *sorted;
	char kept[64];

	*to = "";
	if (!v || (json_object_is_type(v, json_type_object) && !json_object_object_length(v)))
		return NULL;
	if (!json_object_is_type(v, json_type_object))
		return "'parameters' or 'machine' is no object";
	sorted = results_sorted(v);
	snprintf(kept, sizeof(kept), "%s (sorted)", key);
	if (!sorted || json_object_object_add(o, kept, sorted))
		return strerror(ENOMEM);
	*to = json_object_to_json_string_ext(sorted, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
	return NULL;
}

/* Reads what describes the run. Returns an error, or NULL. */
static const char *read_head(struct results_run *run, struct json_object *o)
{
	const struct {
		const char *key, *error, **to;
	} texts[] = {
		{ "commit", "'commit' is no text", &run->commit }, { "kernel", "'kernel' is no text", &run->kernel },
		{ "variant", "'variant' is no text", &run->variant }, { "config", "'config' is no text", &run->config },
		{ "tool", "'tool' is no text", &run->tool }, { "suite", "'suite' is no text", &run->suite },
		{ "scenario", "'scenario' is no text", &run->scenario },
	};
	const char *error;

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		if (!get_text(o, texts[i].key, texts[i].to))
			return texts[i].error;
	}
	error = read_time(run, o);
	if (!error)
		error = get_object(o, "parameters", &run->parameters);
	return error ? error : get_object(o, "machine", &run->machine);
}

static void free_run(struct results_run *run)
{
	for (size_t i = 0; i < run->nr; i++)
		free(run->series[i].values);
	free(run->series);
	free(run->file);
	json_object_put(run->document);
}

/* Adds an empty run; the results own it, whatever is missing in it. */
static struct results_run *add_run(const struct reading *r, struct json_object *o, size_t nr)
{
	struct results_run *run;

	if (!gmem_reserve(&r->to->runs, &r->to->max, r->to->nr + 1, sizeof(*run)))
		return NULL;
	run = &r->to->runs[r->to->nr];
	*run = (struct results_run){ .document = json_object_get(o), .file = strdup(r->path), .order = r->to->nr++ };
	run->series = calloc(nr, sizeof(*run->series));
	if (run->series)
		run->nr = nr;
	return run->series && run->file ? run : NULL;
}

/* @list: array of series, or NULL: the document is one itself. */
static enum gmem_status read_run(const struct reading *r, struct json_object *o, struct json_object *list)
{
	size_t nr = list ? json_object_array_length(list) : 1;
	struct results_run *run = nr ? add_run(r, o, nr) : NULL;
	const char *error;

	if (!run)
		return nr ? no_memory(r) : bad(r, "", "'series' is empty");
	error = read_head(run, o);
	if (error)
		return bad(r, "", error);
	for (size_t i = 0; i < nr; i++) {
		error = read_series(&run->series[i], list ? json_object_array_get_idx(list, i) : o);
		if (error)
			return bad(r, run->series[i].name ? run->series[i].name : "", error);
	}
	return GMEM_OK;
}

static enum gmem_status read_document(struct reading *r, struct json_object *o)
{
	struct json_object *list = json_object_object_get(o, "series");
	const char *schema;

	r->nr++;
	if (!json_object_is_type(o, json_type_object))
		return bad(r, "", "not an object");
	if (!get_text(o, "schema", &schema) || (*schema && strcmp(schema, RESULTS_SCHEMA)))
		return bad(r, "", "its 'schema' is not " RESULTS_SCHEMA);
	if (list && !json_object_is_type(list, json_type_array))
		return bad(r, "", "'series' is not an array");
	if (*schema && !list)
		return bad(r, "", "'series' is missing");
	return read_run(r, o, list);
}

static enum gmem_status read_value(struct reading *r, struct json_object *o)
{
	enum gmem_status status = GMEM_OK;

	if (!json_object_is_type(o, json_type_array))
		return read_document(r, o);
	for (size_t i = 0; i < json_object_array_length(o) && !status; i++)
		status = read_document(r, json_object_array_get_idx(o, i));
	return status;
}

/* Reads values one after the other: a document, an array of them, or JSON lines. */
static enum gmem_status read_values(struct reading *r, const struct results_text *t)
{
	enum gmem_status status = GMEM_OK;
	size_t at = 0;

	while (!status && results_more(t, &at)) {
		struct json_object *o = NULL;

		status = results_next(t, &at, &o, r->e);
		if (!status)
			status = read_value(r, o);
		json_object_put(o);
	}
	return status || r->nr ? status : results_bad_json(t, at, "no results", r->e);
}

enum gmem_status results_parse(struct results *to, const char *path, const char *text, size_t size,
			       struct gmem_error *e)
{
	struct results_text t = { path, (char *)text, size };
	struct reading r = { .to = to, .e = e, .path = path };
	size_t before = to->nr;
	enum gmem_status status = read_values(&r, &t);

	while (status && to->nr > before)
		free_run(&to->runs[--to->nr]);
	return status;
}

enum gmem_status results_read(struct results *to, const char *path, struct gmem_error *e)
{
	struct results_text t;
	enum gmem_status status = results_load(&t, path, e);

	if (!status)
		status = results_parse(to, path, t.text, t.size, e);
	free(t.text);
	return status;
}

void results_free(struct results *r)
{
	while (r->nr)
		free_run(&r->runs[--r->nr]);
	free(r->runs);
	*r = (struct results){ 0 };
}
