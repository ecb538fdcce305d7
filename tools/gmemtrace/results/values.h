/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Values of JSON, for the reader of results. */
#ifndef GMEMTRACE_RESULTS_VALUES_H
#define GMEMTRACE_RESULTS_VALUES_H

#include <json-c/json.h>
#include <stdbool.h>

/* Sets *@to to the text at @key, and leaves it if there is none. Returns false if something else is there. */
bool results_text_at(struct json_object *o, const char *key, const char **to);

/* Sets *@higher to 1 or 0 by the text at "better", as results_text_at() does. */
bool results_better_at(struct json_object *o, int *higher);

/* Returns a copy of which all objects have sorted keys. The caller owns it. */
struct json_object *results_sorted(struct json_object *from);

#endif /* GMEMTRACE_RESULTS_VALUES_H */
