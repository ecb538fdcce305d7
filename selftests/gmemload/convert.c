// SPDX-License-Identifier: GPL-2.0-only
/* Conversions and discards, with their counters. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "convert.h"
#include "kvm_uapi.h"
#include "verify.h"

static int set_attributes(const struct vm *vm, uint64_t gfn, uint64_t npages, bool to_private)
{
	struct kvm_memory_attributes attributes = {
		.address = gfn << GM_PAGE_SHIFT,
		.size = npages << GM_PAGE_SHIFT,
		.attributes = to_private ? KVM_MEMORY_ATTRIBUTE_PRIVATE : 0,
	};

	return ioctl(vm->vm_fd, KVM_SET_MEMORY_ATTRIBUTES, &attributes);
}

struct request {
	const struct vm *vm;
	const struct conversion *conversion;
	int err;
};

static void *run_request(void *arg)
{
	struct request *r = arg;
	const struct conversion *c = r->conversion;

	if (set_attributes(r->vm, GM_RAM_GFN + c->start, c->npages, c->to_private))
		r->err = errno;
	return NULL;
}

/*
 * Calls the ioctl on this thread, or with --other-thread on a second one that this one joins.
 * Returns 0 or a positive errno.
 */
static int call_ioctl(const struct vm *vm, const struct conversion *c)
{
	struct request r = { .vm = vm, .conversion = c };
	pthread_t thread;
	int err;

	if (!vm->options->other_thread) {
		run_request(&r);
		return r.err;
	}
	err = pthread_create(&thread, NULL, run_request, &r);
	if (err)
		return err;
	pthread_join(thread, NULL);
	return r.err;
}

static void count_conversion(struct counters *counters, enum origin origin, bool to_private,
			     uint64_t npages, uint64_t changed)
{
	struct conversion_count *count =
		&counters->conversions[origin][to_private ? SIDE_PRIVATE : SIDE_SHARED];

	if (!changed) {
		count->unchanged_count++;
		return;
	}
	count->count++;
	count->bytes += npages << GM_PAGE_SHIFT;
}

int convert_windows(struct vm *vm)
{
	if (set_attributes(vm, vm->windows.start, vm->windows.npages, true))
		return -1;
	count_conversion(&vm->counters, ORIGIN_SETUP, true, vm->windows.npages, vm->windows.npages);
	return 0;
}

int convert_slot_to_private(struct vm *vm, const struct slot *slot)
{
	uint64_t changed;

	if (set_attributes(vm, GM_RAM_GFN + slot->pages.start, slot->pages.npages, true))
		return -1;
	changed = pagestate_convert(&vm->pages, slot->pages.start, slot->pages.npages, true);
	count_conversion(&vm->counters, ORIGIN_SETUP, true, slot->pages.npages, changed);
	return 0;
}

static int punch(struct vm *vm, struct counters *counters, const struct slot *slot,
		 struct page_extent piece)
{
	uint64_t pgoff = slot->pgoff + piece.start - slot->pages.start;

	/* EAGAIN: a huge page could not be split yet, and nothing is removed. */
	while (fallocate(slot->file->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			 pgoff << GM_PAGE_SHIFT, piece.npages << GM_PAGE_SHIFT)) {
		if (errno != EAGAIN)
			return -1;
		counters->punches_again++;
	}
	counters->punches++;
	counters->punched_bytes += piece.npages << GM_PAGE_SHIFT;
	counters->freed_pages += pagestate_discard(&vm->pages, SIDE_PRIVATE, piece.start,
						   piece.npages);
	return 0;
}

static int discard_shared(struct vm *vm, struct counters *counters, const struct slot *slot,
			  struct page_extent piece)
{
	if (madvise(vm_shared_page(slot, piece.start), piece.npages << GM_PAGE_SHIFT,
		    MADV_DONTNEED))
		return -1;
	counters->shared_discards++;
	counters->shared_discarded_bytes += piece.npages << GM_PAGE_SHIFT;
	pagestate_discard(&vm->pages, SIDE_SHARED, piece.start, piece.npages);
	return 0;
}

static int discard(struct vm *vm, struct counters *counters, uint64_t start, uint64_t npages,
		   enum page_side side)
{
	uint64_t end = start + npages;
	const struct slot *slot;
	struct page_extent piece;
	int r = 0;

	for (; !r && start < end; start += piece.npages) {
		piece = vm_slot_piece(vm, start, end - start, &slot);
		r = side == SIDE_PRIVATE ? punch(vm, counters, slot, piece) :
					   discard_shared(vm, counters, slot, piece);
	}
	return r;
}

static int convert_piece(struct vm *vm, struct counters *counters, const struct conversion *c,
			 struct failure *failure)
{
	const struct options *o = vm->options;
	int r = call_ioctl(vm, c);
	uint64_t changed;

	if (r) {
		counters->failed_conversions++;
		return -r;
	}
	changed = pagestate_convert(&vm->pages, c->start, c->npages, c->to_private);
	count_conversion(counters, c->origin, c->to_private, c->npages, changed);

	if (c->to_private && o->discard_shared) {
		/* Last chance to verify what the guest left there. */
		verify_shared_content(vm, counters, c->start, c->npages, failure);
		r = discard(vm, counters, c->start, c->npages, SIDE_SHARED);
	} else if (!c->to_private && o->discard_private) {
		r = discard(vm, counters, c->start, c->npages, SIDE_PRIVATE);
	}
	if (!r)
		return 0;
	fail(failure, EXIT_FAILED, "See the kernel log.",
	     "cannot discard the side left by a conversion of vm %u: %s", vm->index,
	     strerror(errno));
	return -ECANCELED;
}

int convert(struct vm *vm, struct counters *counters, const struct conversion *c,
	    struct failure *failure)
{
	uint64_t most = vm->options->split_pages ? vm->options->split_pages : c->npages;
	struct conversion piece = *c;
	int r = 0;

	for (uint64_t done = 0; !r && done < c->npages; done += piece.npages) {
		piece.start = c->start + done;
		piece.npages = c->npages - done < most ? c->npages - done : most;
		r = convert_piece(vm, counters, &piece, failure);
	}
	return r;
}
