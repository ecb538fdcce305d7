// SPDX-License-Identifier: GPL-2.0-only
/*
 * Disables attached probes without the tool's involvement.
 *   blind close PID PROGRAM   closes, inside process PID, the link of each BPF program of that
 *                             name; prints how many there were
 *   blind contradict          attaches as the tools do, then replaces the link on kvm_vm_ioctl by
 *                             one that never fires, so that only contradictions between counters
 *                             reveal it; prints the blind probes before and after conversions of
 *                             a VM that it creates
 *   blind convert GIB         creates a VM and converts GIB of it with one request: to private at a
 *                             line on stdin, and back at the next; prints the new attribute
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bpf/gmem_maps.h"
#include "gmem.skel.h"
#include "live/attach.h"

static int fail(const char *what)
{
	fprintf(stderr, "blind: cannot %s: %s\n", what, strerror(errno));
	return 1;
}

/* Returns the id of the program behind descriptor @fd of @pid, or 0 if it is not a link. */
static unsigned int program_behind(const char *pid, const char *fd)
{
	char path[64], line[128];
	unsigned int id = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%.16s/fdinfo/%.16s", pid, fd);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "prog_id: %u", &id) == 1)
			break;
		if (!strncmp(line, "map_type", 8))
			break;
	}
	if (f)
		fclose(f);
	return id;
}

static bool is_link(const char *pid, const char *fd)
{
	char path[64], to[64];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%.16s/fd/%.16s", pid, fd);
	n = readlink(path, to, sizeof(to) - 1);
	to[n > 0 ? n : 0] = '\0';
	return strstr(to, "bpf_link") || strstr(to, "bpf-link");
}

/* Returns whether program @id is called @name, of which the kernel keeps 15 characters. */
static bool is_program(unsigned int id, const char *name)
{
	struct bpf_prog_info info = { 0 };
	uint32_t size = sizeof(info);
	int fd = id ? bpf_prog_get_fd_by_id(id) : -1;
	bool is = fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &size) &&
		  !strncmp(info.name, name, sizeof(info.name) - 1);

	if (fd >= 0)
		close(fd);
	return is;
}

/*
 * Makes the process call close(@fd). It is stopped in a system call, so the instruction before rip
 * is a syscall.
 */
static int call_close(pid_t pid, long fd)
{
	struct user_regs_struct was, regs;

	if (ptrace(PTRACE_GETREGS, pid, NULL, &was))
		return -1;
	regs = was;
	regs.rip -= 2;
	regs.rax = SYS_close;
	regs.orig_rax = -1;
	regs.rdi = fd;
	if (ptrace(PTRACE_SETREGS, pid, NULL, &regs) || ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL) ||
	    waitpid(pid, NULL, 0) != pid || ptrace(PTRACE_GETREGS, pid, NULL, &regs) ||
	    ptrace(PTRACE_SETREGS, pid, NULL, &was))
		return -1;
	errno = -(int)regs.rax;
	return regs.rax ? -1 : 0;
}

static bool is_in_system_call(pid_t pid)
{
	struct user_regs_struct regs;
	long code;

	if (ptrace(PTRACE_GETREGS, pid, NULL, &regs) || (long)regs.orig_rax < 0)
		return false;
	errno = 0;
	code = ptrace(PTRACE_PEEKTEXT, pid, regs.rip - 2, NULL);
	return !errno && (code & 0xffff) == 0x050f;
}

static bool stop_in_system_call(pid_t pid)
{
	for (int i = 0; i < 1000; i++) {
		if (ptrace(PTRACE_ATTACH, pid, NULL, NULL) || waitpid(pid, NULL, 0) != pid)
			return false;
		if (is_in_system_call(pid))
			return true;
		ptrace(PTRACE_DETACH, pid, NULL, NULL);
		usleep(10000);
	}
	return false;
}

