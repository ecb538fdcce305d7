/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* JSON in files: values one after the other, and errors with their place. */
#ifndef GMEMTRACE_JSON_TEXT_H
#define GMEMTRACE_JSON_TEXT_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

#define RESULTS_HINT "docs/results.md has the format."

struct results_text {
	const char *path;
	char *text;
	size_t size;
};

/* Reads a file. The caller frees t->text, also after an error. */
enum gmem_status results_load(struct results_text *t, const char *path, struct gmem_error *e);

/* Skips white space. Returns false at the end of the text. */
bool results_more(const struct results_text *t, size_t *at);

/* Reads the value at *@at, and moves *@at behind it. The caller owns *@o. */
enum gmem_status results_next(const struct results_text *t, size_t *at, struct json_object **o, struct gmem_error *e);

/* Fails with the line and column of @at. */
enum gmem_status results_bad_json(const struct results_text *t, size_t at, const char *why, struct gmem_error *e);

#endif /* GMEMTRACE_JSON_TEXT_H */
