// SPDX-License-Identifier: GPL-2.0-only
/* Page tables, code, exception stubs and initial registers of a vCPU. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "boot.h"
#include "content.h"
#include "guest.h"
#include "kvm_uapi.h"

#define PML4_GPA BOOT_GPA
#define PDPT_GPA 0x2000ULL
#define GDT_GPA 0x3000ULL
#define IDT_GPA 0x3800ULL
#define CODE_GPA 0x4000ULL
#define VCPU_GPA 0x10000ULL
#define CODE_SIZE (VCPU_GPA - CODE_GPA)

/* Per vCPU: one page of stack, then the mailbox. */
#define VCPU_SIZE (GM_PAGE_SIZE + GM_MAILBOX_SIZE)

#define PTE_PRESENT (1ULL << 0)
#define PTE_WRITE (1ULL << 1)
#define PTE_ACCESSED (1ULL << 5)
#define PTE_DIRTY (1ULL << 6)
#define PTE_LARGE (1ULL << 7)
#define PTES_PER_TABLE 512

#define CR0_PE (1ULL << 0)
#define CR0_MP (1ULL << 1)
#define CR0_ET (1ULL << 4)
#define CR0_NE (1ULL << 5)
#define CR0_PG (1ULL << 31)
#define CR4_PAE (1ULL << 5)
#define EFER_LME (1ULL << 8)
#define EFER_LMA (1ULL << 10)
#define RFLAGS_FIXED (1ULL << 1)

#define SELECTOR_CODE 0x8
#define SELECTOR_DATA 0x10
#define GDT_CODE 0x00af9b000000ffffULL	/* 64-bit code, the same values as segment() sets */
#define GDT_DATA 0x00cf93000000ffffULL
#define GATE_INTERRUPT 0x8eULL

#define SEGMENT_CODE 0xb	/* execute, read, accessed */
#define SEGMENT_DATA 0x3	/* read, write, accessed */

#define CPUID_GBPAGES_LEAF 0x80000001
#define CPUID_GBPAGES_EDX (1U << 26)
#define CPUID_ENTRIES_MAX 256

uint64_t boot_size(unsigned int vcpus)
{
	return VCPU_GPA + vcpus * VCPU_SIZE - BOOT_GPA;
}

/*
 * Fills the GDT and the IDT, which serve to report exceptions only; the guest never reloads a
 * selector.
 */
static void fill_descriptors(uint64_t *gdt, uint64_t *idt)
{
	unsigned int i;

	gdt[SELECTOR_CODE / 8] = GDT_CODE;
	gdt[SELECTOR_DATA / 8] = GDT_DATA;
	for (i = 0; i < GM_NR_VECTORS; i++) {
		uint64_t entry = CODE_GPA + (guest_vectors - __start_guest_text) +
				 i * GM_VECTOR_SIZE;

		idt[2 * i] = (entry & 0xffff) | SELECTOR_CODE << 16 | GATE_INTERRUPT << 40 |
			     (entry >> 16 & 0xffff) << 48;
		idt[2 * i + 1] = entry >> 32;
	}
}

void boot_fill(uint8_t *boot)
{
	uint64_t *pml4 = (uint64_t *)(boot + PML4_GPA - BOOT_GPA);
	uint64_t *pdpt = (uint64_t *)(boot + PDPT_GPA - BOOT_GPA);
	size_t code_size = __stop_guest_text - __start_guest_text;
	uint64_t i;

	if (code_size > CODE_SIZE)
		abort();
	pml4[0] = PDPT_GPA | PTE_PRESENT | PTE_WRITE | PTE_ACCESSED;
	for (i = 0; i < PTES_PER_TABLE; i++)
		pdpt[i] = i << 30 | PTE_PRESENT | PTE_WRITE | PTE_ACCESSED | PTE_DIRTY | PTE_LARGE;
	fill_descriptors((uint64_t *)(boot + GDT_GPA - BOOT_GPA),
			 (uint64_t *)(boot + IDT_GPA - BOOT_GPA));
	memcpy(boot + CODE_GPA - BOOT_GPA, __start_guest_text, code_size);
}

uint64_t boot_mailbox_gpa(unsigned int vcpu)
{
	return VCPU_GPA + vcpu * VCPU_SIZE + GM_PAGE_SIZE;
}

struct gm_mailbox *boot_mailbox(uint8_t *boot, unsigned int vcpu)
{
	return (struct gm_mailbox *)(boot + boot_mailbox_gpa(vcpu) - BOOT_GPA);
}

