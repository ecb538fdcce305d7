// SPDX-License-Identifier: GPL-2.0-only
#include <err.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../gmemload/kvm_uapi.h"
#include "scout.h"

static bool binds(int vm, int fd)
{
	void *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct kvm_userspace_memory_region2 region = {
		.flags = KVM_MEM_GUEST_MEMFD, .memory_size = 4096, .userspace_addr = (uintptr_t)at,
		.guest_memfd = (uint32_t)fd,
	};
	bool ok = !ioctl(vm, KVM_SET_USER_MEMORY_REGION2, &region);

	region.memory_size = 0;
	if (ok)
		ioctl(vm, KVM_SET_USER_MEMORY_REGION2, &region);
	munmap(at, 4096);
	return ok;
}

static void scout_vm(struct powers *p, int vm, enum vm_type type)
{
	for (unsigned int flags = 0; flags < 4; flags++) {
		struct kvm_create_guest_memfd create = { .size = 4096, .flags = flags };
		int fd = ioctl(vm, KVM_CREATE_GUEST_MEMFD, &create);

		p->create[type][flags] = fd >= 0;
		if (fd < 0)
			continue;
		p->bind[type][flags] = binds(vm, fd);
		close(fd);
	}
}

void scout(struct powers *p)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);

	if (kvm < 0)
		err(4, "cannot open /dev/kvm");
	for (int type = VM_DEFAULT; type <= VM_PROTECTED; type++) {
		int vm = ioctl(kvm, KVM_CREATE_VM, type);

		if (vm < 0)
			err(4, "KVM_CREATE_VM of type %d", type);
		scout_vm(p, vm, (enum vm_type)type);
		close(vm);
	}
	close(kvm);
}
