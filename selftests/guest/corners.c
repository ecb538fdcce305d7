// SPDX-License-Identifier: GPL-2.0-only
/*
 * VMs whose files are difficult for a scan to find. Usage: corners MODE
 *   hide    a child holds the VM, too, and has another one. At a line of stdin the child closes it,
 *           and then the parent converts 300 single pages
 *   crowd   3 VMs, each with 4 guest_memfds of 12 slots, with holes between them
 *   many    a guest_memfd with 1500 bindings, whose only descriptor is in flight in a socket
 *   flight  a bound guest_memfd with 50 pages, whose only descriptor is in flight in a socket
 *   mapped  the same without any descriptor: the file is only mapped (Linux 6.18)
 *   backs   an unbound guest_memfd, mapped by a slot's userspace_addr. At each line of stdin the
 *           process touches page 3 of it, and then the guest touches page 0 (Linux 6.18)
 *   address0    a VM whose slot has userspace_addr 0. The process has memory there, from 64 KiB to 2 MiB
 *   no_address  the same, but the slot has no userspace address (variant full)
 *   default a VM with a guest_memfd. At the first line of stdin its memory becomes private by default, and it gets a slot
 *           (only with the patches of kernel/)
 *   huge    4 blocks of 2 MiB, in huge pages where the kernel has them (variant full). Mapped are block 0 and page 0 of
 *           block 2, which is shared in part; block 1 was, until a page of it was punched
 *   huge_no_address  the same in a slot without userspace address (variant full)
 *   refused a VM with a guest_memfd. At each line of stdin KVM refuses to create two more: one without
 *           pages, and one of 2 pages with unknown flags
 * Prints the PID that holds the VM and the inode, and "done" for each line of stdin; ends with stdin.
 * Prints "none" if the kernel lacks the feature.
 */
#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../gmemload/kvm_uapi.h"

/* Linux 6.18 */
#ifndef GUEST_MEMFD_FLAG_MMAP
#define GUEST_MEMFD_FLAG_MMAP		(1ULL << 0)
#define GUEST_MEMFD_FLAG_INIT_SHARED	(1ULL << 1)
#endif

#define PAGE		4096UL
#define BLOCK		(2UL << 20)
#define MAPPABLE	(GUEST_MEMFD_FLAG_MMAP | GUEST_MEMFD_FLAG_INIT_SHARED)

static int must(int r, const char *what)
{
	if (r < 0)
		err(1, "%s", what);
	return r;
}

static int new_vm(unsigned long type)
{
	int kvm = must(open("/dev/kvm", O_RDWR | O_CLOEXEC), "/dev/kvm");
	int vm = must(ioctl(kvm, KVM_CREATE_VM, type), "KVM_CREATE_VM");

	close(kvm);
	return vm;
}

static int new_gmem(int vm, unsigned long size, unsigned long flags)
{
	struct kvm_create_guest_memfd create = { .size = size, .flags = flags };
	int gmem = ioctl(vm, KVM_CREATE_GUEST_MEMFD, &create);

	if (gmem < 0 && flags) {
		puts("none");
		exit(0);
	}
	return must(gmem, "KVM_CREATE_GUEST_MEMFD");
}

/* Maps a file, or anonymous memory if @fd is negative. */
static void *map_memory(int fd, unsigned long size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | (fd < 0 ? MAP_ANONYMOUS : 0), fd, 0);

	if (p == MAP_FAILED)
		err(1, "mmap");
	return p;
}

/* Sets a slot; @gmem < 0: without guest_memfd. */
static void new_slot(int vm, unsigned int slot, unsigned long gpa, unsigned long size, void *memory,
		     int gmem, unsigned long offset)
{
	struct kvm_userspace_memory_region2 region = {
		.slot = slot, .flags = gmem < 0 ? 0 : KVM_MEM_GUEST_MEMFD, .guest_phys_addr = gpa,
		.memory_size = size, .userspace_addr = (unsigned long)memory,
		.guest_memfd = gmem < 0 ? 0 : gmem, .guest_memfd_offset = offset,
	};

	must(ioctl(vm, KVM_SET_USER_MEMORY_REGION2, &region), "KVM_SET_USER_MEMORY_REGION2");
}

/* Creates a VM with one slot and a guest_memfd of @size bytes. */
static int simple_vm(int *gmem, unsigned long size)
{
	int vm = new_vm(KVM_X86_SW_PROTECTED_VM);

	*gmem = new_gmem(vm, size, 0);
	new_slot(vm, 0, 0, size, map_memory(-1, size), *gmem, 0);
	return vm;
}