void boot_describe_exception(const uint8_t *boot, int vcpu_fd, char *text, size_t size)
{
	/* vectors that push an error code: 8, 10 to 14, 17, 21, 29, 30 */
	const uint32_t with_error = 0x60227d00;
	struct kvm_sregs sregs = { 0 };
	struct kvm_regs regs = { 0 };
	uint64_t frame[3] = { 0 };

	ioctl(vcpu_fd, KVM_GET_REGS, &regs);
	ioctl(vcpu_fd, KVM_GET_SREGS, &sregs);
	if (regs.rsp >= VCPU_GPA && regs.rsp % 8 == 0)
		memcpy(frame, boot + regs.rsp - BOOT_GPA, sizeof(frame));
	snprintf(text, size, "exception %u at rip 0x%llx, error code 0x%llx, cr2 0x%llx",
		 (unsigned int)frame[0],
		 (unsigned long long)(with_error >> frame[0] & 1 ? frame[2] : frame[1]),
		 (unsigned long long)(with_error >> frame[0] & 1 ? frame[1] : 0),
		 (unsigned long long)sregs.cr2);
}

static int set_cpuid(int kvm_fd, int vcpu_fd, struct failure *failure)
{
	struct kvm_cpuid2 *cpuid;
	bool gbpages = false;
	unsigned int i;
	int r;

	cpuid = calloc(1, sizeof(*cpuid) + CPUID_ENTRIES_MAX * sizeof(cpuid->entries[0]));
	if (!cpuid)
		return fail(failure, EXIT_FAILED, "Free some memory.",
			    "cannot allocate CPUID entries: %s", strerror(ENOMEM));
	cpuid->nent = CPUID_ENTRIES_MAX;
	r = ioctl(kvm_fd, KVM_GET_SUPPORTED_CPUID, cpuid);
	for (i = 0; !r && i < cpuid->nent; i++)
		if (cpuid->entries[i].function == CPUID_GBPAGES_LEAF)
			gbpages = cpuid->entries[i].edx & CPUID_GBPAGES_EDX;
	if (!r)
		r = ioctl(vcpu_fd, KVM_SET_CPUID2, cpuid);
	free(cpuid);
	if (r)
		return fail(failure, EXIT_FAILED, "See the kernel log.",
			    "cannot set the CPUID of a vCPU: %s", strerror(errno));
	if (!gbpages)
		return fail(failure, EXIT_FAILED,
			    "Use a machine with them (QEMU: -cpu max or -cpu host).",
			    "cannot map the guest's memory: the CPU has no 1 GiB pages");
	return 0;
}

static struct kvm_segment segment(uint8_t type)
{
	return (struct kvm_segment){
		.limit = 0xffffffff,
		.selector = type == SEGMENT_CODE ? SELECTOR_CODE : SELECTOR_DATA,
		.type = type,
		.present = 1,
		.db = type != SEGMENT_CODE,
		.s = 1,
		.l = type == SEGMENT_CODE,
		.g = 1,
	};
}

static void set_long_mode(struct kvm_sregs *sregs)
{
	sregs->cr0 = CR0_PE | CR0_MP | CR0_ET | CR0_NE | CR0_PG;
	sregs->cr3 = PML4_GPA;
	sregs->cr4 = CR4_PAE;
	sregs->efer = EFER_LME | EFER_LMA;
	sregs->cs = segment(SEGMENT_CODE);
	sregs->ds = segment(SEGMENT_DATA);
	sregs->es = sregs->ds;
	sregs->fs = sregs->ds;
	sregs->gs = sregs->ds;
	sregs->ss = sregs->ds;
	sregs->gdt.base = GDT_GPA;
	sregs->gdt.limit = 3 * 8 - 1;
	sregs->idt.base = IDT_GPA;
	sregs->idt.limit = GM_NR_VECTORS * 16 - 1;
}

int boot_vcpu(int kvm_fd, int vcpu_fd, unsigned int vcpu, struct failure *failure)
{
	uint64_t entry = CODE_GPA + ((const char *)guest_main - __start_guest_text);
	struct kvm_regs regs = {
		.rip = entry,
		.rdi = boot_mailbox_gpa(vcpu),
		/*
		 * Stack as after a call instruction: the ABI puts it 8 bytes off a 16-byte
		 * boundary.
		 */
		.rsp = boot_mailbox_gpa(vcpu) - 8,
		.rflags = RFLAGS_FIXED,
	};
	struct kvm_sregs sregs;

	if (set_cpuid(kvm_fd, vcpu_fd, failure))
		return -1;
	if (ioctl(vcpu_fd, KVM_GET_SREGS, &sregs))
		goto failed;
	set_long_mode(&sregs);
	if (ioctl(vcpu_fd, KVM_SET_SREGS, &sregs) || ioctl(vcpu_fd, KVM_SET_REGS, &regs))
		goto failed;
	return 0;
failed:
	return fail(failure, EXIT_FAILED, "See the kernel log.",
		    "cannot set the registers of a vCPU: %s", strerror(errno));
}
