/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns: VMs as the tests need them: memslots, guest_memfds and vCPUs by single ioctls, good ones
 * and bad ones. Must not know tracing.
 *
 * Functions that return int return what KVM said: 0, or -errno. The others end the test if they
 * cannot do what they are for.
 */
#ifndef GMEM_EVENTS_TESTVM_H
#define GMEM_EVENTS_TESTVM_H

#include <stdbool.h>
#include <stdint.h>
#include <linux/kvm.h>

#define PAGE 4096UL
#define MIB (1UL << 20)

/* Where slots are. The host's side of them is as large as this, and never touched by the host. */
#define RAM_GPA (4UL << 30)
#define RAM_GFN (RAM_GPA / PAGE)
#define RAM_SIZE (1UL << 30)

#define TESTVM_VCPUS_MAX 4

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

/* The test is skipped if the machine cannot have such VMs. */
void testvm_create(struct testvm *vm);
/* Of any type; no vCPU can run in it. */
void testvm_create_type(struct testvm *vm, unsigned long type);

/* A number in /proc/self/fdinfo. */
uint64_t fdinfo_number(int fd, const char *key);

/* A file descriptor or -errno. */
int gmem_create(const struct testvm *vm, uint64_t size, uint64_t flags);
/* One that must succeed. */
int gmem_new(const struct testvm *vm, uint64_t size);
uint64_t gmem_ino(int gmem_fd);
int gmem_punch(int gmem_fd, uint64_t offset, uint64_t size);
int gmem_allocate(int gmem_fd, uint64_t offset, uint64_t size);

int slot_bind(const struct testvm *vm, uint32_t slot, uint64_t gpa, uint64_t size, int gmem_fd,
	      uint64_t offset);
/* Without guest_memfd. */
int slot_plain(const struct testvm *vm, uint32_t slot, uint64_t gpa, uint64_t size);
int slot_delete(const struct testvm *vm, uint32_t slot);

int attributes_set(const struct testvm *vm, uint64_t gpa, uint64_t size, uint64_t attributes,
		   uint64_t flags);
int set_private(const struct testvm *vm, uint64_t gpa, uint64_t size);
int set_shared(const struct testvm *vm, uint64_t gpa, uint64_t size);

void vcpu_create(struct testvm *vm, struct testvcpu *vcpu, unsigned int id);
/*
 * The guest writes to each page. 0, or -errno of KVM_RUN, or the reason of another exit (> 0); the
 * next call begins anew. After an exit for MMIO there must be none.
 */
int vcpu_touch(struct testvcpu *vcpu, uint64_t gpa, uint64_t nr_pages);
/* The same in two steps: only the second one is KVM_RUN, and nothing else. */
void vcpu_prepare(struct testvcpu *vcpu, uint64_t gpa, uint64_t nr_pages);
int vcpu_run(struct testvcpu *vcpu);

#endif
