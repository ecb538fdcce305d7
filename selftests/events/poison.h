/* SPDX-License-Identifier: GPL-2.0-only */
/* Pages that the kernel takes for bad ones. */
#ifndef GMEM_EVENTS_POISON_H
#define GMEM_EVENTS_POISON_H

#include <stdbool.h>
#include <stdint.h>

struct testvcpu;

/* Returns whether the kernel can inject memory errors. */
bool poison_possible(void);

/*
 * Has the guest touch a page that it has not mapped, and returns the page's frame number; skips the
 * test if KVM does not report it. Uses the trace instance of this process.
 */
uint64_t poison_find_pfn(struct testvcpu *vcpu, uint64_t gpa);

/* Reports a memory error of the page to the kernel. */
void poison_inject(uint64_t pfn);
void poison_undo(uint64_t pfn);

#endif