static int close_links(const char *pid, const char *program)
{
	char path[64];
	struct dirent *d;
	int n = 0, err = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%.16s/fd", pid);
	dir = opendir(path);
	if (!dir)
		return fail("look at the process");
	if (!stop_in_system_call(atoi(pid)))
		return fail("stop the process");
	while (!err && (d = readdir(dir))) {
		if (!is_link(pid, d->d_name) || !is_program(program_behind(pid, d->d_name), program))
			continue;
		err = call_close(atoi(pid), atol(d->d_name));
		n += !err;
	}
	closedir(dir);
	if (err)
		fail("close a link");
	ptrace(PTRACE_DETACH, atoi(pid), NULL, NULL);
	printf("%d\n", n);
	return err || !n;
}

/* Replaces the program's link by that of another program, which every check of links accepts. */
static bool swap_link(struct attachment *a, const char *program)
{
	for (size_t i = 0; i < gmem_nr_probes; i++) {
		if (!a->links[i] || strcmp(gmem_probes[i].program, program))
			continue;
		bpf_link__destroy(a->links[i]);
		a->links[i] = bpf_program__attach(a->skel->progs.scan_files);
		a->prog_ids[i] = a->links[i] ? verify_prog_id(a->links[i]) : 0;
		return a->links[i];
	}
	return false;
}

struct attributes {
	uint64_t address, size, attributes, flags;
};
#define SET_ATTRIBUTES	_IOW(KVMIO, 0xd2, struct attributes)
#define SW_PROTECTED_VM	1

static bool convert_range(int vm, uint64_t address, uint64_t size, uint64_t attributes)
{
	struct attributes r = { .address = address, .size = size, .attributes = attributes };

	return !ioctl(vm, SET_ATTRIBUTES, &r);
}

static bool convert(int vm, int n)
{
	for (int i = 0; i < n; i++) {
		if (!convert_range(vm, 1 << 20, 4096, i % 2 ? 0 : 8))
			return false;
	}
	return true;
}

static void print_blind(struct attachment *a)
{
	attach_verify(a);
	printf("%s\n", *a->probes.blind ? a->probes.blind : "none");
}

static int contradict(void)
{
	struct gmem_live_opts opts = { .set = GMEM_SET_STOCK };
	struct gmem_error e = { 0 };
	struct attachment a;
	int kvm = open("/dev/kvm", O_RDWR), vm = ioctl(kvm, KVM_CREATE_VM, SW_PROTECTED_VM);

	if (vm < 0)
		return fail("create a VM");
	if (attach(&a, &opts, &e)) {
		fprintf(stderr, "blind: %s\n%s\n", e.what, e.hint);
		return 1;
	}
	if (!convert(vm, 10))
		return fail("convert");
	print_blind(&a);
	/* otherwise its missing requests would be noticed at once */
	verify_close(&a.verifier);
	if (!swap_link(&a, "stock_attributes") || !swap_link(&a, "stock_attributes_exit"))
		return fail("swap links");
	print_blind(&a);
	if (!convert(vm, 1))
		return fail("convert");
	/* the first conversion may have begun before the programs were attached */
	print_blind(&a);
	if (!convert(vm, 1))
		return fail("convert");
	print_blind(&a);
	detach(&a);
	return 0;
}

static int convert_when_asked(uint64_t size)
{
	int kvm = open("/dev/kvm", O_RDWR), vm = ioctl(kvm, KVM_CREATE_VM, SW_PROTECTED_VM);
	char line[64];

	if (vm < 0)
		return fail("create a VM");
	/* Lets a tool discover the VM by its conversions. */
	if (!convert(vm, 1) || !convert_range(vm, 0, 2 << 20, 0))
		return fail("convert");
	for (int i = 0; fgets(line, sizeof(line), stdin); i++) {
		if (!convert_range(vm, 0, size, i % 2 ? 0 : 8))
			return fail("convert");
		puts(i % 2 ? "shared" : "private");
		fflush(stdout);
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "convert"))
		return convert_when_asked(strtoull(argv[2], NULL, 10) << 30);
	if (argc == 4 && !strcmp(argv[1], "close"))
		return close_links(argv[2], argv[3]);
	if (argc == 2 && !strcmp(argv[1], "contradict"))
		return contradict();
	fprintf(stderr, "usage: blind close PID PROGRAM | contradict | convert GIB\n");
	return 2;
}
