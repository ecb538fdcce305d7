/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Next work of a vCPU's guest: the pages it touches after a conversion, the conversion that
 * follows, and the mailbox items of both. Independent of KVM_RUN, exits and clocks.
 *
 * The page state is updated as items are handed out: the guest always completes its list, and a run
 * in which it does not fails and writes no ledger.
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
	uint32_t seq;			/* sequence number of the last write */
	struct page_extent touch;	/* pages not handed out yet */
	uint32_t touch_flags;		/* GM_ITEM_* */
	uint64_t begun;			/* number of conversions drawn from the pattern */
	bool has_next;
	struct conversion next;		/* drawn, not converted yet */
	uint64_t handed_pages;		/* pages of all TOUCH items so far */
	uint64_t verified_pages;	/* those with GM_ITEM_VERIFY */
};

void feed_init(struct feed *feed, struct vm *vm, unsigned int vcpu, struct gm_mailbox *mailbox);

/* Draws the next conversion into feed->next; false once --count is reached. */
bool feed_draw(struct feed *feed);

/* Plans the touches that follow a successful conversion. */
void feed_touch(struct feed *feed, const struct conversion *conversion);

/* Plans a check of every page that is populated on its accessible side. */
void feed_verify_all(struct feed *feed);

/* Begins a new list with as many planned touches as fit; false if some are left. */
bool feed_fill(struct feed *feed);

/* Appends feed->next, which the guest performs, to the list. */
void feed_add_conversion(struct feed *feed);

#endif
