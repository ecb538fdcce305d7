// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Metrics of runs by name, and the import of results of the bench. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "compare/compare.h"

void cmp_set_free(struct cmp_set *s)
{
	for (size_t i = 0; i < s->nr; i++) {
		for (int side = 0; side < CMP_SIDES; side++)
			free(s->metrics[i].values[side]);
	}
	free(s->metrics);
}

struct cmp_metric *cmp_set_find(const struct cmp_set *s, const char *key)
{
	for (size_t i = 0; i < s->nr; i++) {
		if (!strcmp(s->metrics[i].key, key))
			return &s->metrics[i];
	}
	return NULL;
}

static struct cmp_metric *get_metric(struct cmp_set *s, const char *key, enum cmp_judged judged)
{
	struct cmp_metric *p = cmp_set_find(s, key);

	if (p)
		return p;
	p = reallocarray(s->metrics, s->nr + 1, sizeof(*p));
	if (!p)
		return NULL;
	s->metrics = p;
	p = &s->metrics[s->nr++];
	*p = (struct cmp_metric){ .judged = judged };
	snprintf(p->key, sizeof(p->key), "%s", key);
	return p;
}

int cmp_set_add(struct cmp_set *s, enum cmp_side side, const char *key, enum cmp_judged judged,
		const struct cmp_value *v)
{
	struct cmp_metric *m = get_metric(s, key, judged);
	struct cmp_value *p;

	p = m ? reallocarray(m->values[side], m->nr[side] + 1, sizeof(*p)) : NULL;
	if (!p)
		return -ENOMEM;
	m->values[side] = p;
	p[m->nr[side]++] = *v;
	return 0;
}

static const char *text_at(struct json_object *o, const char *key)
{
	struct json_object *v = json_object_object_get(o, key);

	return json_object_is_type(v, json_type_string) ? json_object_get_string(v) : NULL;
}

/* Returns 0 if there is no such key. */
static double number_at(struct json_object *o, const char *key)
{
	return json_object_get_double(json_object_object_get(o, key));
}

/* Adds a figure of the bench as two batches: the least of its repeats, and the largest (least * (1 + spread)). */
static int add_figure(struct cmp_set *to, enum cmp_side side, struct json_object *figure, const char *what,
		      const char *spread)
{
	const char *kernel = text_at(figure, "kernel"), *observer = text_at(figure, "observer");
	const char *op = text_at(figure, "op");
	double ns = number_at(figure, what), share = number_at(figure, spread);
	struct cmp_value v = {
		.value = ns, .count = (uint64_t)number_at(figure, "repeats"), .nr_batches = 2,
		.batches = { ns, ns * (1 + share) },
	};
	char key[CMP_KEY];

	if (!kernel || !observer || !op || !(ns > 0) || !(share >= 0))
		return -EINVAL;
	snprintf(key, sizeof(key), "%s/%s/%s.%s", kernel, observer, op, what);
	return cmp_set_add(to, side, key, CMP_LESS_IS_BETTER, &v);
}

int cmp_bench_add_run(struct json_object *bench, struct cmp_set *to, enum cmp_side side)
{
	struct json_object *figures = json_object_object_get(bench, "figures");
	int err = 0;

	if (!json_object_is_type(figures, json_type_array))
		return -EINVAL;
	for (size_t i = 0; i < json_object_array_length(figures) && !err; i++) {
		struct json_object *f = json_object_array_get_idx(figures, i);

		if (!json_object_is_type(f, json_type_object))
			return -EINVAL;
		err = add_figure(to, side, f, "path_ns", "path_spread");
		if (!err)
			err = add_figure(to, side, f, "both_ns", "both_spread");
	}
	to->nr_runs[side] += !err;
	return err;
}
