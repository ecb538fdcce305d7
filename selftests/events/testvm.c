// SPDX-License-Identifier: GPL-2.0-only
/* VMs of the tests. */
#include <cpuid.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../gmemload/boot.h"
#include "../gmemload/kvm.h"
#include "../gmemload/kvm_uapi.h"
#include "harness.h"
#include "testvm.h"

/* Slot number far from those of the tests. */
#define BOOT_SLOT 100

static void *map(uint64_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	CHECK(memory != MAP_FAILED);
	madvise(memory, size, MADV_NOHUGEPAGE);
	return memory;
}

uint64_t fdinfo_number(int fd, const char *key)
{
	char path[64], line[256];
	size_t n = strlen(key);
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = fopen(path, "re");
	CHECK(file);
	while (fgets(line, sizeof(line), file)) {
		if (strncmp(line, key, n) || line[n] != ':')
			continue;
		fclose(file);
		return strtoull(line + n + 1, NULL, 10);
	}
	test_fail("%s has no %s", path, key);
}

void testvm_create_type(struct testvm *vm, unsigned long type)
{
	struct failure failure;

	*vm = (struct testvm){ .kvm_fd = kvm_open(&failure) };
	if (vm->kvm_fd < 0)
		test_skip("%s", failure.what);
	vm->fd = ioctl(vm->kvm_fd, KVM_CREATE_VM, type);
	if (vm->fd < 0)
		test_fail("cannot create a VM: %s", strerror(errno));
	vm->id = fdinfo_number(vm->fd, "kvm-vm-id");
	vm->shared = map(RAM_SIZE);
}

void testvm_create(struct testvm *vm)
{
	testvm_create_type(vm, KVM_X86_SW_PROTECTED_VM);
}

int gmem_create(const struct testvm *vm, uint64_t size, uint64_t flags)
{
	struct kvm_create_guest_memfd create = { .size = size, .flags = flags };
	int fd = ioctl(vm->fd, KVM_CREATE_GUEST_MEMFD, &create);

	return fd < 0 ? -errno : fd;
}

int gmem_new(const struct testvm *vm, uint64_t size)
{
	int fd = gmem_create(vm, size, 0);

	if (fd < 0)
		test_fail("cannot create a guest_memfd: %s", strerror(-fd));
	return fd;
}

uint64_t gmem_ino(int gmem_fd)
{
	struct stat stat;

	CHECK(!fstat(gmem_fd, &stat));
	return stat.st_ino;
}

int gmem_punch(int gmem_fd, uint64_t offset, uint64_t size)
{
	return fallocate(gmem_fd, FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE, (off_t)offset,
			 (off_t)size) ? -errno : 0;
}

int gmem_allocate(int gmem_fd, uint64_t offset, uint64_t size)
{
	return fallocate(gmem_fd, FALLOC_FL_KEEP_SIZE, (off_t)offset, (off_t)size) ? -errno : 0;
}

static int set_region(const struct testvm *vm, struct kvm_userspace_memory_region2 *region)
{
	return ioctl(vm->fd, KVM_SET_USER_MEMORY_REGION2, region) ? -errno : 0;
}

static uint64_t shared_side(const struct testvm *vm, uint64_t gpa, uint64_t size)
{
	bool inside = gpa >= RAM_GPA && gpa + size <= RAM_GPA + RAM_SIZE;

	return (uintptr_t)vm->shared + (inside ? gpa - RAM_GPA : 0);
}

int slot_bind(const struct testvm *vm, uint32_t slot, uint64_t gpa, uint64_t size, int gmem_fd,
	      uint64_t offset)
{
	struct kvm_userspace_memory_region2 region = {
		.slot = slot,
		.flags = KVM_MEM_GUEST_MEMFD,
		.guest_phys_addr = gpa,
		.memory_size = size,
		.userspace_addr = shared_side(vm, gpa, size),
		.guest_memfd = gmem_fd,
		.guest_memfd_offset = offset,
	};

	return set_region(vm, &region);
}

int slot_plain(const struct testvm *vm, uint32_t slot, uint64_t gpa, uint64_t size)
{
	struct kvm_userspace_memory_region2 region = {
		.slot = slot,
		.guest_phys_addr = gpa,
		.memory_size = size,
		.userspace_addr = shared_side(vm, gpa, size),
	};

	return set_region(vm, &region);
}

int slot_delete(const struct testvm *vm, uint32_t slot)
{
	struct kvm_userspace_memory_region2 region = { .slot = slot };

	return set_region(vm, &region);
}

int attributes_set(const struct testvm *vm, uint64_t gpa, uint64_t size, uint64_t attributes,
		   uint64_t flags)
{
	struct kvm_memory_attributes set = {
		.address = gpa,
		.size = size,
		.attributes = attributes,
		.flags = flags,
	};

	return ioctl(vm->fd, KVM_SET_MEMORY_ATTRIBUTES, &set) ? -errno : 0;
}

int set_private(const struct testvm *vm, uint64_t gpa, uint64_t size)
{
	return attributes_set(vm, gpa, size, KVM_MEMORY_ATTRIBUTE_PRIVATE, 0);
}

