// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Values of JSON in the forms that results need: times, text of objects, medians. */
#include "results/values.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "analysis/statistics.h"
#include "results/results.h"

bool results_text_at(struct json_object *o, const char *key, const char **to)
{
	struct json_object *v = json_object_object_get(o, key);

	if (v)
		*to = json_object_get_string(v);
	return !v || json_object_is_type(v, json_type_string);
}

bool results_better_at(struct json_object *o, int *higher)
{
	const char *better = "";

	if (!results_text_at(o, "better", &better))
		return false;
	if (!*better)
		return true;
	*higher = !strcmp(better, "higher");
	return *higher || !strcmp(better, "lower");
}

/* Parses "Z", "+01:00" or "-0130" to seconds east of UTC. */
static bool parse_zone(const char *s, int *seconds)
{
	int hours, minutes, used = 0;

	*seconds = 0;
	if ((*s == 'Z' || *s == 'z') && !s[1])
		return true;
	if ((*s != '+' && *s != '-') || !isdigit((unsigned char)s[1]) ||
	    (sscanf(s + 1, "%2d:%2d%n", &hours, &minutes, &used) != 2 &&
	     sscanf(s + 1, "%2d%2d%n", &hours, &minutes, &used) != 2) || s[1 + used])
		return false;
	*seconds = (*s == '-' ? -60 : 60) * (60 * hours + minutes);
	return hours < 24 && minutes < 60;
}

bool results_parse_time(const char *text, double *time_s)
{
	struct tm tm = { 0 };
	double fraction = 0;
	int used = 0, zone;
	char *end;

	if (sscanf(text, "%4d-%2d-%2d%*1[Tt ]%2d:%2d:%2d%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min,
		   &tm.tm_sec, &used) != 6 || !used)
		return false;
	if (tm.tm_mon < 1 || tm.tm_mon > 12 || tm.tm_mday < 1 || tm.tm_mday > 31 || tm.tm_hour > 23 ||
	    tm.tm_min > 59 || tm.tm_sec > 60)
		return false;
	end = (char *)text + used;
	if (*end == '.' && isdigit((unsigned char)end[1])) {
		double scale = 0.1;

		for (end++; isdigit((unsigned char)*end); end++, scale /= 10)
			fraction += scale * (*end - '0');
	}
	if (!parse_zone(end, &zone))
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	*time_s = (double)(timegm(&tm) - zone) + fraction;
	return true;
}

static int by_key(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static struct json_object *sorted_object(struct json_object *from)
{
	size_t n = (size_t)json_object_object_length(from), i = 0;
	const char **keys = calloc(n + 1, sizeof(*keys));
	struct json_object *to = json_object_new_object();

	json_object_object_foreach(from, key, value) {
		(void)value;
		if (keys)
			keys[i++] = key;
	}
	if (keys)
		qsort(keys, i, sizeof(*keys), by_key);
	for (size_t k = 0; k < i && to; k++)
		json_object_object_add(to, keys[k], results_sorted(json_object_object_get(from, keys[k])));
	free(keys);
	return to;
}

struct json_object *results_sorted(struct json_object *from)
{
	struct json_object *to;

	if (json_object_is_type(from, json_type_object))
		return sorted_object(from);
	if (!json_object_is_type(from, json_type_array))
		return json_object_get(from);
	to = json_object_new_array();
	for (size_t i = 0; to && i < json_object_array_length(from); i++)
		json_object_array_add(to, results_sorted(json_object_array_get_idx(from, i)));
	return to;
}

double results_median(const struct results_series *s)
{
	double *v = s->nr ? calloc(s->nr, sizeof(*v)) : NULL, median = s->nr ? s->values[0] : 0;

	if (!v)
		return median;
	memcpy(v, s->values, s->nr * sizeof(*v));
	qsort(v, s->nr, sizeof(*v), gmem_by_value);
	median = gmem_quantile(v, s->nr, 0.5);
	free(v);
	return median;
}
