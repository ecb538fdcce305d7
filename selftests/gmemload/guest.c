// SPDX-License-Identifier: GPL-2.0-only
/*
 * Code that runs inside the VM. It uses no library and no memory but its mailbox, its stack and the
 * pages that the mailbox names. It is copied to another address, so it may neither call out nor
 * refer to constants in memory (gmemload.mk checks the object for both).
 */
#include <stdbool.h>

#include "content.h"
#include "guest.h"
#include "kvm_uapi.h"
#include "mailbox.h"

#define GUEST_TEXT __attribute__((section("guest_text")))
#define GUEST_INLINE static inline __attribute__((always_inline))

/*
 * Exception stubs. The guest never causes exceptions on purpose, so each one is a bug: the stub
 * leaves the vector on the stack, on top of what the CPU has pushed, and exits to the host, which
 * does not re-enter.
 */
asm(".pushsection guest_text, \"ax\"\n"
    ".balign 16\n"
    ".globl guest_vectors\n"
    "guest_vectors:\n"
    ".set vector, 0\n"
    ".rept 32\n"
    "	.balign 16\n"
    "	pushq $vector\n"
    "	outb %al, $" GM_STRING(GM_PORT_EXCEPTION) "\n"
    "	hlt\n"
    "	.set vector, vector + 1\n"
    ".endr\n"
    ".popsection");

GUEST_INLINE void done(void)
{
	asm volatile("outb %%al, %0" : : "i"(GM_PORT_DONE), "a"(0) : "memory");
}

GUEST_INLINE uint64_t hypercall(bool use_vmmcall, uint64_t gpa, uint64_t npages, uint64_t attrs)
{
	uint64_t ret = KVM_HC_MAP_GPA_RANGE;

	if (use_vmmcall)
		asm volatile("vmmcall" : "+a"(ret) : "b"(gpa), "c"(npages), "d"(attrs) : "memory");
	else
		asm volatile("vmcall" : "+a"(ret) : "b"(gpa), "c"(npages), "d"(attrs) : "memory");
	return ret;
}

/*
 * Reads a word in a way that requires write access, so that the first touch of a page takes one
 * fault. A plain load would map a shared page to the zero page, and the write that follows would
 * make KVM flush all vCPUs' TLBs to replace it.
 *
 * For an alias address, the host finds the address in RDI and replaces it by that of the page
 * behind the alias; then the same instruction runs again.
 */
GUEST_INLINE uint64_t read_for_write(uint64_t gpa)
{
	uint64_t word = 0;

	asm volatile("lock xaddq %1, (%0)" : "+D"(gpa), "+a"(word) : : "memory");
	return word;
}

GUEST_INLINE volatile uint64_t *word_of(uint64_t gpa, unsigned int word)
{
	return (volatile uint64_t *)(gpa + word * GM_WORD_STRIDE);
}

GUEST_INLINE void verify_page(volatile struct gm_mailbox *mb, uint64_t gpa, uint32_t seq)
{
	bool bad = false;
	unsigned int i;

	for (i = 0; i < GM_PAGE_WORDS; i++) {
		uint64_t found = *word_of(gpa, i);
		uint64_t expected = gm_content(mb->salt, gpa >> GM_PAGE_SHIFT, seq, i);

		if (found == expected)
			continue;
		if (!bad && !mb->bad_pages) {
			mb->bad_gpa = gpa + i * GM_WORD_STRIDE;
			mb->bad_expected = expected;
			mb->bad_found = found;
		}
		bad = true;
	}
	if (bad)
		mb->bad_pages++;
}

GUEST_INLINE void write_page(volatile struct gm_mailbox *mb, uint64_t gpa, uint32_t seq)
{
	unsigned int i;

	for (i = 0; i < GM_PAGE_WORDS; i++)
		*word_of(gpa, i) = gm_content(mb->salt, gpa >> GM_PAGE_SHIFT, seq, i);
}

GUEST_INLINE void touch(volatile struct gm_mailbox *mb, volatile struct gm_item *item)
{
	uint64_t end = item->gpa + (item->npages << GM_PAGE_SHIFT);
	uint64_t gpa;

	for (gpa = item->gpa; gpa < end; gpa += GM_PAGE_SIZE) {
		if (item->flags & GM_ITEM_WRITE)
			read_for_write(gpa);
		if (item->flags & GM_ITEM_VERIFY)
			verify_page(mb, gpa, item->old_seq);
		if (item->flags & GM_ITEM_WRITE)
			write_page(mb, gpa, item->new_seq);
		mb->touched_pages++;
	}
}

GUEST_TEXT void guest_main(struct gm_mailbox *mailbox)
{
	volatile struct gm_mailbox *mb = mailbox;
	uint32_t i = 0;

	for (;;) {
		volatile struct gm_item *item = &mb->items[i++];

		if (i > mb->nr_items) {
			done();
			i = 0;
		} else if (item->op == GM_ITEM_TOUCH) {
			touch(mb, item);
		} else if (item->op == GM_ITEM_ACCESS) {
			read_for_write(item->gpa);
			i = 0;
		} else {
			bool to_private = item->flags & GM_ITEM_PRIVATE;

			mb->hypercall_ret = hypercall(mb->use_vmmcall, item->gpa, item->npages,
						      to_private ? KVM_MAP_GPA_RANGE_ENCRYPTED : 0);
			i = 0;
		}
	}
}
