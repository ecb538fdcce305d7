// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Results of a comparison, as text and as JSON. */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "compare/compare.h"
#include "views/json.h"
#include "views/text.h"

static const char *value_text(char *buf, size_t size, const struct cmp_metric *m, double v)
{
	if (m->measured && strcmp(m->unit, "ns"))
		snprintf(buf, size, "%.4g%s%.8s", v, isalnum((unsigned char)*m->unit) ? " " : "", m->unit);
	else if (!m->measured && strstr(m->key, "per_page"))
		snprintf(buf, size, "%.4gns", v);
	else if (m->measured || strstr(m->key, "_ns"))
		gmem_text_ns(buf, size, (uint64_t)(v + 0.5));
	else
		snprintf(buf, size, "%.6g", v);
	return buf;
}

static const char *percent(char *buf, size_t size, double change)
{
	if (isinf(change))
		snprintf(buf, size, "from 0");
	else if (fabs(change) >= 10)
		snprintf(buf, size, "x%.3g", change + 1);
	else
		snprintf(buf, size, "%+.1f%%", 100 * change);
	return buf;
}

static void print_row(const struct cmp_result *r, FILE *out)
{
	char a[32], b[32], c[32], low[32], high[32], range[72] = "";
	const struct cmp_metric *m = r->metric;

	if (r->low != 0 || r->high != 0)
		snprintf(range, sizeof(range), "%s .. %s", percent(low, sizeof(low), r->low),
			 percent(high, sizeof(high), r->high));
	fprintf(out, "  %-41s %7s %7s %7s", m->key,
		m->nr[CMP_BASE] ? value_text(a, sizeof(a), m, r->base) : "-",
		m->nr[CMP_NEW] ? value_text(b, sizeof(b), m, r->now) : "-",
		m->nr[CMP_BASE] && m->nr[CMP_NEW] ? percent(c, sizeof(c), r->change) : "");
	fprintf(out, *range ? "  %s\n" : "\n", range);
}

static const char *const titles[CMP_VERDICTS] = {
	[CMP_WORSE]	= "WORSE",
	[CMP_BETTER]	= "BETTER",
	[CMP_UNSURE]	= "UNDECIDED: may be worse",
	[CMP_FEW]	= "TOO FEW operations or runs",
	[CMP_SAME]	= "SAME",
	[CMP_ONE_SIDE]	= "ONLY ON ONE SIDE",
	[CMP_INFO]	= "NOT JUDGED",
};

static bool shown(enum cmp_verdict v, bool all)
{
	return all || v == CMP_WORSE || v == CMP_BETTER;
}

static void print_section(const struct cmp_results *r, enum cmp_verdict v, FILE *out)
{
	if (!r->by_verdict[v])
		return;
	fprintf(out, "\n%-43s %7s %7s %7s  %s\n", titles[v], "BASE", "NEW", "CHANGE", "RANGE");
	for (size_t i = 0; i < r->nr; i++) {
		if (r->results[i].verdict == v)
			print_row(&r->results[i], out);
	}
}

/* Prints the largest slowdown that the data of undecided metrics does not exclude. */
static void print_undecided(const struct cmp_results *r, FILE *out)
{
	double most = 0;
	char buf[32];

	for (size_t i = 0; i < r->nr; i++) {
		const struct cmp_result *one = &r->results[i];
		double worst = one->metric->judged == CMP_MORE_IS_BETTER ? -one->low : one->high;

		if (one->verdict == CMP_UNSURE && worst > most)
			most = worst;
	}
	fprintf(out, "Undecided metrics may hide a slowdown of up to %s. Compare more or longer runs.\n",
		most < 10 ? percent(buf, sizeof(buf), most) : "any size");
}

void cmp_text(const struct cmp_results *r, bool all, FILE *out)
{
	fprintf(out, "%zu %s of BASE, %zu of NEW\n", r->nr_runs[CMP_BASE],
		gmem_text_plural(r->nr_runs[CMP_BASE], "run", "runs"), r->nr_runs[CMP_NEW]);
	if (r->single)
		fputs("A side has only one run, so the variation between runs is not known: ranges are those\n"
		      "of the operations in it, and a change must be larger to count.\n", out);
	for (int v = 0; v < CMP_VERDICTS; v++) {
		if (shown(v, all))
			print_section(r, v, out);
	}
	fprintf(out, "\n%zu worse, %zu better, %zu same, %zu undecided, %zu with too few operations\n",
		r->by_verdict[CMP_WORSE], r->by_verdict[CMP_BETTER], r->by_verdict[CMP_SAME],
		r->by_verdict[CMP_UNSURE], r->by_verdict[CMP_FEW]);
	if (r->by_verdict[CMP_UNSURE])
		print_undecided(r, out);
	if (r->by_verdict[CMP_ONE_SIDE])
		fprintf(out, "%zu are on one side only.\n", r->by_verdict[CMP_ONE_SIDE]);
}

static void put_number(struct json_object *o, const char *key, double v)
{
	json_object_object_add(o, key, isfinite(v) ? json_object_new_double(v) : NULL);
}

static struct json_object *runs(const struct cmp_metric *m, enum cmp_side side)
{
	struct json_object *a = json_object_new_array();

	for (size_t i = 0; i < m->nr[side]; i++)
		json_object_array_add(a, json_object_new_double(m->values[side][i].value));
	return a;
}

static struct json_object *result_object(const struct cmp_result *r)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "metric", json_object_new_string(r->metric->key));
	json_object_object_add(o, "verdict", json_object_new_string(cmp_verdict_names[r->verdict]));
	put_number(o, "base", r->base);
	put_number(o, "new", r->now);
	put_number(o, "change", r->change);
	put_number(o, "low", r->low);
	put_number(o, "high", r->high);
	put_number(o, "min_change", r->min_change);
	json_object_object_add(o, "base_runs", runs(r->metric, CMP_BASE));
	json_object_object_add(o, "new_runs", runs(r->metric, CMP_NEW));
	return o;
}

struct json_object *cmp_json(const struct cmp_results *r)
{
	struct json_object *o = json_object_new_object(), *list = json_object_new_array();

	json_object_object_add(o, "version", json_object_new_int(GMEM_JSON_VERSION));
	json_object_object_add(o, "type", json_object_new_string("compare"));
	json_object_object_add(o, "regression", json_object_new_boolean(r->by_verdict[CMP_WORSE] != 0));
	json_object_object_add(o, "run_noise_known", json_object_new_boolean(!r->single));
	put_number(o, "alpha", r->alpha);
	for (int v = 0; v < CMP_VERDICTS; v++)
		json_object_object_add(o, cmp_verdict_names[v], json_object_new_uint64(r->by_verdict[v]));
	for (size_t i = 0; i < r->nr; i++)
		json_object_array_add(list, result_object(&r->results[i]));
	json_object_object_add(o, "metrics", list);
	return o;
}
