/* SPDX-License-Identifier: GPL-2.0-only */
/* Owns: failing allocations of this thread. Must not know what allocates. */
#ifndef GMEM_EVENTS_FAILSLAB_H
#define GMEM_EVENTS_FAILSLAB_H

/*
 * From begin to end every slab allocation that the kernel makes for this thread fails. Only one
 * system call should be between them. setup skips the test if the kernel cannot do this.
 */
struct failslab {
	int fd;
};

void failslab_setup(struct failslab *fail);
void failslab_begin(const struct failslab *fail);
void failslab_end(const struct failslab *fail);

#endif
