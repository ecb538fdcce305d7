/* SPDX-License-Identifier: GPL-2.0-only */
/* Failing allocations of this thread. */
#ifndef GMEM_EVENTS_FAILSLAB_H
#define GMEM_EVENTS_FAILSLAB_H

/*
 * Makes every slab allocation of the kernel for this thread fail, from begin to end, with
 * preferably one system call between them. setup skips the test if the kernel lacks fault
 * injection.
 */
struct failslab {
	int fd;
};

void failslab_setup(struct failslab *fail);
void failslab_begin(const struct failslab *fail);
void failslab_end(const struct failslab *fail);

#endif
