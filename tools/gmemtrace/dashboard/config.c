// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Reader of dashboard.json: docs/dashboard.md. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dashboard/dashboard.h"
#include "results/json_text.h"
#include "results/values.h"

const char *const dash_state_names[DASH_STATES] = {
	[DASH_OPEN]		= "open",
	[DASH_INVESTIGATING]	= "investigating",
	[DASH_INVALID]		= "invalid",
	[DASH_ACCEPTED]		= "accepted",
	[DASH_FIXED]		= "fixed",
};

void dash_config_default(struct dash_config *c)
{
	*c = (struct dash_config){ .title = "Performance", .rules = GMEM_CHANGE_RULES_DEFAULT };
}

void dash_config_free(struct dash_config *c)
{
	free(c->series);
	free(c->changes);
	json_object_put(c->document);
}

bool dash_is_link(const char *url)
{
	const char *percent = strchr(url, '%');

	if (strncmp(url, "https://", 8) && strncmp(url, "http://", 7))
		return false;
	return percent && percent[1] == 's' && !strchr(percent + 1, '%');
}

/* Returns a key of @o that is not among @keys, a list that ends with NULL; NULL if there is none. */
static const char *wrong_key(struct json_object *o, const char *const *keys)
{
	json_object_object_foreach(o, key, value) {
		size_t i = 0;

		(void)value;
		while (keys[i] && strcmp(keys[i], key))
			i++;
		if (!keys[i])
			return key;
	}
	return NULL;
}

static bool get_number(struct json_object *o, const char *key, double min, double max, double *to)
{
	struct json_object *v = json_object_object_get(o, key);

	if (!v)
		return true;
	if (!json_object_is_type(v, json_type_double) && !json_object_is_type(v, json_type_int))
		return false;
	*to = json_object_get_double(v);
	return *to >= min && *to <= max;
}

/* The readers of parts return what is wrong, or NULL. */
static const char *read_head(struct dash_config *c, struct json_object *o)
{
	static const char *const keys[] = { "schema", "title", "window", "max_p", "min_magnitude", "link_commit",
					    "series", "changes", NULL };
	const char *schema = NULL, *wrong = wrong_key(o, keys);
	double window = (double)c->rules.window;

	if (wrong)
		return wrong;
	if (!results_text_at(o, "schema", &schema) || !schema || strcmp(schema, DASH_SCHEMA))
		return "schema";
	if (!results_text_at(o, "title", &c->title))
		return "title";
	if (!results_text_at(o, "link_commit", &c->link_commit) || (c->link_commit && !dash_is_link(c->link_commit)))
		return "link_commit";
	if (!get_number(o, "window", 4, GMEM_CHANGE_WINDOW_MAX, &window) || window != floor(window))
		return "window";
	if (!get_number(o, "max_p", 0, 0.5, &c->rules.max_p))
		return "max_p";
	if (!get_number(o, "min_magnitude", 0, 100, &c->rules.min_magnitude))
		return "min_magnitude";
	c->rules.window = (size_t)window;
	return NULL;
}

static const char *read_baseline(struct dash_series_rule *r, struct json_object *o)
{
	struct json_object *v = json_object_object_get(o, "baseline");

	r->baseline_commit = NULL;
	if (json_object_is_type(v, json_type_string)) {
		r->baseline_commit = json_object_get_string(v);
		return *r->baseline_commit ? NULL : "series: baseline";
	}
	r->has_baseline = v;
	return get_number(o, "baseline", -HUGE_VAL, HUGE_VAL, &r->baseline) ? NULL : "series: baseline";
}

static const char *read_series(void *to, struct json_object *o)
{
	static const char *const keys[] = { "match", "threshold", "baseline", "better", NULL };
	struct dash_series_rule *r = to;
	const char *wrong = wrong_key(o, keys);

	*r = (struct dash_series_rule){ .threshold = -1, .higher = -1 };
	if (wrong)
		return wrong;
	if (!results_text_at(o, "match", &r->match) || !r->match)
		return "series: match";
	if (!get_number(o, "threshold", 0, 100, &r->threshold))
		return "series: threshold";
	if (!results_better_at(o, &r->higher))
		return "series: better";
	return read_baseline(r, o);
}

static const char *read_change(void *to, struct json_object *o)
{
	static const char *const keys[] = { "commit", "match", "state", "note", NULL };
	struct dash_change_rule *r = to;
	const char *state = "", *wrong = wrong_key(o, keys);

	*r = (struct dash_change_rule){ .match = "*" };
	if (wrong)
		return wrong;
	if (!results_text_at(o, "commit", &r->commit) || !r->commit || !*r->commit)
		return "changes: commit";
	if (!results_text_at(o, "match", &r->match))
		return "changes: match";
	if (!results_text_at(o, "note", &r->note))
		return "changes: note";
	if (!results_text_at(o, "state", &state))
		return "changes: state";
	for (r->state = DASH_INVESTIGATING; r->state <= DASH_ACCEPTED; r->state++) {
		if (!strcmp(state, dash_state_names[r->state]))
			return NULL;
	}
	return "changes: state (investigating, invalid or accepted)";
}

/* Reads the array at @key into *@to, of elements of @size bytes. */
static const char *read_list(struct json_object *o, const char *key, void **to, size_t *nr, size_t size,
			     const char *(*read)(void *to, struct json_object *o))
{
	struct json_object *list = json_object_object_get(o, key);
	const char *wrong = NULL;
	size_t n;

	if (!list)
		return NULL;
	if (!json_object_is_type(list, json_type_array))
		return key;
	n = json_object_array_length(list);
	*to = calloc(n + 1, size);
	if (!*to)
		return strerror(ENOMEM);
	for (; *nr < n && !wrong; ++*nr) {
		struct json_object *one = json_object_array_get_idx(list, *nr);

		wrong = json_object_is_type(one, json_type_object) ? read((char *)*to + *nr * size, one) : key;
	}
	return wrong;
}

static enum gmem_status load(struct dash_config *c, const char *path, struct gmem_error *e)
{
	struct results_text t;
	enum gmem_status status = results_load(&t, path, e);
	size_t at = 0;

	if (!status && !results_more(&t, &at))
		status = results_bad_json(&t, at, "the file is empty", e);
	if (!status)
		status = results_next(&t, &at, &c->document, e);
	if (!status && results_more(&t, &at))
		status = results_bad_json(&t, at, "something follows the object", e);
	free(t.text);
	return status;
}

enum gmem_status dash_config_read(struct dash_config *c, const char *path, struct gmem_error *e)
{
	static const char hint[] = "docs/dashboard.md has the format.";
	enum gmem_status status;
	const char *wrong;
	void *list = NULL;

	status = load(c, path, e);
	if (status)
		return status;
	if (!json_object_is_type(c->document, json_type_object))
		return gmem_fail(e, GMEM_E_IO, hint, "cannot read %s: not an object", path);
	wrong = read_head(c, c->document);
	if (!wrong)
		wrong = read_list(c->document, "series", &list, &c->nr_series, sizeof(*c->series), read_series);
	c->series = list;
	list = NULL;
	if (!wrong)
		wrong = read_list(c->document, "changes", &list, &c->nr_changes, sizeof(*c->changes), read_change);
	c->changes = list;
	return wrong ? gmem_fail(e, GMEM_E_IO, hint, "cannot read %s: unknown or invalid: %s", path, wrong) : GMEM_OK;
}
