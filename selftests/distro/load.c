// SPDX-License-Identifier: GPL-2.0-only
/*
 * VMs of the default type, which every KVM has, with all operations that guest_memfd allows there.
 * A ledger lists, under gmemtop's own names, the values it must report.
 * Usage: distro_load VMS ROUNDS LEDGER
 *
 * Conversions: a request for attributes 0 counts as unchanged, if the kernel has attributes. KVM
 * refuses private before it takes a lock, so it must count nowhere, like calls whose argument is
 * invalid or cannot be read.
 * Files that can be mapped are bound, if the kernel has them; others cannot be bound.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../gmemload/kvm_uapi.h"

/* 6.18 */
#ifndef KVM_CAP_GUEST_MEMFD_FLAGS
#define KVM_CAP_GUEST_MEMFD_FLAGS 244
#define GUEST_MEMFD_FLAG_MMAP (1ULL << 0)
#define GUEST_MEMFD_FLAG_INIT_SHARED (1ULL << 1)
#endif

#define PAGE	4096ULL
#define THREADS	2
#define FILES	2
#define FILE_PAGES 64
#define BASE_GFN 0x10000ULL

/* Counts that the tools must report. */
struct ledger {
	unsigned long unchanged;
	unsigned long punches, punched_bytes, punches_failed;
	unsigned long allocations, allocated_bytes;
};

struct file {
	int fd;
	bool bound;
	bool there[FILE_PAGES];
};

struct vm {
	int fd;
	unsigned int rounds;
	bool attributes;	/* the kernel has memory attributes */
	__u64 flags;		/* flags of files that can be mapped; 0: the kernel has none */
	struct file files[FILES];
	struct ledger ledger;
};

static void __attribute__((noreturn)) fail(const char *what)
{
	fprintf(stderr, "distro_load: cannot %s: %s\n"
		"Is it a kernel with guest_memfd, and is KVM loaded?\n", what, strerror(errno));
	exit(1);
}

/* Checks that an operation failed with the error @err. */
static void check_refused(int ret, int err, const char *what)
{
	if (ret >= 0 || errno != err) {
		fprintf(stderr, "distro_load: cannot rely on this kernel: %s gave %s, not %s\n"
			"The ledger would be wrong.\n", what, ret >= 0 ? "success" : strerror(errno),
			strerror(err));
		exit(1);
	}
}

static int convert(const struct vm *vm, __u64 gfn, __u64 pages, __u64 attributes)
{
	struct kvm_memory_attributes a = {
		.address = gfn * PAGE, .size = pages * PAGE, .attributes = attributes,
	};

	return ioctl(vm->fd, KVM_SET_MEMORY_ATTRIBUTES, &a);
}

static int create(const struct vm *vm, __u64 size, __u64 flags)
{
	struct kvm_create_guest_memfd c = { .size = size, .flags = flags };

	return ioctl(vm->fd, KVM_CREATE_GUEST_MEMFD, &c);
}

static void open_vm(struct vm *vm)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC), flags;

	if (kvm < 0)
		fail("open /dev/kvm");
	vm->fd = ioctl(kvm, KVM_CREATE_VM, 0);
	if (vm->fd < 0)
		fail("create a VM");
	vm->attributes = ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_MEMORY_ATTRIBUTES) > 0;
	flags = ioctl(vm->fd, KVM_CHECK_EXTENSION, KVM_CAP_GUEST_MEMFD_FLAGS);
	if (flags > 0 && (flags & GUEST_MEMFD_FLAG_MMAP))
		vm->flags = flags & (GUEST_MEMFD_FLAG_MMAP | GUEST_MEMFD_FLAG_INIT_SHARED);
	close(kvm);
}

static void touch(struct file *f, char *at, unsigned int first, unsigned int n)
{
	for (; n--; first++) {
		at[first * PAGE] = 1;
		f->there[first] = true;
	}
}