static void fill(int gmem)
{
	must(fallocate(gmem, FALLOC_FL_KEEP_SIZE, 0, 50 * PAGE), "fallocate");
}

static void print_owner(int gmem)
{
	struct stat st;

	must(fstat(gmem, &st), "fstat");
	printf("%d %lu\n", getpid(), (unsigned long)st.st_ino);
	fflush(stdout);
}

/* Calls @work for each line of stdin, until its end. */
static void serve(void (*work)(void *), void *arg)
{
	char c;

	while (read(0, &c, 1) > 0) {
		if (c != '\n' || !work)
			continue;
		work(arg);
		puts("done");
		fflush(stdout);
	}
}

static void convert_singly(void *vm)
{
	struct kvm_memory_attributes page = { .size = PAGE, .attributes = KVM_MEMORY_ATTRIBUTE_PRIVATE };

	for (unsigned long i = 0; i < 300; i++) {
		page.address = 2 * i * PAGE;
		must(ioctl(*(int *)vm, KVM_SET_MEMORY_ATTRIBUTES, &page), "KVM_SET_MEMORY_ATTRIBUTES");
	}
}

struct hidden {
	int vm;
	int gmem;
	volatile int go;
	volatile int closed;
};

/*
 * Runs in the child, whose PID is the highest of those that hold the VM: a scan of all processes
 * finds it last.
 */
static int close_in_child(void *arg)
{
	struct hidden *h = arg;
	int other;

	simple_vm(&other, BLOCK);
	while (!h->go)
		usleep(1000);
	close(h->vm);
	close(h->gmem);
	h->closed = 1;
	pause();
	return 0;
}

static void convert_hidden(void *arg)
{
	struct hidden *h = arg;

	h->go = 1;
	while (!h->closed)
		usleep(1000);
	convert_singly(&h->vm);
}

/*
 * Shares the VM with a child. KVM serves only processes with the VMM's memory, so the child has
 * that, but its own descriptor table.
 */
static void hide(void)
{
	static char stack[1 << 16];
	struct hidden h = { .go = 0 };
	pid_t child;

	h.vm = simple_vm(&h.gmem, 4 * BLOCK);
	child = must(clone(close_in_child, stack + sizeof(stack), CLONE_VM | SIGCHLD, &h), "clone");
	print_owner(h.gmem);
	serve(convert_hidden, &h);
	kill(child, SIGKILL);
	wait(NULL);
}

#define CROWD_VMS	3
#define CROWD_FILES	4
#define CROWD_SLOTS	12
#define CROWD_STRIDE	(64 * PAGE)	/* from slot to slot; each has one page */

static void crowd(void)
{
	unsigned long size = CROWD_SLOTS * CROWD_STRIDE;
	int gmem = -1;

	for (int v = 0; v < CROWD_VMS; v++) {
		int vm = new_vm(KVM_X86_SW_PROTECTED_VM);

		for (int f = 0; f < CROWD_FILES; f++) {
			gmem = new_gmem(vm, size, 0);
			for (int s = 0; s < CROWD_SLOTS; s++)
				new_slot(vm, f * CROWD_SLOTS + s, f * size + s * CROWD_STRIDE, PAGE,
					 map_memory(-1, PAGE), gmem, s * CROWD_STRIDE);
		}
	}
	print_owner(gmem);
	serve(NULL, NULL);
}

/* Sends a descriptor into a socket that nothing receives from. */
static void send_away(int fd)
{
	union {
		struct cmsghdr h;
		char room[CMSG_SPACE(sizeof(int))];
	} c = { .h = { CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS } };
	char byte = 0;
	struct iovec iov = { &byte, 1 };
	struct msghdr m = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &c, .msg_controllen = sizeof(c),
	};
	int sockets[2];

	must(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), "socketpair");
	memcpy(CMSG_DATA(&c.h), &fd, sizeof(fd));
	must(sendmsg(sockets[0], &m, 0), "sendmsg");
}

#define MANY_SLOTS	1500

static void many(void)
{
	int vm = new_vm(KVM_X86_SW_PROTECTED_VM);
	int gmem = new_gmem(vm, 2 * MANY_SLOTS * PAGE, 0);

	for (int s = 0; s < MANY_SLOTS; s++)
		new_slot(vm, s, 2 * s * PAGE, PAGE, map_memory(-1, PAGE), gmem, 2 * s * PAGE);
	print_owner(gmem);
	send_away(gmem);
	close(gmem);
	serve(NULL, NULL);
}

