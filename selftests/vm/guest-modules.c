// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kernel modules that the initramfs carries for a distribution's kernel, loaded in the order of
 * their names.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guest.h"

/* Returns 0 or -errno; a module that is already loaded is no error. */
static int load_module(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (syscall(SYS_finit_module, fd, "", 0) && errno != EEXIST)
		err = -errno;
	close(fd);
	return err;
}

static int is_module(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

bool guest_load_modules(const char *dir, char *why, size_t size)
{
	struct dirent **names;
	int i, n = scandir(dir, &names, is_module, alphasort), err = 0;
	char path[512];

	/* Kernels built here need no modules and have no such folder. */
	if (n < 0)
		return true;
	for (i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]->d_name);
		if (!err) {
			err = load_module(path);
			if (err)
				snprintf(why, size, "cannot load %s: %s", names[i]->d_name, strerror(-err));
		}
		free(names[i]);
	}
	free(names);
	return !err;
}
