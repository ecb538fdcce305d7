// SPDX-License-Identifier: GPL-2.0-only
/* Kernel memory (kernel_memory.h). */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel_memory.h"

#define CGROUPS "/sys/fs/cgroup"

/* Returns the number that follows @key in a file of lines "KEY NUMBER", or -errno. */
static int64_t read_number(const char *path, const char *key)
{
	size_t length = strlen(key);
	int64_t number = -ENODATA;
	char line[256];
	FILE *in = fopen(path, "re");

	if (!in)
		return -errno;
	while (fgets(line, sizeof(line), in))
		if (!strncmp(line, key, length) && line[length] == ' ')
			number = strtoll(line + length, NULL, 10);
	fclose(in);
	return number;
}

/* Writes the path of the cgroup's memory.stat. Returns 0 or -errno. */
static int stat_path(char *path, size_t size)
{
	char line[256] = "";
	FILE *in = fopen("/proc/self/cgroup", "re");
	int err = -ENODATA;

	if (!in)
		return -errno;
	while (err && fgets(line, sizeof(line), in)) {
		if (strncmp(line, "0::", 3))
			continue;
		line[strcspn(line, "\n")] = '\0';
		err = (size_t)snprintf(path, size, CGROUPS "%s/memory.stat", line + 3) < size ?
			0 : -ENAMETOOLONG;
	}
	fclose(in);
	return err;
}

/*
 * kfree_rcu() waits for 5 seconds before the grace period. Under --icount, time in which all sleep
 * passes at once.
 */
static void wait_for_rcu(void)
{
	for (int i = 0; i < 15; i++)
		sleep(1);
}

int64_t kernel_memory_charged(void)
{
	char path[512];
	int err = stat_path(path, sizeof(path));

	if (err)
		return err;
	wait_for_rcu();
	return read_number(path, "slab");
}
