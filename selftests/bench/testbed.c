// SPDX-License-Identifier: GPL-2.0-only
/* VM under measurement. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../gmemload/kvm.h"
#include "../gmemload/kvm_uapi.h"
#include "testbed.h"

#define SLOT_ID 0
#define SECOND_SLOT_ID 1

static int create_file(const struct testbed *t, uint64_t size)
{
	struct kvm_create_guest_memfd create = { .size = size };

	if (t->shape.huge_pages &&
	    ioctl(t->vm_fd, KVM_CHECK_EXTENSION, KVM_CAP_GUEST_MEMFD_HUGE_PAGES) > 0)
		create.flags = GUEST_MEMFD_FLAG_HUGE_PAGES;
	return ioctl(t->vm_fd, KVM_CREATE_GUEST_MEMFD, &create);
}

/* Sets a slot; @size 0 deletes it. */
static int set_slot(const struct testbed *t, uint32_t id, uint64_t gpa, uint64_t size, int file)
{
	struct kvm_userspace_memory_region2 region = {
		.slot = id,
		.flags = size ? KVM_MEM_GUEST_MEMFD : 0,
		.guest_phys_addr = gpa,
		.memory_size = size,
		.userspace_addr = (uintptr_t)t->shared,
		.guest_memfd = size ? file : 0,
	};

	return ioctl(t->vm_fd, KVM_SET_USER_MEMORY_REGION2, &region);
}

static int failed(struct testbed *t, struct failure *failure, const char *what)
{
	int error = errno;

	testbed_close(t);
	return fail(failure, EXIT_FAILED, "See the kernel log; is there a GiB of memory?",
		    "cannot %s: %s", what, strerror(error));
}

/* Reserves addresses for the shared side. */
static void *map_shared(uint64_t size)
{
	char *start = mmap(NULL, size + TESTBED_BLOCK, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	uintptr_t excess;

	if (start == MAP_FAILED)
		return MAP_FAILED;
	excess = -(uintptr_t)start % TESTBED_BLOCK;
	if (excess)
		munmap(start, excess);
	munmap(start + excess + size, TESTBED_BLOCK - excess);
	return start + excess;
}

int testbed_add_slot(const struct testbed *t)
{
	return set_slot(t, SLOT_ID, t->shape.gpa, t->shape.size, t->gmem_fd) ? -errno : 0;
}

int testbed_open_bare(struct testbed *t, const struct testbed_shape *shape,
		      struct failure *failure)
{
	*t = (struct testbed){ .vm_fd = -1, .gmem_fd = -1, .shape = *shape, .shared = MAP_FAILED };
	t->kvm_fd = kvm_open(failure);
	if (t->kvm_fd < 0)
		return -1;
	t->vm_fd = ioctl(t->kvm_fd, KVM_CREATE_VM, KVM_X86_SW_PROTECTED_VM);
	if (t->vm_fd < 0)
		return failed(t, failure, "create the VM");
	t->shared = map_shared(shape->size);
	if (t->shared == MAP_FAILED)
		return failed(t, failure, "map the shared side");
	t->gmem_fd = create_file(t, shape->size);
	if (t->gmem_fd < 0)
		return failed(t, failure, "create the guest_memfd");
	return 0;
}

int testbed_open(struct testbed *t, struct failure *failure)
{
	static const struct testbed_shape shape = { .gpa = TESTBED_GPA, .size = TESTBED_SLOT };

	if (testbed_open_bare(t, &shape, failure))
		return -1;
	if (testbed_add_slot(t))
		return failed(t, failure, "add the slot");
	return 0;
}

void testbed_close(struct testbed *t)
{
	if (t->gmem_fd >= 0)
		close(t->gmem_fd);
	if (t->vm_fd >= 0)
		close(t->vm_fd);
	if (t->shared != MAP_FAILED)
		munmap(t->shared, t->shape.size);
	close(t->kvm_fd);
}

int testbed_set_private(const struct testbed *t, uint64_t offset, uint64_t size, bool private)
{
	struct kvm_memory_attributes attributes = {
		.address = t->shape.gpa + offset,
		.size = size,
		.attributes = private ? KVM_MEMORY_ATTRIBUTE_PRIVATE : 0,
	};

	return ioctl(t->vm_fd, KVM_SET_MEMORY_ATTRIBUTES, &attributes) ? -errno : 0;
}

int testbed_punch(const struct testbed *t, uint64_t offset, uint64_t size)
{
	return fallocate(t->gmem_fd, FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE, (off_t)offset,
			 (off_t)size) ? -errno : 0;
}

int testbed_bind(const struct testbed *t)
{
	int file = create_file(t, TESTBED_BLOCK), err = 0;

	if (file < 0)
		return -errno;
	if (set_slot(t, SECOND_SLOT_ID, t->shape.gpa + t->shape.size, TESTBED_BLOCK, file) ||
	    set_slot(t, SECOND_SLOT_ID, t->shape.gpa + t->shape.size, 0, -1))
		err = -errno;
	close(file);
	return err;
}
