/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * VMs for the tests: memslots, guest_memfds and vCPUs by single ioctls, valid and invalid.
 *
 * Functions that return int return KVM's result: 0 or -errno. The others end the test if they fail.
 */
#ifndef GMEM_EVENTS_TESTVM_H
#define GMEM_EVENTS_TESTVM_H

#include <stdbool.h>
#include <stdint.h>
#include <linux/kvm.h>

#define PAGE 4096UL
#define MIB (1UL << 20)

/* Location of slots. Their shared side is as large as RAM_SIZE; only one test touches it on the host. */
#define RAM_GPA (4UL << 30)
#define RAM_GFN (RAM_GPA / PAGE)
#define RAM_SIZE (1UL << 30)

#define TESTVM_VCPUS_MAX 4

/* Linux 6.18 */
#ifndef GUEST_MEMFD_FLAG_MMAP
#define GUEST_MEMFD_FLAG_MMAP (1ULL << 0)
#define GUEST_MEMFD_FLAG_INIT_SHARED (1ULL << 1)
#endif

struct testvm {
	int kvm_fd;
	int fd;
	uint64_t id;		/* kvm-vm-id, the "vm" of every event */
	uint8_t *boot;		/* NULL until there is a vCPU */
	uint8_t *shared;
};

struct testvcpu {
	int fd;
	unsigned int id;
	struct kvm_run *run;
	struct gm_mailbox *mailbox;
	struct kvm_regs start;
};

/* Creates a VM with private memory; skips the test if the machine does not support it. */
void testvm_create(struct testvm *vm);
/* Creates a VM of any type, in which no vCPU can run. */
void testvm_create_type(struct testvm *vm, unsigned long type);

/* Returns a number from /proc/self/fdinfo. */
uint64_t fdinfo_number(int fd, const char *key);

/* Creates a guest_memfd; returns its descriptor or -errno. */
int gmem_create(const struct testvm *vm, uint64_t size, uint64_t flags);
/* Creates a guest_memfd; ends the test if that fails. */
int gmem_new(const struct testvm *vm, uint64_t size);
uint64_t gmem_ino(int gmem_fd);
int gmem_punch(int gmem_fd, uint64_t offset, uint64_t size);
int gmem_allocate(int gmem_fd, uint64_t offset, uint64_t size);

int slot_bind(const struct testvm *vm, uint32_t slot, uint64_t gpa, uint64_t size, int gmem_fd,
	      uint64_t offset);
/* Sets a slot without guest_memfd. */
int slot_plain(const struct testvm *vm, uint32_t slot, uint64_t gpa, uint64_t size);
int slot_delete(const struct testvm *vm, uint32_t slot);

int attributes_set(const struct testvm *vm, uint64_t gpa, uint64_t size, uint64_t attributes,
		   uint64_t flags);
int set_private(const struct testvm *vm, uint64_t gpa, uint64_t size);
int set_shared(const struct testvm *vm, uint64_t gpa, uint64_t size);

/* Has KVM_RUN return with the guest's KVM_HC_MAP_GPA_RANGE. */
void testvm_forward_hypercalls(const struct testvm *vm);

void vcpu_create(struct testvm *vm, struct testvcpu *vcpu, unsigned int id);
/*
 * Has the guest write to each page. Returns 0, -errno of KVM_RUN, or the reason of another exit (>
 * 0); the next call starts over. Must not be called after an exit for MMIO.
 */
int vcpu_touch(struct testvcpu *vcpu, uint64_t gpa, uint64_t nr_pages);
/* Do the same in two steps: vcpu_run() calls KVM_RUN, and nothing else. */
void vcpu_prepare(struct testvcpu *vcpu, uint64_t gpa, uint64_t nr_pages);
int vcpu_run(struct testvcpu *vcpu);
/*
 * Has the guest call hypercall @nr. Returns KVM_EXIT_HYPERCALL if KVM forwards it to userspace, which
 * answers in kvm_run and calls vcpu_run(); 0 if KVM has answered it.
 */
int vcpu_hypercall(struct testvcpu *vcpu, uint64_t nr, uint64_t gpa, uint64_t nr_pages, uint64_t flags);
/* Returns the answer to the hypercall. */
uint64_t vcpu_answer(const struct testvcpu *vcpu);
/* KVM_PRE_FAULT_MEMORY (Linux 6.11). */
int vcpu_prefault(const struct testvcpu *vcpu, uint64_t gpa, uint64_t size);

#endif
