// SPDX-License-Identifier: GPL-2.0-only
/*
 * A VM with 2 MiB of guest_memfd, 100 pages of it private, whose files have unusual holders.
 * Usage: owners MODE [MIB NAME]
 * With MIB and NAME: MIB of memory, all of it private and allocated, and NAME is the process's name.
 *   plain   one process holds the VM and its guest_memfd
 *   orphan  the VM's file is closed, that of guest_memfd is not
 *   fork    a child holds both, and its parent has ended
 *   pass    a child received guest_memfd over a socket, no process holds the VM
 *   unbound a second guest_memfd, with 50 pages allocated, is not bound
 *   double  memory is converted back and forth and never discarded: it is double-backed
 * Prints the PID of the holder and the inode, and keeps them open until the end of stdin.
 */
#include <err.h>
#include <fcntl.h>
#include <poll.h>
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

#define BLOCK	(2UL << 20)

static unsigned long size = BLOCK;
static unsigned long private = 100 * 4096;
static bool filled;	/* all memory is allocated */

static int must(int r, const char *what)
{
	if (r < 0)
		err(1, "%s", what);
	return r;
}

static void convert(int vm, unsigned long start, unsigned long bytes, bool to_private)
{
	struct kvm_memory_attributes attributes = {
		.address = start, .size = bytes,
		.attributes = to_private ? KVM_MEMORY_ATTRIBUTE_PRIVATE : 0,
	};

	must(ioctl(vm, KVM_SET_MEMORY_ATTRIBUTES, &attributes), "KVM_SET_MEMORY_ATTRIBUTES");
}

static int make_vm(int *gmem, bool double_backed)
{
	int kvm = must(open("/dev/kvm", O_RDWR | O_CLOEXEC), "/dev/kvm");
	int vm = must(ioctl(kvm, KVM_CREATE_VM, KVM_X86_SW_PROTECTED_VM), "KVM_CREATE_VM");
	struct kvm_create_guest_memfd create = { .size = size };
	struct kvm_userspace_memory_region2 region = {
		.flags = KVM_MEM_GUEST_MEMFD, .memory_size = size,
	};
	void *shared = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (shared == MAP_FAILED)
		err(1, "mmap");
	*gmem = must(ioctl(vm, KVM_CREATE_GUEST_MEMFD, &create), "KVM_CREATE_GUEST_MEMFD");
	region.userspace_addr = (unsigned long)shared;
	region.guest_memfd = *gmem;
	must(ioctl(vm, KVM_SET_USER_MEMORY_REGION2, &region), "KVM_SET_USER_MEMORY_REGION2");
	convert(vm, 0, private, true);
	if (filled)
		must(fallocate(*gmem, FALLOC_FL_KEEP_SIZE, 0, size), "fallocate");
	if (filled && double_backed)
		memset(shared, 1, size);
	close(kvm);
	return vm;
}

/* Returns a guest_memfd without a memslot, with 50 pages or all of them allocated. */
static int make_unbound(int vm)
{
	struct kvm_create_guest_memfd create = { .size = size };
	int gmem = must(ioctl(vm, KVM_CREATE_GUEST_MEMFD, &create), "KVM_CREATE_GUEST_MEMFD");

	must(fallocate(gmem, FALLOC_FL_KEEP_SIZE, 0, filled ? size : 50 * 4096), "fallocate");
	return gmem;
}

static void hold_files(int gmem, int convert_vm)
{
	struct pollfd in = { .fd = 0, .events = POLLIN };
	struct stat st;
	unsigned long at = 0;
	char c;

	must(fstat(gmem, &st), "fstat");
	printf("%d %lu\n", getpid(), (unsigned long)st.st_ino);
	fflush(stdout);
	for (;;) {
		if (poll(&in, 1, convert_vm < 0 ? -1 : 50) > 0 && read(0, &c, 1) <= 0)
			return;
		if (convert_vm >= 0) {
			convert(convert_vm, at % size, BLOCK, at / size % 2);
			at += BLOCK;
		}
	}
}

/* Goes on in the child. The parent ends; the test script still waits for the pipe. */
static void leave_to_child(void)
{
	pid_t pid = must(fork(), "fork");

	if (pid)
		_exit(0);
	while (getppid() != 1)	/* until the parent and its descriptors are gone */
		usleep(10000);
}

union control {
	struct cmsghdr h;
	char room[CMSG_SPACE(sizeof(int))];
};

static void pass(int socket, int fd)
{
	union control c = { .h = { CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS } };
	char byte = 0;
	struct iovec iov = { &byte, 1 };
	struct msghdr m = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &c, .msg_controllen = sizeof(c),
	};

	memcpy(CMSG_DATA(&c.h), &fd, sizeof(fd));
	must(sendmsg(socket, &m, 0), "sendmsg");
}

static int receive(int socket)
{
	union control c;
	char byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr m = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &c, .msg_controllen = sizeof(c),
	};
	int fd;

	must(recvmsg(socket, &m, 0), "recvmsg");
	memcpy(&fd, CMSG_DATA(&c.h), sizeof(fd));
	return fd;
}

/*
 * Receives the guest_memfd in a child that was forked before the VM was created, so that it
 * inherits nothing.
 */
static int receive_in_child(void)
{
	int sockets[2], gmem;
	pid_t pid;

	must(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), "socketpair");
	pid = must(fork(), "fork");
	if (pid) {
		make_vm(&gmem, false);
		pass(sockets[0], gmem);
		_exit(0);
	}
	gmem = receive(sockets[1]);
	while (getppid() != 1)
		usleep(10000);
	return gmem;
}

int main(int argc, char **argv)
{
	const char *mode = argc == 2 || argc == 4 ? argv[1] : "";
	bool double_backed = !strcmp(mode, "double");
	int gmem, vm;

	if (argc == 4) {
		size = private = strtoul(argv[2], NULL, 10) << 20;
		filled = true;
	}
	prctl(PR_SET_NAME, argc == 4 ? argv[3] : "owners");
	if (!strcmp(mode, "pass")) {
		hold_files(receive_in_child(), -1);
		return 0;
	}
	vm = make_vm(&gmem, double_backed);
	if (!strcmp(mode, "orphan"))
		close(vm);
	else if (!strcmp(mode, "fork"))
		leave_to_child();
	else if (!strcmp(mode, "unbound"))
		gmem = make_unbound(vm);
	else if (!double_backed && strcmp(mode, "plain"))
		errx(2, "usage: owners plain|orphan|fork|pass|unbound|double [MIB NAME]");
	hold_files(gmem, double_backed ? vm : -1);
	return 0;
}
