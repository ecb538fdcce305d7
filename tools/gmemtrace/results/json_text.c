// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "results/json_text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"

#define FILE_MOST	(64 << 20)	/* bytes of a file */
#define READ_SIZE	65536
#define DEPTH_MOST	32

enum gmem_status results_load(struct results_text *t, const char *path, struct gmem_error *e)
{
	FILE *f = fopen(path, "r");
	size_t max = 0, n = 1;
	int err = 0;

	*t = (struct results_text){ .path = path };
	if (!f)
		return gmem_fail(e, GMEM_E_IO, "Check its name.", "cannot open %s: %s", path, strerror(errno));
	while (n && !err) {
		if (!gmem_reserve(&t->text, &max, t->size + READ_SIZE, 1)) {
			err = ENOMEM;
			break;
		}
		errno = 0;
		n = fread(t->text + t->size, 1, READ_SIZE, f);
		t->size += n;
		err = ferror(f) ? errno : t->size > FILE_MOST ? EFBIG : 0;
	}
	fclose(f);
	return err ? gmem_fail(e, GMEM_E_IO, RESULTS_HINT, "cannot read %s: %s", path, strerror(err)) : GMEM_OK;
}

bool results_more(const struct results_text *t, size_t *at)
{
	while (*at < t->size && t->text[*at] && strchr(" \t\r\n", t->text[*at]))
		++*at;
	return *at < t->size;
}

enum gmem_status results_bad_json(const struct results_text *t, size_t at, const char *why, struct gmem_error *e)
{
	size_t line = 1, column = 1;

	for (size_t i = 0; i < at && i < t->size; i++) {
		column = t->text[i] == '\n' ? 1 : column + 1;
		line += t->text[i] == '\n';
	}
	return gmem_fail(e, GMEM_E_IO, RESULTS_HINT, "cannot read %s: line %zu, column %zu: %s", t->path, line, column, why);
}

static enum gmem_status parse_next(struct json_tokener *k, const struct results_text *t, size_t *at,
				   struct json_object **o, struct gmem_error *e)
{
	*o = json_tokener_parse_ex(k, t->text + *at, (int)(t->size - *at));
	*at += json_tokener_get_parse_end(k);
	/* A number at the end of the file may have more digits, unless something follows. */
	if (json_tokener_get_error(k) == json_tokener_continue && *at == t->size)
		*o = json_tokener_parse_ex(k, " ", 1);
	if (json_tokener_get_error(k) == json_tokener_success)
		return GMEM_OK;
	return results_bad_json(t, *at, json_tokener_get_error(k) == json_tokener_continue ?
				"the file ends, or has a NUL byte, within a value" :
				json_tokener_error_desc(json_tokener_get_error(k)), e);
}

enum gmem_status results_next(const struct results_text *t, size_t *at, struct json_object **o, struct gmem_error *e)
{
	struct json_tokener *k = json_tokener_new_ex(DEPTH_MOST);
	enum gmem_status status;

	if (!k)
		return gmem_fail(e, GMEM_E_IO, NULL, "cannot read %s: %s", t->path, strerror(ENOMEM));
	json_tokener_set_flags(k, JSON_TOKENER_STRICT | JSON_TOKENER_ALLOW_TRAILING_CHARS | JSON_TOKENER_VALIDATE_UTF8);
	status = parse_next(k, t, at, o, e);
	json_tokener_free(k);
	return status;
}
