// SPDX-License-Identifier: GPL-2.0-only
/* Log file of the kernel's console. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "console.h"
#include "report.h"

#define KEEP_SECONDS	(7L * 24 * 3600)

static bool cache_dir(char *dir, size_t size)
{
	const char *own = getenv("GMEM_CACHE"), *xdg = getenv("XDG_CACHE_HOME");
	const char *home = getenv("HOME");
	int n;

	if (own && *own)
		n = snprintf(dir, size, "%s/log", own);
	else if (xdg && *xdg)
		n = snprintf(dir, size, "%s/gmem/log", xdg);
	else if (home && *home)
		n = snprintf(dir, size, "%s/.cache/gmem/log", home);
	else
		return false;
	return n > 0 && (size_t)n < size;
}

static void make_dirs(char *dir)
{
	char *p;

	for (p = dir + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		mkdir(dir, 0755);
		*p = '/';
	}
	mkdir(dir, 0755);
}

static bool is_old(int dirfd, const char *name, time_t now)
{
	size_t len = strlen(name);
	struct stat st;

	return len > 7 && !strncmp(name, "vm-", 3) && !strcmp(name + len - 4, ".log") &&
	       !fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) && S_ISREG(st.st_mode) &&
	       now - st.st_mtime > KEEP_SECONDS;
}

static void remove_old(const char *path)
{
	DIR *dir = opendir(path);
	time_t now = time(NULL);
	struct dirent *d;

	if (!dir)
		return;
	while ((d = readdir(dir)))
		if (is_old(dirfd(dir), d->d_name, now))
			unlinkat(dirfd(dir), d->d_name, 0);
	closedir(dir);
}

static bool choose_path(struct console *c)
{
	char dir[400], stamp[32];
	time_t now = time(NULL);
	struct tm tm;

	if (!cache_dir(dir, sizeof(dir)))
		return false;
	make_dirs(dir);
	remove_old(dir);
	localtime_r(&now, &tm);
	strftime(stamp, sizeof(stamp), "%Y%m%d-%H%M%S", &tm);
	snprintf(c->path, sizeof(c->path), "%s/vm-%s-%d.log", dir, stamp, (int)getpid());
	return true;
}

bool console_open(struct console *c, const char *path)
{
	char what[640];

	c->in = -1;
	c->out = -1;
	errno = ENOENT;
	if (path)
		snprintf(c->path, sizeof(c->path), "%s", path);
	else if (!choose_path(c))
		snprintf(c->path, sizeof(c->path), "the console log in the cache");
	c->in = open(c->path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
	if (c->in >= 0)
		c->out = open(c->path, O_RDONLY | O_CLOEXEC);
	if (c->out >= 0)
		return true;
	snprintf(what, sizeof(what), "cannot write %s: %s", c->path, strerror(errno));
	complain(what, "Give a file that can be written with --log, or set GMEM_CACHE");
	return false;
}
