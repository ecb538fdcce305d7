// SPDX-License-Identifier: GPL-2.0-only
/* Search for the virtio serial port by its name. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "guest.h"

#define PORTS	"/sys/class/virtio-ports"

static bool port_named(const char *dev, const char *want)
{
	char path[300], name[64] = "";
	ssize_t n = -1;
	int fd;

	snprintf(path, sizeof(path), PORTS "/%s/name", dev);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, name, sizeof(name) - 1);
		close(fd);
	}
	if (n <= 0)
		return false;
	name[strcspn(name, "\n")] = '\0';
	return !strcmp(name, want);
}

static int port_find(void)
{
	DIR *dir = opendir(PORTS);
	struct dirent *d;
	char path[300];
	int fd = -1;

	if (!dir)
		return -1;
	while (fd < 0 && (d = readdir(dir))) {
		if (d->d_name[0] == '.' || !port_named(d->d_name, FRAME_PORT))
			continue;
		snprintf(path, sizeof(path), "/dev/%s", d->d_name);
		fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	}
	closedir(dir);
	return fd;
}

static bool port_connected(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };

	return poll(&p, 1, 0) == 1 && (p.revents & POLLOUT) && !(p.revents & POLLHUP);
}

int guest_port_open(void)
{
	const struct timespec pause = { .tv_nsec = 2000000 };
	unsigned int tries = 0;
	int fd = -1;

	/*
	 * No time limit here: under icount the guest's clock runs ahead of the device, and the host
	 * gives up on a silent guest anyway.
	 */
	for (;;) {
		if (fd < 0)
			fd = port_find();
		if (fd >= 0 && port_connected(fd))
			return fd;
		if (++tries == 5000)
			guest_log("still waiting for the port %s", FRAME_PORT);
		nanosleep(&pause, NULL);
	}
}
