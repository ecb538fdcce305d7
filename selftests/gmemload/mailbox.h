/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The page that host and guest of one vCPU share; both sides include this file. Only one side runs
 * at a time (the other waits in KVM_RUN or in an exit), so there is no locking.
 *
 * The list is the guest's next work. The guest starts at item 0 and reports the end of the list on
 * GM_PORT_DONE. A conversion is always the last item of its list: the host, in the exit that the
 * conversion caused, rewrites the list with what follows, and the guest starts at item 0 again. So
 * conversions run back to back in one KVM_RUN loop, and the expected content of a page is written
 * down after the conversion has succeeded, never guessed before.
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
	uint64_t touched_pages;		/* pages of all TOUCH items so far */
	uint64_t bad_pages;		/* pages with wrong content so far */
	/* first of them */
	uint64_t bad_gpa;
	uint64_t bad_expected;
	uint64_t bad_found;
	uint64_t hypercall_ret;		/* result of the last CONVERT */
	struct gm_item items[];
};

#define GM_MAILBOX_SIZE 4096
#define GM_MAILBOX_ITEMS \
	((GM_MAILBOX_SIZE - sizeof(struct gm_mailbox)) / sizeof(struct gm_item))

#endif
