/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Small files of /proc and /sys, read at once. */
#ifndef GMEM_PROCFILE_H
#define GMEM_PROCFILE_H

#include <stddef.h>
#include <sys/types.h>

/*
 * Reads up to size - 1 bytes of a file of folder dir (AT_FDCWD: path is whole), and puts
 * a NUL behind them. Returns how many, or -errno; buf is "" then.
 */
ssize_t gmem_procfile_at(int dir, const char *path, char *buf, size_t size);

#endif /* GMEM_PROCFILE_H */