static void bind_file(struct vm *vm, unsigned int i)
{
	struct file *f = &vm->files[i];
	char *at = mmap(NULL, FILE_PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, f->fd, 0);
	struct kvm_userspace_memory_region2 r = {
		.slot = i + 1, .flags = KVM_MEM_GUEST_MEMFD,
		.guest_phys_addr = (BASE_GFN + i * FILE_PAGES) * PAGE,
		.memory_size = FILE_PAGES * PAGE, .userspace_addr = (unsigned long)at,
		.guest_memfd = f->fd,
	};

	if (at == MAP_FAILED)
		fail("map a guest_memfd");
	if (ioctl(vm->fd, KVM_SET_USER_MEMORY_REGION2, &r))
		fail("bind a guest_memfd");
	/* Deleted and bound again: the tools must list the slot once. */
	r.memory_size = 0;
	if (ioctl(vm->fd, KVM_SET_USER_MEMORY_REGION2, &r))
		fail("delete a memslot");
	r.memory_size = FILE_PAGES * PAGE;
	if (ioctl(vm->fd, KVM_SET_USER_MEMORY_REGION2, &r))
		fail("bind a guest_memfd again");
	f->bound = true;
	touch(f, at, i, FILE_PAGES / 2);
}

/*
 * Creates the files. The first one can be mapped and bound, if the kernel has such files; the
 * second cannot.
 */
static void create_files(struct vm *vm)
{
	int closed = create(vm, PAGE, 0);

	if (closed < 0)
		fail("create a guest_memfd");
	close(closed);
	check_refused(create(vm, 0, 0), EINVAL, "a guest_memfd of no size");
	check_refused(create(vm, PAGE, 1ULL << 63), EINVAL, "a guest_memfd with unknown flags");
	for (unsigned int i = 0; i < FILES; i++) {
		vm->files[i].fd = create(vm, FILE_PAGES * PAGE, i ? 0 : vm->flags);
		if (vm->files[i].fd < 0)
			fail("create a guest_memfd");
	}
	if (vm->flags)
		bind_file(vm, 0);
}

static void allocate(struct vm *vm, struct file *f, unsigned int first, unsigned int n)
{
	if (fallocate(f->fd, FALLOC_FL_KEEP_SIZE, first * PAGE, n * PAGE))
		fail("allocate pages of a guest_memfd");
	vm->ledger.allocations++;
	vm->ledger.allocated_bytes += n * PAGE;
	memset(f->there + first, true, n);
}

static void punch(struct vm *vm, struct file *f, unsigned int first, unsigned int n)
{
	if (fallocate(f->fd, FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE, first * PAGE, n * PAGE))
		fail("punch a hole");
	vm->ledger.punches++;
	vm->ledger.punched_bytes += n * PAGE;
	memset(f->there + first, false, n);
}

static void use_file(struct vm *vm, struct file *f, unsigned int round)
{
	unsigned int first = round * 7 % (FILE_PAGES / 2), n = 1 + round * 5 % (FILE_PAGES / 2);

	allocate(vm, f, first, n);
	punch(vm, f, first + n / 2, 1 + n / 3);
	check_refused(fallocate(f->fd, FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE, 1, PAGE), EINVAL,
		"a punch that is not aligned");
	vm->ledger.punches_failed++;
}

/*
 * Makes one valid and three invalid requests; kernels without attributes have no such ioctl at all.
 */
static void convert_round(const struct vm *vm, unsigned int round)
{
	__u64 gfn = BASE_GFN + round % FILE_PAGES, pages = 1 + round * 3 % 600;
	int err = vm->attributes ? EINVAL : ENOTTY;

	if (vm->attributes && convert(vm, gfn, pages, 0))
		fail("convert to shared");
	check_refused(convert(vm, gfn, pages, KVM_MEMORY_ATTRIBUTE_PRIVATE), err,
		"a conversion to private");
	check_refused(convert(vm, gfn, 0, 0), err, "a conversion of nothing");
	check_refused(ioctl(vm->fd, KVM_SET_MEMORY_ATTRIBUTES, NULL),
		vm->attributes ? EFAULT : ENOTTY, "a conversion without an argument");
}

static void *convert_thread(void *arg)
{
	const struct vm *vm = arg;

	for (unsigned int r = 0; r < vm->rounds; r++)
		convert_round(vm, r);
	return NULL;
}

static void work(struct vm *vm)
{
	pthread_t threads[THREADS];

	create_files(vm);
	for (int i = 0; i < THREADS; i++) {
		if (pthread_create(&threads[i], NULL, convert_thread, vm))
			fail("start a thread");
	}
	for (unsigned int r = 0; r < vm->rounds; r++)
		use_file(vm, &vm->files[r % FILES], r);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	vm->ledger.unchanged = vm->attributes ? (unsigned long)vm->rounds * THREADS : 0;
}