int set_shared(const struct testvm *vm, uint64_t gpa, uint64_t size)
{
	return attributes_set(vm, gpa, size, 0, 0);
}

void testvm_forward_hypercalls(const struct testvm *vm)
{
	struct kvm_enable_cap cap = {
		.cap = KVM_CAP_EXIT_HYPERCALL,
		.args = { 1 << KVM_HC_MAP_GPA_RANGE },
	};

	CHECK(!ioctl(vm->fd, KVM_ENABLE_CAP, &cap));
}

static void add_boot_slot(struct testvm *vm)
{
	struct kvm_userspace_memory_region2 region = {
		.slot = BOOT_SLOT,
		.guest_phys_addr = BOOT_GPA,
		.memory_size = boot_size(TESTVM_VCPUS_MAX),
	};

	vm->boot = map(region.memory_size);
	boot_fill(vm->boot);
	region.userspace_addr = (uintptr_t)vm->boot;
	CHECK_EQ(set_region(vm, &region), 0);
}

void vcpu_create(struct testvm *vm, struct testvcpu *vcpu, unsigned int id)
{
	int size = ioctl(vm->kvm_fd, KVM_GET_VCPU_MMAP_SIZE, 0);
	struct failure failure;

	CHECK(id < TESTVM_VCPUS_MAX);
	if (!vm->boot)
		add_boot_slot(vm);
	*vcpu = (struct testvcpu){ .id = id, .mailbox = boot_mailbox(vm->boot, id) };
	vcpu->fd = ioctl(vm->fd, KVM_CREATE_VCPU, id);
	if (vcpu->fd < 0)
		test_fail("cannot create vCPU %u: %s", id, strerror(errno));
	vcpu->run = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu->fd, 0);
	CHECK(vcpu->run != MAP_FAILED);
	if (boot_vcpu(vm->kvm_fd, vcpu->fd, id, &failure))
		test_fail("%s", failure.what);
	CHECK(!ioctl(vcpu->fd, KVM_GET_REGS, &vcpu->start));
}

void vcpu_prepare(struct testvcpu *vcpu, uint64_t gpa, uint64_t nr_pages)
{
	CHECK(!ioctl(vcpu->fd, KVM_SET_REGS, &vcpu->start));
	vcpu->mailbox->nr_items = 1;
	vcpu->mailbox->items[0] = (struct gm_item){
		.op = GM_ITEM_TOUCH,
		.flags = GM_ITEM_WRITE,
		.gpa = gpa,
		.npages = nr_pages,
	};
}

int vcpu_run(struct testvcpu *vcpu)
{
	int r;

	do
		r = ioctl(vcpu->fd, KVM_RUN, 0);
	while (r < 0 && errno == EINTR);
	if (r < 0)
		return -errno;
	if (vcpu->run->exit_reason == KVM_EXIT_IO && vcpu->run->io.port == GM_PORT_DONE)
		return 0;
	if (vcpu->run->exit_reason == KVM_EXIT_IO)
		test_fail("an exception in the guest");
	return (int)vcpu->run->exit_reason;
}

int vcpu_touch(struct testvcpu *vcpu, uint64_t gpa, uint64_t nr_pages)
{
	vcpu_prepare(vcpu, gpa, nr_pages);
	return vcpu_run(vcpu);
}

static bool cpu_uses_vmmcall(void)
{
	unsigned int max, vendor[3];

	__cpuid(0, max, vendor[0], vendor[2], vendor[1]);
	return !memcmp(vendor, "AuthenticAMD", 12) || !memcmp(vendor, "HygonGenuine", 12);
}

/* The guest's own code does not set all flags: run other code, behind the items of the mailbox. */
int vcpu_hypercall(struct testvcpu *vcpu, uint64_t nr, uint64_t gpa, uint64_t nr_pages, uint64_t flags)
{
	const uint8_t code[] = {
		0x0f, 0x01, cpu_uses_vmmcall() ? 0xd9 : 0xc1,	/* vmmcall or vmcall */
		0xe6, GM_PORT_DONE,				/* outb %al, $GM_PORT_DONE */
	};
	struct kvm_regs regs = vcpu->start;

	memcpy((uint8_t *)vcpu->mailbox + GM_MAILBOX_SIZE - sizeof(code), code, sizeof(code));
	regs.rip = boot_mailbox_gpa(vcpu->id) + GM_MAILBOX_SIZE - sizeof(code);
	regs.rax = nr;
	regs.rbx = gpa;
	regs.rcx = nr_pages;
	regs.rdx = flags;
	CHECK(!ioctl(vcpu->fd, KVM_SET_REGS, &regs));
	return vcpu_run(vcpu);
}

uint64_t vcpu_answer(const struct testvcpu *vcpu)
{
	struct kvm_regs regs;

	CHECK(!ioctl(vcpu->fd, KVM_GET_REGS, &regs));
	return regs.rax;
}

int vcpu_prefault(const struct testvcpu *vcpu, uint64_t gpa, uint64_t size)
{
	struct kvm_pre_fault_memory range = { .gpa = gpa, .size = size };

	return ioctl(vcpu->fd, KVM_PRE_FAULT_MEMORY, &range) ? -errno : 0;
}
