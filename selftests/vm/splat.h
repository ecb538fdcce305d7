/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds kernel complaints in a console log. Knows nothing of VMs. */
#ifndef GMEM_VM_SPLAT_H
#define GMEM_VM_SPLAT_H

#include <stdbool.h>

struct splat {
	int err;		/* errno: the log could not be read or is empty */
	bool found;
	unsigned long line;	/* number of the first complaint */
	char text[256];		/* and the line itself */
	bool up, down;		/* init's marks were seen */
	char last[256];		/* last line that is not empty */
};

/* Reads fd from its beginning. */
void splat_scan(struct splat *s, int fd);

/* splat-check FILE: prints the first complaint; 0 clean, 1 complaint, 2 unreadable. */
int splat_check(const char *path);

#endif
