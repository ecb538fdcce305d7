/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Reader for small files of /proc and /sys. */
#ifndef GMEM_PROCFILE_H
#define GMEM_PROCFILE_H

#include <stddef.h>
#include <sys/types.h>

/*
 * Reads up to size - 1 bytes of a file, relative to directory @dir (or AT_FDCWD), and adds a NUL.
 * Returns the number of bytes, or -errno with an empty @buf.
 */
ssize_t gmem_procfile_at(int dir, const char *path, char *buf, size_t size);

#endif /* GMEM_PROCFILE_H */
