/* SPDX-License-Identifier: GPL-2.0-only */
/* Log file of the kernel's console. Independent of its content. */
#ifndef GMEM_VM_CONSOLE_H
#define GMEM_VM_CONSOLE_H

#include <stdbool.h>

struct console {
	char path[512];
	int in;			/* for QEMU, opened to append */
	int out;		/* for the check after the run */
};

/* Opens @path, or if NULL a new file in the cache. Prints an error if it fails. */
bool console_open(struct console *c, const char *path);

#endif
