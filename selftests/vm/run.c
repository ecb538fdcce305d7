// SPDX-License-Identifier: GPL-2.0-only
/*
 * vm-run: boots a kernel in QEMU and runs one command in it. selftests/vm/run finds the kernel and
 * calls it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <errno.h>
#include <unistd.h>

#include "console.h"
#include "opts.h"
#include "report.h"
#include "session.h"
#include "splat.h"

/* Opens descriptors below 3 that are closed: they would become those of the log or the link. */
static void open_std(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd < 3);
	if (fd >= 0)
		close(fd);
}

static bool readable(const char *path)
{
	char what[512];

	if (!access(path, R_OK))
		return true;
	snprintf(what, sizeof(what), "cannot read %.400s: %s", path, strerror(errno));
	complain(what, "Leave --image out to have one built, or give the path of a bzImage");
	return false;
}

static int run_command(const struct opts *o)
{
	struct console c;
	struct verdict v;
	struct splat s;

	if (!readable(o->image) || !readable(o->initramfs) || !console_open(&c, o->log))
		return EXIT_NOVM;
	session_run(&v, o, c.in);
	splat_scan(&s, c.out);
	return report_verdict(&v, &s, c.path, o->argv[0]);
}

int main(int argc, char **argv)
{
	struct opts o;

	open_std();
	if (!opts_parse(&o, argc, argv))
		return o.mode == MODE_CHECK_LOG ? 2 : EXIT_NOVM;
	switch (o.mode) {
	case MODE_HELP:
		opts_help();
		return 0;
	case MODE_CHECK_ARGS:
		return 0;
	case MODE_CHECK_LOG:
		return splat_check(o.argv[0]);
	case MODE_RUN:
		break;
	}
	return run_command(&o);
}
