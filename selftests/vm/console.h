/* SPDX-License-Identifier: GPL-2.0-only */
/* The file that takes the kernel's console. Knows nothing of what is in it. */
#ifndef GMEM_VM_CONSOLE_H
#define GMEM_VM_CONSOLE_H

#include <stdbool.h>

struct console {
	char path[512];
	int in;			/* for QEMU, appends */
	int out;		/* for reading it afterwards */
};

/* Opens path, or a new file in the cache when it is NULL; tells a failure itself. */
bool console_open(struct console *c, const char *path);

#endif
