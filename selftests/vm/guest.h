/* SPDX-License-Identifier: GPL-2.0-only */
/* Interfaces between the files of the guest's init. */
#ifndef GMEM_VM_GUEST_H
#define GMEM_VM_GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "frame.h"
#include "link.h"
#include "stream.h"

/*
 * Mount the tree (guest-mount.c): first what the port needs, then the rest. False with a reason in
 * @why.
 */
bool guest_mount_early(void);
bool guest_mount_root(char *why, size_t size);

/*
 * Loads the modules of a folder of the initramfs in the order of their names (guest-modules.c);
 * false with a reason in @why. A missing folder counts as empty.
 */
#define GUEST_MODULES_BOOT	"/modules/boot"
#define GUEST_MODULES_KVM	"/modules/kvm"
bool guest_load_modules(const char *dir, char *why, size_t size);

/* Returns an open port whose host end is connected (guest-port.c). Waits without limit. */
int guest_port_open(void);

/* guest-cmd.c */
struct command {
	pid_t pid;		/* also its process group; 0: not started, or reaped */
	bool started;
	uint32_t status;	/* once reaped */
	uint32_t exec_errno;
	int tty, tty_slave;	/* -1 without a pty */
	struct sink in;
	struct source out, err;
};

void command_init(struct command *c);
/* Starts the command of an EXEC frame; false with a reason in @why. */
bool command_start(struct command *c, const struct frame *f, const char *payload,
		   char *why, size_t size);
void command_resize(const struct command *c, const struct frame *f, const char *payload);
void command_reaped(struct command *c, int wstatus);

/* Prints a line on the console (init.c). */
void guest_log(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
