// SPDX-License-Identifier: GPL-2.0-only
/*
 * File systems of the guest: the host's root over 9p, or files of it that the initramfs carries, a
 * tmpfs above, and the kernel's own.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guest.h"

#define NEW_ROOT	"/new"

struct mount_point {
	const char *type, *dir, *source;
	unsigned long flags;
	const char *options;
	bool optional;		/* some kernels lack it */
};

static const struct mount_point early[] = {
	{ .type = "devtmpfs", .dir = "/dev" },
	{ .type = "sysfs", .dir = "/sys" },
};

/*
 * For a kernel without 9p: /lower is a folder of the initramfs that holds all files the command
 * needs.
 */
static const struct mount_point carried[] = {
	{ .type = NULL, .dir = NEW_ROOT, .source = "/lower", .flags = MS_BIND },
};

static const struct mount_point root[] = {
	{ .type = "9p", .dir = "/lower", .source = "root", .flags = MS_RDONLY,
	  .options = "trans=virtio,version=9p2000.L,msize=512000,cache=loose" },
	{ .type = "tmpfs", .dir = "/rw" },
	{ .type = "overlay", .dir = NEW_ROOT,
	  .options = "lowerdir=/lower,upperdir=/rw/upper,workdir=/rw/work" },
};

/* Mounts in the new root; /tmp stays the host's, seen through the overlay. */
static const struct mount_point tree[] = {
	{ .type = "proc", .dir = "/proc" },
	{ .type = "sysfs", .dir = "/sys" },
	{ .type = "devtmpfs", .dir = "/dev" },
	{ .type = "devpts", .dir = "/dev/pts", .options = "mode=620,gid=5,ptmxmode=666" },
	{ .type = "tmpfs", .dir = "/dev/shm", .options = "mode=1777" },
	{ .type = "tmpfs", .dir = "/run", .options = "mode=755" },
	{ .type = "mqueue", .dir = "/dev/mqueue", .optional = true },
	{ .type = "hugetlbfs", .dir = "/dev/hugepages", .optional = true },
	{ .type = "securityfs", .dir = "/sys/kernel/security", .optional = true },
	{ .type = "tracefs", .dir = "/sys/kernel/tracing", .optional = true },
	{ .type = "debugfs", .dir = "/sys/kernel/debug", .optional = true },
	{ .type = "bpf", .dir = "/sys/fs/bpf", .options = "mode=700", .optional = true },
	{ .type = "cgroup2", .dir = "/sys/fs/cgroup", .optional = true },
};

static int mount_one(const struct mount_point *m)
{
	const char *source = m->source ? m->source : m->type;

	/* Kernel file systems create their own mount points: mkdir may fail there. */
	mkdir(m->dir, 0755);
	if (!mount(source, m->dir, m->type, m->flags, m->options) || m->optional)
		return 0;
	return -errno;
}

static bool mount_table(const struct mount_point *m, size_t count, char *why, size_t size)
{
	size_t i;
	int err;

	for (i = 0; i < count; i++) {
		err = mount_one(&m[i]);
		if (!err && !strcmp(m[i].dir, "/rw")) {
			mkdir("/rw/upper", 0755);
			mkdir("/rw/work", 0755);
		}
		if (!err)
			continue;
		snprintf(why, size, "cannot mount %s on %s: %s",
			 m[i].type ? m[i].type : m[i].source, m[i].dir,
			 strerror(-err));
		return false;
	}
	return true;
}

#define TABLE(t) (t), sizeof(t) / sizeof((t)[0])

bool guest_mount_early(void)
{
	char why[160];

	return mount_table(TABLE(early), why, sizeof(why));
}

static bool switch_root(char *why, size_t size)
{
	if (!chdir(NEW_ROOT) && !mount(".", "/", NULL, MS_MOVE, NULL) &&
	    !chroot(".") && !chdir("/"))
		return true;
	snprintf(why, size, "cannot switch to the new root: %s", strerror(errno));
	return false;
}

/* Creates links that shells and scripts expect and devtmpfs lacks. */
static void dev_links(void)
{
	(void)!symlink("/proc/self/fd", "/dev/fd");
	(void)!symlink("/proc/self/fd/0", "/dev/stdin");
	(void)!symlink("/proc/self/fd/1", "/dev/stdout");
	(void)!symlink("/proc/self/fd/2", "/dev/stderr");
}

static bool mount_new_root(char *why, size_t size)
{
	if (!access("/lower", F_OK))
		return mount_table(TABLE(carried), why, size);
	return mount_table(TABLE(root), why, size);
}

bool guest_mount_root(char *why, size_t size)
{
	umask(022);
	if (!mount_new_root(why, size) || !switch_root(why, size) ||
	    !mount_table(TABLE(tree), why, size))
		return false;
	dev_links();
	/* /run is new; programs that lock there expect these folders. */
	mkdir("/run/lock", 01777);
	chmod("/run/lock", 01777);
	return true;
}
