/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Values of JSON, for the reader of results. */
#ifndef GMEMTRACE_RESULTS_VALUES_H
#define GMEMTRACE_RESULTS_VALUES_H

#include <json-c/json.h>

/* Returns a copy of which all objects have sorted keys. The caller owns it. */
struct json_object *results_sorted(struct json_object *from);

#endif /* GMEMTRACE_RESULTS_VALUES_H */
