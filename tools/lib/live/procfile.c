// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "live/procfile.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

ssize_t gmem_procfile_at(int dir, const char *path, char *buf, size_t size)
{
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	size_t len = 0;
	ssize_t n = 0;

	buf[0] = '\0';
	if (fd < 0)
		return -errno;
	/* A read of /proc yields at most a page. */
	while (len < size - 1 && (n = read(fd, buf + len, size - 1 - len)) > 0)
		len += (size_t)n;
	n = n < 0 ? -errno : (ssize_t)len;
	buf[n < 0 ? 0 : n] = '\0';
	close(fd);
	return n;
}