static unsigned long long populated(const struct file *f)
{
	unsigned long long pages = 0;

	for (int i = 0; i < FILE_PAGES; i++)
		pages += f->there[i];
	return pages * PAGE;
}

static unsigned long long inode(const struct file *f)
{
	struct stat st;

	if (fstat(f->fd, &st))
		fail("look at a guest_memfd");
	return st.st_ino;
}

/* Prints the counts of conversions; null if this kernel has no conversions to count. */
static void print_conversions(FILE *out, const struct vm *vm)
{
	static const char *const zero[] = {
		"to_shared_count", "to_shared_failed", "to_private_count",
		"to_private_unchanged", "to_private_failed",
	};

	if (vm->attributes)
		fprintf(out, "\"to_shared_unchanged\":%lu", vm->ledger.unchanged);
	else
		fprintf(out, "\"to_shared_unchanged\":null");
	for (size_t i = 0; i < sizeof(zero) / sizeof(*zero); i++)
		fprintf(out, ",\"%s\":%s", zero[i], vm->attributes ? "0" : "null");
}

static void print_ledger(FILE *out, const struct vm *vm)
{
	const struct ledger *l = &vm->ledger;
	unsigned long long all = 0, bound = 0;

	fprintf(out, "{\"pid\":%d,\"counts\":{", getpid());
	print_conversions(out, vm);
	fprintf(out, ",\"punch_count\":%lu,\"punch_bytes\":%lu,\"punch_failed\":%lu",
		l->punches, l->punched_bytes, l->punches_failed);
	fprintf(out, ",\"allocate_count\":%lu,\"allocate_bytes\":%lu,\"allocate_failed\":0",
		l->allocations, l->allocated_bytes);
	for (int i = 0; i < FILES; i++) {
		all += populated(&vm->files[i]);
		bound += vm->files[i].bound ? FILE_PAGES * PAGE : 0;
	}
	fprintf(out, ",\"populated_bytes\":%llu,\"slot_bytes\":%llu},\"files\":[", all, bound);
	for (int i = 0; i < FILES; i++)
		fprintf(out, "%s{\"ino\":%llu,\"size_bytes\":%llu,\"populated_bytes\":%llu,\"bindings\":%d}",
			i ? "," : "", inode(&vm->files[i]), FILE_PAGES * PAGE,
			populated(&vm->files[i]), vm->files[i].bound);
	fprintf(out, "],\"slots\":[");
	if (vm->files[0].bound)
		fprintf(out, "{\"slot\":1,\"base_gfn\":%llu,\"npages\":%d,\"ino\":%llu,\"pgoff\":0}",
			BASE_GFN, FILE_PAGES, inode(&vm->files[0]));
	fprintf(out, "]}\n");
}

static void __attribute__((noreturn)) run_vm(unsigned int rounds, const char *path, int done)
{
	struct vm vm = { .rounds = rounds };
	FILE *out = fopen(path, "ae");
	char ready = 1;

	if (!out)
		fail("write the ledger");
	open_vm(&vm);
	work(&vm);
	/* A single write per VM: all processes append to the same file. */
	setvbuf(out, NULL, _IOFBF, 1 << 16);
	print_ledger(out, &vm);
	if (fclose(out) || write(done, &ready, 1) != 1)
		fail("write the ledger");
	close(done);
	for (;;)
		pause();
}

static void start_vm(unsigned int rounds, const char *path, const int done[2])
{
	pid_t pid = fork();

	if (pid < 0)
		fail("start a process");
	if (pid)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	close(done[0]);
	run_vm(rounds, path, done[1]);
}

int main(int argc, char **argv)
{
	int vms = argc == 4 ? atoi(argv[1]) : 0, rounds = argc == 4 ? atoi(argv[2]) : 0;
	int done[2], i;
	char ready;

	if (vms < 1 || rounds < 1) {
		fprintf(stderr, "distro_load: cannot run without numbers of VMs and rounds\n"
			"Usage: distro_load VMS ROUNDS LEDGER\n");
		return 2;
	}
	if (pipe(done))
		fail("make a pipe");
	for (i = 0; i < vms; i++)
		start_vm(rounds + i, argv[3], done);
	close(done[1]);
	/* The pipe ends early if a VM has failed. */
	for (i = 0; i < vms && read(done[0], &ready, 1) == 1; i++)
		;
	if (i < vms)
		return 1;
	puts("holding");
	fflush(stdout);
	/* The VMs end with this process. */
	for (;;)
		pause();
}