static void flight(void)
{
	int gmem;

	simple_vm(&gmem, BLOCK);
	fill(gmem);
	print_owner(gmem);
	send_away(gmem);
	close(gmem);
	serve(NULL, NULL);
}

static void mapped(void)
{
	int vm = new_vm(0), gmem = new_gmem(vm, BLOCK, MAPPABLE);

	new_slot(vm, 0, 0, BLOCK, map_memory(gmem, BLOCK), gmem, 0);
	fill(gmem);
	print_owner(gmem);
	close(gmem);
	serve(NULL, NULL);
}

#define CODE_GPA	0x1000
#define MEMORY_GPA	0x4000

struct backed {
	volatile char *memory;
	int gmem;
	int vcpu;
};

/* Starts the guest in real mode: it writes to the first byte of its memory, and halts. */
static void start_guest(int vcpu)
{
	struct kvm_regs regs = { .rip = CODE_GPA, .rflags = 2 };
	struct kvm_sregs sregs;

	must(ioctl(vcpu, KVM_GET_SREGS, &sregs), "KVM_GET_SREGS");
	sregs.cs.base = 0;
	sregs.cs.selector = 0;
	must(ioctl(vcpu, KVM_SET_SREGS, &sregs), "KVM_SET_SREGS");
	must(ioctl(vcpu, KVM_SET_REGS, &regs), "KVM_SET_REGS");
}

static void touch(void *arg)
{
	struct backed *b = arg;

	must(fallocate(b->gmem, FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE, 0, BLOCK), "fallocate");
	b->memory[3 * PAGE] = 1;
	start_guest(b->vcpu);
	must(ioctl(b->vcpu, KVM_RUN, 0), "KVM_RUN");
	if (b->memory[0] != 1)
		errx(1, "the guest did not write");
}

static void backs(void)
{
	static const unsigned char code[] = { 0xc6, 0x06, MEMORY_GPA & 0xff, MEMORY_GPA >> 8, 1, 0xf4 };
	int vm = new_vm(0);
	struct backed b = { .gmem = new_gmem(vm, BLOCK, MAPPABLE) };
	void *low = map_memory(-1, MEMORY_GPA);

	b.memory = map_memory(b.gmem, BLOCK);
	memcpy((char *)low + CODE_GPA, code, sizeof(code));
	new_slot(vm, 0, 0, MEMORY_GPA, low, -1, 0);
	new_slot(vm, 1, MEMORY_GPA, BLOCK, (void *)b.memory, -1, 0);
	fill(b.gmem);
	b.vcpu = must(ioctl(vm, KVM_CREATE_VCPU, 0), "KVM_CREATE_VCPU");
	print_owner(b.gmem);
	serve(touch, &b);
}

#define LOW_START	(64UL << 10)	/* Lower addresses are for the privileged, where an LSM allows it. */

/* All memory of the VM is private, so that its shared pages, if any, are double-backed. */
static void low(unsigned int flags)
{
	int vm = new_vm(KVM_X86_SW_PROTECTED_VM), gmem = new_gmem(vm, BLOCK, 0);
	struct kvm_userspace_memory_region2 region = {
		.flags = KVM_MEM_GUEST_MEMFD | flags, .memory_size = BLOCK, .guest_memfd = gmem,
	};
	struct kvm_memory_attributes all = { .size = BLOCK, .attributes = KVM_MEMORY_ATTRIBUTE_PRIVATE };

	if (mmap((void *)LOW_START, BLOCK - LOW_START, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE | MAP_POPULATE, -1, 0) != (void *)LOW_START)
		err(1, "mmap");
	if (ioctl(vm, KVM_SET_USER_MEMORY_REGION2, &region)) {
		puts("none");
		return;
	}
	must(ioctl(vm, KVM_SET_MEMORY_ATTRIBUTES, &all), "KVM_SET_MEMORY_ATTRIBUTES");
	print_owner(gmem);
	serve(NULL, NULL);
}

static void address0(void)
{
	low(0);
}

static void no_address(void)
{
	low(KVM_MEM_NO_USERSPACE_ADDR);
}

struct defaulted {
	int vm;
	int gmem;
};

