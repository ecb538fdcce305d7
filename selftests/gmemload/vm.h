/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A VM: its slots, guest_memfd files, address layout, boot memory and the state of its pages.
 *
 * Guest physical memory:
 *	4 KiB		boot slot, plain memory: page tables, code; per vCPU a stack and mailbox
 *	4 GiB		RAM: the gmem slots in sequence
 *	above that	alias windows: private attributes, no slot. For each vCPU
 *			one window "convert to private" and one "convert to shared", over
 *			the first pages of its slice
 */
#ifndef GMEMLOAD_VM_H
#define GMEMLOAD_VM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "content.h"
#include "counters.h"
#include "fail.h"
#include "mailbox.h"
#include "options.h"
#include "pagestate.h"

#define GM_RAM_GFN ((4ULL << 30) >> GM_PAGE_SHIFT)

struct gmem_file {
	int fd;
	uint64_t ino;
	uint64_t npages;
};

/* Slot; pages are relative to the start of RAM. */
struct slot {
	uint32_t id;
	struct page_extent pages;
	const struct gmem_file *file;
	uint64_t pgoff;
	uint8_t *shared;		/* mapping of the shared side in this process */
};

struct vm {
	const struct options *options;
	unsigned int index;
	pid_t pid;
	char name[16];			/* the process's comm */
	int kvm_fd;
	int vm_fd;
	uint64_t salt;
	bool use_vmmcall;
	uint8_t *boot;
	uint64_t boot_size;
	struct gmem_file *files;
	unsigned int nr_files;
	struct slot *slots;
	unsigned int nr_slots;
	struct page_extent windows;	/* gfns; npages 0: no windows */
	struct pagestate pages;
	struct counters counters;	/* counts of work outside the vCPU threads */
	uint64_t elapsed_ns;
};

/* Meaning of an address in an alias window. */
struct alias {
	uint64_t page;
	bool to_private;
};

/* Creates the VM with all its memory in its start state. */
int vm_create(struct vm *vm, const struct options *options, unsigned int index, int kvm_fd,
	      struct failure *failure);
void vm_destroy(struct vm *vm);

/* Returns the pages that a vCPU works on. */
struct page_extent vm_slice(const struct options *options, unsigned int vcpu);

/* Returns the part of [start, start + npages) that begins at start and lies in one slot. */
struct page_extent vm_slot_piece(const struct vm *vm, uint64_t start, uint64_t npages,
				 const struct slot **slot);

/* Returns the address of a page on the slot's shared side. */
uint8_t *vm_shared_page(const struct slot *slot, uint64_t page);

/* Return guest physical addresses. */
uint64_t vm_page_gpa(uint64_t page);
uint64_t vm_alias_gpa(const struct vm *vm, unsigned int vcpu, uint64_t page, bool to_private);
bool vm_alias(const struct vm *vm, unsigned int vcpu, uint64_t gpa, struct alias *alias);

#endif
