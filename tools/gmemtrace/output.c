// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "output.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

static bool is_stdout(const char *path)
{
	return !path || !strcmp(path, "-");
}

/* status is what came before: if it is an error, it is kept. */
static enum gmem_status output_close(FILE *out, const char *path, enum gmem_status status, struct gmem_error *e)
{
	bool bad = ferror(out) || fflush(out);
	int err = bad ? errno : 0;

	if (!is_stdout(path)) {
		if (fclose(out) && !bad) {
			bad = true;
			err = errno;
		}
		if (bad || status)
			unlink(path);
	}
	if (!bad || status)
		return status;
	return gmem_fail(e, GMEM_E_IO, "Is the disk full, or the reader gone?", "cannot write %s: %s",
			 is_stdout(path) ? "to stdout" : path, strerror(err));
}

enum gmem_status output_write(const char *path, output_fn fn, void *ctx, struct gmem_error *e)
{
	FILE *out = is_stdout(path) ? stdout : fopen(path, "w");

	if (!out)
		return gmem_fail(e, GMEM_E_IO, "Is there such a folder, and may you write to it?",
				 "cannot write %s: %s", path, strerror(errno));
	return output_close(out, path, fn(ctx, out), e);
}
