// SPDX-License-Identifier: GPL-2.0-only
/* Checks of shared memory by the host. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>

#include "verify.h"

#define CHUNK_PAGES 4096ULL

static const char todo[] =
	"The kernel lost, leaked or mixed up guest memory, or gmemload has a bug; "
	"the same seed repeats it.";

void verify_failed(struct failure *failure, const struct vm *vm, const char *who, uint64_t gpa,
		   uint64_t expected, uint64_t found)
{
	if (failure->code != EXIT_OK)
		return;
	fail(failure, EXIT_FAILED, todo,
	     "cannot verify memory of vm %u: the %s found 0x%016" PRIx64 " at gpa 0x%" PRIx64
	     ", not 0x%016" PRIx64, vm->index, who, found, gpa, expected);
}

static void verify_page(const struct vm *vm, struct counters *counters, const struct slot *slot,
			uint64_t page, struct failure *failure)
{
	const uint8_t *content = vm_shared_page(slot, page);
	uint32_t seq = vm->pages.seq[SIDE_SHARED][page];
	unsigned int i;

	counters->verified_pages++;
	for (i = 0; i < GM_PAGE_WORDS; i++) {
		uint64_t expected = gm_content(vm->salt, GM_RAM_GFN + page, seq, i);
		uint64_t found;

		memcpy(&found, content + i * GM_WORD_STRIDE, sizeof(found));
		if (found == expected)
			continue;
		counters->verify_failures++;
		verify_failed(failure, vm, "host", vm_page_gpa(page) + i * GM_WORD_STRIDE,
			      expected, found);
		return;
	}
}

void verify_shared_content(const struct vm *vm, struct counters *counters, uint64_t start,
			   uint64_t npages, struct failure *failure)
{
	uint64_t end = start + npages;
	struct page_extent extent;
	const struct slot *slot;

	while (pagestate_next_populated(&vm->pages, SIDE_SHARED, start, end, &extent)) {
		for (start = extent.start; start < extent.start + extent.npages; start++) {
			vm_slot_piece(vm, start, 1, &slot);
			verify_page(vm, counters, slot, start, failure);
		}
	}
}

static void verify_absence_in(const struct vm *vm, struct counters *counters,
			      const struct slot *slot, struct page_extent piece,
			      struct failure *failure)
{
	unsigned char resident[CHUNK_PAGES];
	uint64_t i;

	if (mincore(vm_shared_page(slot, piece.start), piece.npages << GM_PAGE_SHIFT, resident)) {
		counters->verify_failures++;
		fail(failure, EXIT_FAILED, "See the message for the reason.",
		     "cannot see which shared pages of vm %u exist: %s", vm->index,
		     strerror(errno));
		return;
	}
	for (i = 0; i < piece.npages; i++) {
		uint64_t page = piece.start + i;

		if (!(resident[i] & 1) || vm->pages.seq[SIDE_SHARED][page])
			continue;
		counters->verify_failures++;
		if (failure->code == EXIT_OK)
			fail(failure, EXIT_FAILED, todo,
			     "cannot verify memory of vm %u: the shared side of gpa 0x%" PRIx64
			     " exists, but nobody wrote it", vm->index, vm_page_gpa(page));
	}
}

void verify_shared_absence(const struct vm *vm, struct counters *counters,
			   struct failure *failure)
{
	struct page_extent piece;
	const struct slot *slot;
	uint64_t page;

	for (page = 0; page < vm->pages.npages; page += piece.npages) {
		uint64_t left = vm->pages.npages - page;

		piece = vm_slot_piece(vm, page, left < CHUNK_PAGES ? left : CHUNK_PAGES, &slot);
		verify_absence_in(vm, counters, slot, piece, failure);
	}
}
