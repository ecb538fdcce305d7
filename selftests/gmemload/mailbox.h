/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns: the page through which host and guest of one vCPU talk. Both sides include it; it must not
 * know either. Only one side runs at a time (the other waits in KVM_RUN or in an exit), so there is
 * no locking.
 *
 * The list is what the guest does next. The guest works from item 0; when nothing is left it says
 * so on GM_PORT_DONE. A conversion is always the last item of its list: the host, being in the exit
 * that the conversion caused, rewrites the list with what follows, and the guest begins at item 0
 * again. So conversions go back to back in one KVM_RUN loop, and what the guest must find in a page
 * is written down after the conversion has succeeded, never guessed before.
 */
#ifndef GMEMLOAD_MAILBOX_H
#define GMEMLOAD_MAILBOX_H

#include <stdint.h>

#define GM_PORT_DONE 0x80
#define GM_PORT_EXCEPTION 0x81

#define GM_STRING_(x) #x
#define GM_STRING(x) GM_STRING_(x)

enum gm_item_op {
	GM_ITEM_CONVERT,	/* hypercall over gpa, npages */
	GM_ITEM_ACCESS,		/* read of gpa, which lies in an alias window */
	GM_ITEM_TOUCH,		/* check and write gpa, npages */
};

#define GM_ITEM_PRIVATE 1	/* CONVERT: to private */
#define GM_ITEM_VERIFY 2	/* TOUCH: the pages must hold old_seq */
#define GM_ITEM_WRITE 4		/* TOUCH: write new_seq to them */

struct gm_item {
	uint32_t op;
	uint32_t flags;
	uint64_t gpa;
	uint64_t npages;
	uint32_t old_seq;
	uint32_t new_seq;
};

struct gm_mailbox {
	uint64_t salt;
	uint32_t use_vmmcall;
	uint32_t nr_items;
	uint64_t touched_pages;		/* by TOUCH items, ever */
	uint64_t bad_pages;		/* pages that did not hold what they must, ever */
	/* the first of them */
	uint64_t bad_gpa;
	uint64_t bad_expected;
	uint64_t bad_found;
	uint64_t hypercall_ret;		/* of the last CONVERT */
	struct gm_item items[];
};

#define GM_MAILBOX_SIZE 4096
#define GM_MAILBOX_ITEMS \
	((GM_MAILBOX_SIZE - sizeof(struct gm_mailbox)) / sizeof(struct gm_item))

#endif
