// SPDX-License-Identifier: GPL-2.0-only
/* Figures as JSON (report.h). */
#include <json-c/json.h>

#include "report.h"

static void put_number(struct json_object *to, const char *key, double value)
{
	json_object_object_add(to, key, json_object_new_double(value));
}

static struct json_object *json_of_figure(const struct figure *g)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "kernel", json_object_new_string(g->variant));
	json_object_object_add(o, "observer", json_object_new_string(g->observer));
	json_object_object_add(o, "op", json_object_new_string(g->op));
	json_object_object_add(o, "repeats", json_object_new_int64((int64_t)g->samples));
	put_number(o, "path_ns", g->best.min);
	put_number(o, "path_spread", g->best.share);
	put_number(o, "mean_ns", g->mean.min);
	put_number(o, "mean_spread", g->mean.share);
	put_number(o, "reader_ns", g->beside_ns);
	put_number(o, "both_ns", g->all.min);
	put_number(o, "both_spread", g->all.share);
	if (g->ratio > 0) {
		put_number(o, "path_to_stock", g->ratio);
		put_number(o, "both_to_stock", g->ratio_all);
	}
	return o;
}

static struct json_object *json_of_limit(const struct limit *l, const struct verdict *v)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "kernel", json_object_new_string(l->variant));
	json_object_object_add(o, "observer", json_object_new_string(l->observer));
	json_object_object_add(o, "op", json_object_new_string(l->op));
	json_object_object_add(o, "base", json_object_new_string(l->base));
	if (l->rival)
		json_object_object_add(o, "of_what_adds", json_object_new_string(l->rival));
	json_object_object_add(o, "both", json_object_new_boolean(l->both));
	json_object_object_add(o, "measured", json_object_new_boolean(v->known));
	json_object_object_add(o, "pass", json_object_new_boolean(v->kept));
	put_number(o, "more", v->more);
	put_number(o, "at_most", l->at_most);
	json_object_object_add(o, "boots", json_object_new_int(v->boots));
	put_number(o, "boot_spread", v->boot_spread);
	return o;
}

static struct json_object *json_of_remark(const struct remark *r)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "kernel", json_object_new_string(r->variant));
	json_object_object_add(o, "observer", json_object_new_string(r->observer));
	json_object_object_add(o, r->skipped ? "skipped" : "remark",
			       json_object_new_string(r->text));
	return o;
}

struct json_object *report_json(const struct figures *f, const struct samples *s)
{
	struct json_object *o = json_object_new_object();
	struct json_object *list = json_object_new_array();

	json_object_object_add(o, "version", json_object_new_int(2));
	json_object_object_add(o, "figures", list);
	for (size_t i = 0; i < f->count; i++)
		json_object_array_add(list, json_of_figure(&f->figure[i]));
	list = json_object_new_array();
	json_object_object_add(o, "limits", list);
	for (const struct limit *l = limits; l->variant; l++) {
		struct verdict v = limit_check(l, f, s);

		json_object_array_add(list, json_of_limit(l, &v));
	}
	list = json_object_new_array();
	json_object_object_add(o, "remarks", list);
	for (size_t i = 0; i < s->remarks; i++)
		json_object_array_add(list, json_of_remark(&s->remark[i]));
	return o;
}
