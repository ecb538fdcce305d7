/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns: what a vCPU's guest does next: which pages it touches after a conversion, which conversion
 * follows, and the writing of both into the mailbox. Must not know KVM_RUN, exits or clocks.
 *
 * The page state is updated as items are handed out: the guest always works off its list, and a run
 * in which it does not is a failed one without a ledger.
 */
#ifndef GMEMLOAD_FEED_H
#define GMEMLOAD_FEED_H

#include "vm.h"

struct feed {
	struct vm *vm;
	unsigned int vcpu;
	struct page_extent slice;
	struct gm_mailbox *mailbox;
	struct pattern pattern;
	struct rng touch_rng;
	uint32_t seq;			/* of the last write */
	struct page_extent touch;	/* pages not handed out yet */
	uint32_t touch_flags;		/* GM_ITEM_* */
	uint64_t begun;			/* conversions drawn from the pattern */
	bool has_next;
	struct conversion next;		/* drawn, not done yet */
	uint64_t handed_pages;		/* in TOUCH items, ever */
	uint64_t verified_pages;	/* of them with GM_ITEM_VERIFY */
};

void feed_init(struct feed *feed, struct vm *vm, unsigned int vcpu, struct gm_mailbox *mailbox);

/* The next conversion is in feed->next from now on; false if the count is reached. */
bool feed_draw(struct feed *feed);

/* The conversion has succeeded: the guest shall touch pages of it. */
void feed_touch(struct feed *feed, const struct conversion *conversion);

/* The guest shall look at every page that has content on the side it can access. */
void feed_verify_all(struct feed *feed);

/* Begins a new list with what fits of the touches; false if some are left. */
bool feed_fill(struct feed *feed);

/* Adds feed->next, which the guest is to do, to the list. */
void feed_add_conversion(struct feed *feed);

#endif