static void make_private(void *arg)
{
	struct kvm_enable_cap by_default = { .cap = KVM_CAP_PRIVATE_BY_DEFAULT };
	struct defaulted *d = arg;

	must(ioctl(d->vm, KVM_ENABLE_CAP, &by_default), "KVM_ENABLE_CAP");
	new_slot(d->vm, 0, 0, BLOCK, map_memory(-1, BLOCK), d->gmem, 0);
}

static void by_default(void)
{
	struct defaulted d = { .vm = new_vm(KVM_X86_SW_PROTECTED_VM) };

	if (ioctl(d.vm, KVM_CHECK_EXTENSION, KVM_CAP_PRIVATE_BY_DEFAULT) <= 0) {
		puts("none");
		return;
	}
	d.gmem = new_gmem(d.vm, BLOCK, 0);
	print_owner(d.gmem);
	serve(make_private, &d);
}

static void map_into_guest(int vcpu, unsigned long gpa, unsigned long size)
{
	struct kvm_pre_fault_memory range = { .gpa = gpa, .size = size };

	while (range.size)
		must(ioctl(vcpu, KVM_PRE_FAULT_MEMORY, &range), "KVM_PRE_FAULT_MEMORY");
}

static void huge_pages(unsigned int flags)
{
	int vm = new_vm(KVM_X86_SW_PROTECTED_VM), vcpu = must(ioctl(vm, KVM_CREATE_VCPU, 0), "KVM_CREATE_VCPU");
	bool has_flag = ioctl(vm, KVM_CHECK_EXTENSION, KVM_CAP_GUEST_MEMFD_HUGE_PAGES) > 0;
	int gmem = new_gmem(vm, 4 * BLOCK, has_flag ? GUEST_MEMFD_FLAG_HUGE_PAGES : 0);
	struct kvm_memory_attributes private = {
		.size = 3 * BLOCK - PAGE, .attributes = KVM_MEMORY_ATTRIBUTE_PRIVATE,
	};
	struct kvm_userspace_memory_region2 region = {
		.flags = KVM_MEM_GUEST_MEMFD | flags, .memory_size = 4 * BLOCK, .guest_memfd = gmem,
	};

	if (!(flags & KVM_MEM_NO_USERSPACE_ADDR))
		region.userspace_addr = ((unsigned long)map_memory(-1, 5 * BLOCK) + BLOCK - 1) & ~(BLOCK - 1);
	if (ioctl(vm, KVM_SET_USER_MEMORY_REGION2, &region)) {
		puts("none");
		return;
	}
	must(ioctl(vm, KVM_SET_MEMORY_ATTRIBUTES, &private), "KVM_SET_MEMORY_ATTRIBUTES");
	map_into_guest(vcpu, 0, 2 * BLOCK);
	map_into_guest(vcpu, 2 * BLOCK, PAGE);
	must(fallocate(gmem, FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE, BLOCK + 7 * PAGE, PAGE), "fallocate");
	print_owner(gmem);
	serve(NULL, NULL);
}

static void huge(void)
{
	huge_pages(0);
}

static void huge_no_address(void)
{
	huge_pages(KVM_MEM_NO_USERSPACE_ADDR);
}

static void create_wrongly(void *vm)
{
	struct kvm_create_guest_memfd empty = { 0 }, odd = { .size = 2 * PAGE, .flags = 1ULL << 63 };

	if (ioctl(*(int *)vm, KVM_CREATE_GUEST_MEMFD, &empty) >= 0 || ioctl(*(int *)vm, KVM_CREATE_GUEST_MEMFD, &odd) >= 0)
		errx(1, "KVM created a guest_memfd that it should refuse");
}

static void refused(void)
{
	int gmem, vm = simple_vm(&gmem, BLOCK);

	print_owner(gmem);
	serve(create_wrongly, &vm);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} modes[] = {
		{ "hide", hide }, { "crowd", crowd }, { "many", many }, { "flight", flight }, { "mapped", mapped },
		{ "backs", backs }, { "address0", address0 }, { "no_address", no_address },
		{ "default", by_default }, { "huge", huge }, { "huge_no_address", huge_no_address },
		{ "refused", refused },
	};

	prctl(PR_SET_NAME, "corners");
	for (size_t i = 0; argc == 2 && i < sizeof(modes) / sizeof(*modes); i++) {
		if (strcmp(modes[i].name, argv[1]))
			continue;
		modes[i].run();
		return 0;
	}
	errx(2, "usage: corners hide|crowd|many|flight|mapped|backs|address0|no_address|default|huge|huge_no_address|refused");
}
