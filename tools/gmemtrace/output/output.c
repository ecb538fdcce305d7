// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "output/output.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_stdout(const char *path)
{
	return !path || !strcmp(path, "-");
}

/* Returns true if the output is written as PATH.part and renamed; pipes and devices are written directly. */
static bool is_replaced(const char *path)
{
	struct stat st;

	return lstat(path, &st) ? errno == ENOENT : S_ISREG(st.st_mode);
}

static enum gmem_status cannot_write(const char *path, int err, struct gmem_error *e)
{
	return gmem_fail(e, GMEM_E_IO, "Check for a full disk, or a reader that has ended.", "cannot write %s: %s",
			 is_stdout(path) ? "to stdout" : path, strerror(err));
}

/* Flushes @out, and closes it unless it is stdout. Returns 0 or a positive errno. */
static int finish(FILE *out, const char *path)
{
	bool bad = ferror(out) || fflush(out);
	int err = errno;

	if (!is_stdout(path) && fclose(out) && !bad) {
		bad = true;
		err = errno;
	}
	return !bad ? 0 : err ? err : EIO;
}

static enum gmem_status write_to(const char *to, const char *path, output_fn fn, void *ctx, struct gmem_error *e)
{
	FILE *out = is_stdout(path) ? stdout : fopen(to, "w");
	enum gmem_status status;
	int err;

	if (!out)
		return gmem_fail(e, GMEM_E_IO, "Check that its folder exists and is writable.",
				 "cannot write %s: %s", path, strerror(errno));
	status = fn(ctx, out);
	err = finish(out, path);
	return status || !err ? status : cannot_write(path, err, e);
}

enum gmem_status output_write(const char *path, output_fn fn, void *ctx, struct gmem_error *e)
{
	char part[PATH_MAX];
	enum gmem_status status;

	if (is_stdout(path) || !is_replaced(path))
		return write_to(path, path, fn, ctx, e);
	if (snprintf(part, sizeof(part), "%s.part", path) >= (int)sizeof(part))
		return cannot_write(path, ENAMETOOLONG, e);
	status = write_to(part, path, fn, ctx, e);
	if (!status && rename(part, path))
		status = cannot_write(path, errno, e);
	if (status)
		unlink(part);
	return status;
}
