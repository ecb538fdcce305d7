// SPDX-License-Identifier: GPL-2.0-only
/* EXEC frame: the command, its arguments and its environment. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "frame.h"
#include "request.h"
#include "term.h"

static bool goes_along(const char *var)
{
	static const char *const names[] = { "PATH=", "HOME=", "TERM=", "LANG=" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strncmp(var, names[i], strlen(names[i])))
			return true;
	return !strncmp(var, "GMEM_", 5);
}

static int put_string(struct buf *b, const char *s)
{
	return buf_put(b, s, strlen(s) + 1);
}

static int put_strings(struct buf *b, const struct opts *o, const char *cwd)
{
	int i, err = put_string(b, cwd);
	char **e;

	for (i = 0; !err && i < o->argc; i++)
		err = put_string(b, o->argv[i]);
	for (e = environ; !err && *e; e++)
		if (goes_along(*e))
			err = put_string(b, *e);
	return err;
}

static uint32_t count_env(void)
{
	uint32_t n = 0;
	char **e;

	for (e = environ; *e; e++)
		n += goes_along(*e);
	return n;
}

int request_build(struct buf *b, const struct opts *o, unsigned int flags)
{
	struct frame_exec x = { .flags = flags, .argc = o->argc, .envc = count_env() };
	char *cwd = getcwd(NULL, 0);
	struct timespec ts;
	int err;

	if (!cwd)
		return -errno;
	clock_gettime(CLOCK_REALTIME, &ts);
	x.realtime_ns = ts.tv_sec * 1000000000LL + ts.tv_nsec;
	term_size(&x.winsz);
	err = buf_put(b, &x, sizeof(x));
	if (!err)
		err = put_strings(b, o, cwd);
	if (!err && b->len > FRAME_PAYLOAD_MAX)
		err = -E2BIG;
	free(cwd);
	return err;
}
