// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* File for the textfile collector of node_exporter. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "serve/serve.h"

/* Names a temporary file in the same folder, which the collector skips: its name does not end in .prom. */
static bool name_temporary(char temporary[PATH_MAX], const char *path)
{
	const char *slash = strrchr(path, '/');
	int folder = slash ? (int)(slash + 1 - path) : 0;

	return snprintf(temporary, PATH_MAX, "%.*s.%s.XXXXXX", folder, path, path + folder) < PATH_MAX;
}

/* Writes all, and closes. Returns 0 or -errno. */
static int write_all(int fd, const struct serve_text *t)
{
	int err = fchmod(fd, 0644) ? -errno : 0;

	for (size_t done = 0; !err && done < t->len; ) {
		ssize_t n = write(fd, t->text + done, t->len - done);

		if (n > 0)
			done += (size_t)n;
		else if (errno != EINTR)
			err = -errno;
	}
	return close(fd) && !err ? -errno : err;
}

static int replace(const char *path, const struct serve_text *t)
{
	char temporary[PATH_MAX];
	int fd, err;

	if (!name_temporary(temporary, path))
		return -ENAMETOOLONG;
	fd = mkstemp(temporary);	/* O_EXCL */
	if (fd < 0)
		return -errno;
	err = write_all(fd, t);
	if (!err && rename(temporary, path))
		err = -errno;
	if (err)
		unlink(temporary);
	return err;
}

enum gmem_status serve_textfile(const char *path, const struct serve_text *t, struct gmem_error *e)
{
	int err = replace(path, t);

	if (!err)
		return GMEM_OK;
	return gmem_fail(e, GMEM_E_IO, "Check that its folder exists, is writable for this user, and is not full.",
			 "cannot write %s: %s", path, strerror(-err));
}
