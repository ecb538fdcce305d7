// SPDX-License-Identifier: GPL-2.0-only
/* Fault injection in slab allocations. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "failslab.h"
#include "harness.h"

#define FAILSLAB "/sys/kernel/debug/failslab"

static const struct {
	const char *name;
	const char *value;
} settings[] = {
	{ "task-filter", "Y" },
	{ "probability", "100" },
	{ "interval", "1" },
	{ "space", "0" },
	{ "times", "-1" },
	{ "verbose", "0" },
	{ "cache-filter", "N" },
	/* Both names of the same switch: allocations that may wait for memory fail, too. */
	{ "ignore-gfp-wait", "N" },
	{ "ignore-gfp-reclaim", "N" },
};

void failslab_setup(struct failslab *fail)
{
	unsigned int i;

	fail->fd = open("/proc/thread-self/make-it-fail", O_WRONLY);
	if (access(FAILSLAB, F_OK) || fail->fd < 0)
		test_skip("the kernel has no fault injection (CONFIG_FAILSLAB)");
	for (i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		char path[128];
		int fd;

		snprintf(path, sizeof(path), FAILSLAB "/%s", settings[i].name);
		fd = open(path, O_WRONLY);
		if (fd < 0 && errno == ENOENT)
			continue;
		if (fd < 0 || write(fd, settings[i].value, strlen(settings[i].value)) < 0)
			test_fail("cannot write %s to %s: %s", settings[i].value, path,
				  strerror(errno));
		close(fd);
	}
}

void failslab_begin(const struct failslab *fail)
{
	CHECK_EQ(write(fail->fd, "1", 1), 1);
}

void failslab_end(const struct failslab *fail)
{
	CHECK_EQ(write(fail->fd, "0", 1), 1);
}
