/* SPDX-License-Identifier: GPL-2.0-only */
/* Search for kernel complaints in a console log. Independent of VMs. */
#ifndef GMEM_VM_SPLAT_H
#define GMEM_VM_SPLAT_H

#include <stdbool.h>

struct splat {
	int err;		/* errno if the log could not be read or is empty */
	bool found;
	unsigned long line;	/* number of the first complaint */
	char text[256];		/* text of that line */
	bool up, down;		/* marks of init that were found */
	char last[256];		/* last line that is not empty */
};

/* Scans the log at @fd from its beginning. */
void splat_scan(struct splat *s, int fd);

/*
 * Checks a file (splat-check FILE): prints the first complaint; returns 0 clean, 1 complaint, 2
 * unreadable.
 */
int splat_check(const char *path);

#endif
