// SPDX-License-Identifier: GPL-2.0-only
/* An actor's requests to KVM and guest_memfd, valid and invalid. */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>

#include "../gmemload/kvm_uapi.h"
#include "actor_kvm.h"
#include "sys.h"

static long create_vm(uint64_t type)
{
	long kvm = sys(SYS_open, "/dev/kvm", O_RDWR | O_CLOEXEC, 0, 0), r;

	if (kvm < 0)
		return kvm;
	r = sys(SYS_ioctl, kvm, KVM_CREATE_VM, type, 0);
	sys_close((int)kvm);
	return r;
}

long actor_create(const struct order *o)
{
	struct kvm_create_guest_memfd file = { .size = o->a, .flags = o->b };

	switch (o->kind) {
	case O_CREATE_VM:
		return create_vm(o->a);
	case O_CREATE_VCPU:
		return sys(SYS_ioctl, actor_fd(o->other), KVM_CREATE_VCPU, o->a, 0);
	default:
		return sys_ioctl(actor_fd(o->other), KVM_CREATE_GUEST_MEMFD, &file);
	}
}

/*
 * Sets or deletes a memslot. The shared side is only an address: nothing touches it. It stays until
 * the process ends.
 */
static long set_slot(const struct order *o)
{
	struct kvm_userspace_memory_region2 region = {
		.slot = o->arg, .flags = KVM_MEM_GUEST_MEMFD, .guest_phys_addr = o->a << 12,
		.memory_size = o->b << 12, .guest_memfd_offset = o->c << 12,
	};
	long at;

	if (o->b) {
		at = sys_mmap(o->b << 12, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);
		if (at < 0 && at > -4096)
			return at;
		region.userspace_addr = (uint64_t)at;
		region.guest_memfd = (uint32_t)actor_fd(o->other);
	}
	switch (o->d) {
	case SLOT_BAD_FLAGS:
		region.flags |= 1U << 20;
		break;
	case SLOT_BAD_FD:
		region.guest_memfd = 0x7ffffff0;
		break;
	case SLOT_ODD_OFFSET:
		region.guest_memfd_offset += 0x200;
		break;
	case SLOT_WRONG_FILE:
		region.guest_memfd = (uint32_t)actor_fd(o->handle);
		break;
	}
	return sys_ioctl(actor_fd(o->handle), KVM_SET_USER_MEMORY_REGION2, &region);
}

static long flap(const struct order *o)
{
	struct order gone = *o, back = *o;
	long r = 0;

	gone.b = 0;
	gone.d = back.d = SLOT_PLAIN;
	for (uint64_t i = 0; !r && i < o->d; i++) {
		r = set_slot(&gone);
		if (!r)
			r = set_slot(&back);
	}
	return r;
}

static long convert(uint32_t handle, uint64_t address, uint64_t size, uint64_t attributes, uint64_t flags)
{
	struct kvm_memory_attributes a = { address, size, attributes, flags };

	return sys_ioctl(actor_fd(handle), KVM_SET_MEMORY_ATTRIBUTES, &a);
}

/*
 * Converts with an argument in a page that is not mapped yet: KVM faults it in, a BPF program that
 * reads it before KVM does gets nothing.
 */
static long convert_cold(const struct order *o)
{
	struct kvm_memory_attributes a = { o->a, o->b, o->c, o->d };
	long fd = sys(SYS_memfd_create, "argument", 0, 0, 0), at, r;

	if (fd < 0)
		return fd;
	r = sys(SYS_pwrite64, fd, &a, sizeof(a), 0);
	at = sys_mmap(4096, PROT_READ, MAP_SHARED, (int)fd);
	sys_close((int)fd);
	if (r < 0 || (at < 0 && at > -4096))
		return r < 0 ? r : at;
	r = sys_ioctl(actor_fd(o->handle), KVM_SET_MEMORY_ATTRIBUTES, (void *)at);
	sys(SYS_munmap, at, 4096, 0, 0);
	return r;
}

static long no_argument(const struct order *o)
{
	long at = sys_mmap(8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1), r;
	const void *arg = NULL;

	if (at < 0 && at > -4096)
		return at;
	sys(SYS_munmap, at + 4096, 4096, 0, 0);
	switch (o->a) {
	case BAD_UNMAPPED:
		arg = (void *)(at + 4096);
		break;
	case BAD_HALF:
		arg = (void *)(at + 4096 - 16);
		break;
	case BAD_KERNEL:
		arg = (void *)0xffff888000000000UL;
		break;
	}
	r = sys_ioctl(actor_fd(o->handle), KVM_SET_MEMORY_ATTRIBUTES, arg);
	sys(SYS_munmap, at, 4096, 0, 0);
	return r;
}

static long storm(const struct order *o)
{
	long done = 0;

	for (uint64_t i = 0; i < o->c; i++)
		done += !convert(o->handle, (o->a + i * o->b) << 12, 4096, o->d, 0);
	return done;
}

static long shuffle(const struct order *o)
{
	struct rng r = { o->c };
	uint64_t start, n, attributes;
	long done = 0;

	for (uint64_t i = 0; i < o->d; i++) {
		shuffle_next(&r, o->a, o->b, &start, &n, &attributes);
		done += !convert(o->handle, start << 12, n << 12, attributes, 0);
	}
	return done;
}

long actor_kvm(const struct order *o)
{
	switch (o->kind) {
	case O_SLOT:
		return set_slot(o);
	case O_FLAP:
		return flap(o);
	case O_CONVERT:
		return convert(o->handle, o->a, o->b, o->c, o->d);
	case O_COLD:
		return convert_cold(o);
	case O_NO_ARGUMENT:
		return no_argument(o);
	case O_STORM:
		return storm(o);
	case O_SHUFFLE:
		return shuffle(o);
	case O_FALLOCATE:
		return sys(SYS_fallocate, actor_fd(o->handle), o->arg, o->a, o->b);
	default:
		return -ENOSYS;
	}
}
