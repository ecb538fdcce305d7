// SPDX-License-Identifier: GPL-2.0-only
/* Tests of vmname.h. */
#include "lib_test.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "live/vmname.h"

/* Arguments are written with | between them and at their end; NULL: no name. */
static const struct {
	const char *cmdline, *name;
} samples[] = {
	{ "/usr/bin/qemu-system-x86_64|-name|web|", "web" },
	{ "qemu-system-x86_64|-S|-name|guest=web,debug-threads=on|-m|4G|", "web" },
	{ "qemu-system-x86_64|-name|debug-threads=on,guest=web|", "web" },
	{ "qemu-system-x86_64|--name|web,debug-threads=on|", "web" },
	{ "qemu-system-x86_64|-name|web,process=x|", "web" },
	{ "qemu-system-x86_64|-name|guest=web,on|", "web" },
	{ "/usr/libexec/qemu-kvm|-name|guest=a,,b,,,,c,debug-threads=on|", "a,b,,c" },
	{ "qemu-kvm|-name|a,,b=c,debug-threads=on|", "a,b=c" },
	{ "qemu-kvm|-name|guest=a=b|", "a=b" },
	{ "/usr/bin/kvm|-id|100|-name|vm100,debug-threads=on|", "vm100" },
	{ "qemu-system-x86_64|-name|old|-name|guest=new|", "new" },
	{ "qemu-system-x86_64|-name|old|-name|debug-threads=on|", "old" },
	{ "qemu-system-x86_64|-name|debug-threads=on|", NULL },
	{ "qemu-system-x86_64|-name|guest=|", NULL },
	{ "qemu-system-x86_64|-name||", NULL },
	{ "qemu-system-x86_64|-name|,|", NULL },
	{ "qemu-system-x86_64|-name|,,|", "," },
	{ "qemu-system-x86_64|-name|", NULL },
	{ "qemu-system-x86_64|-name", NULL },
	{ "qemu-system-x86_64|-name|we", "we" },
	{ "qemu-system-x86_64|-m|4G|", NULL },
	{ "qemu-system-x86_64|-append|root=/dev/vda -name x|", NULL },
	{ "qemu-system-x86_64|-name|\xff\xfe\x01 \xe6\x97\xa5|", "\xff\xfe\x01 \xe6\x97\xa5" },
	{ "cloud-hypervisor|--api-socket|/run/ch/web.sock|--cpus|boot=1|", "web" },
	{ "cloud-hypervisor|--api-socket|path=/run/ch/web.sock|", "web" },
	{ "cloud-hypervisor|--api-socket=path=/run/ch/web.sock,x=y|", "web" },
	{ "cloud-hypervisor|--api-socket|/run/libvirt/ch/web-socket|", "web" },
	{ "cloud-hypervisor|--api-socket|fd=3|--event-monitor|path=/run/libvirt/ch/web-event-monitor-fifo|", "web" },
	{ "cloud-hypervisor|--api-socket|/run/vc/vm/5f2c/clh-api.sock|", "5f2c" },
	{ "cloud-hypervisor|--api-socket|/tmp/cloud-hypervisor.sock|", NULL },
	{ "cloud-hypervisor|--api-socket|clh-api.sock|", NULL },
	{ "cloud-hypervisor|--api-socket|/|", NULL },
	{ "cloud-hypervisor|--api-socket|fd=3|", NULL },
	{ "cloud-hypervisor|--api-socket", NULL },
	{ "crosvm|run|--name|web|--cid|3|", "web" },
	{ "crosvm|run|--name=web|", "web" },
	{ "crosvm|run|--names=x|--name", NULL },
	{ "crosvm|run|-s|/run/web.sock|", "web" },
	{ "crosvm|run|--name||--socket|/run/vm/web/crosvm.sock|", "web" },
	{ "crosvm|run|-s=/run/web.sock|", NULL },
	{ "/firecracker|--id|551e7604-e35c-42b3|--start-time-us|1|", "551e7604-e35c-42b3" },
	{ "firecracker-v1.7|--id=x|", "x" },
	{ "firecracker|--api-sock|/run/x.sock|", NULL },
	{ "build/gmemload|--name|web|", NULL },	/* the comm has more information */
	{ "/usr/bin/vim|-name|qemu|", NULL },
	{ "/usr/bin/qemu/|-name|web|", NULL },
	{ "|-name|web|", NULL },
	{ "|||", NULL },
	{ "|", NULL },
	{ "", NULL },
};

/*
 * Copies into memory of exactly that size, so that a sanitizer or valgrind reports one byte too
 * many.
 */
static char *to_cmdline(const char *s, size_t len)
{
	char *copy = malloc(len ? len : 1);

	assert_non_null(copy);
	for (size_t i = 0; i < len; i++)
		copy[i] = s[i] == '|' ? '\0' : s[i];
	return copy;
}

static void test_names_of_vms(void **state)
{
	char name[GMEM_VM_NAME_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++) {
		size_t len = strlen(samples[i].cmdline);
		char *cmdline = to_cmdline(samples[i].cmdline, len);
		bool found = gmem_vm_name(cmdline, len, name, sizeof(name));

		free(cmdline);
		if (found != !!samples[i].name || strcmp(name, found ? samples[i].name : ""))
			fail_msg("%s: '%s'", samples[i].cmdline, name);
	}
}

/* Cut anywhere, into a buffer of any size: never an access beyond either. */
static void test_cut_anywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++) {
		for (size_t len = 0; len <= strlen(samples[i].cmdline); len++) {
			char *cmdline = to_cmdline(samples[i].cmdline, len);

			for (size_t size = 0; size < 6; size++) {
				char name[16];
				bool found;

				memset(name, 0x55, sizeof(name));
				found = gmem_vm_name(cmdline, len, name, size);
				for (size_t n = size; n < sizeof(name); n++)
					assert_int_equal(name[n], 0x55);
				if (size)
					assert_true(strnlen(name, size) < size);
				assert_true(!found || size);
			}
			free(cmdline);
		}
	}
}

/* Random names, as from a hostile VMM. */
static void test_random_command_lines(void **state)
{
	static const char *const words[] = {
		"qemu", "-name", "guest=", ",", ",,", "=", "cloud-hypervisor", "--api-socket",
		"path=", "fd=", "crosvm", "--name", "-s", "firecracker", "--id", "/", "|", "|",
		"|", ".sock", "-socket", "\xff", "x",
	};
	struct rng r = { 1 };
	char name[8];

	(void)state;
	for (int round = 0; round < 20000; round++) {
		char s[256] = "", *cmdline;

		for (uint64_t n = rng_below(&r, 16); n; n--)
			strcat(s, words[rng_below(&r, sizeof(words) / sizeof(*words))]);
		cmdline = to_cmdline(s, strlen(s));
		if (gmem_vm_name(cmdline, strlen(s), name, sizeof(name)))
			assert_true(name[0] && strnlen(name, sizeof(name)) < sizeof(name));
		else
			assert_int_equal(name[0], 0);
		free(cmdline);
	}
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void remove_tree(const char *dir)
{
	assert_int_equal(nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

static void write_file(const char *dir, const char *name, const char *text, size_t len)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

#define WRITE(dir, name, text)	write_file(dir, name, text, sizeof(text) - 1)
#define STAT(comm, ticks)							\
	"77 (" comm ") S 1 77 77 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 3 0 " ticks " 1 2\n"

/* Makes a /proc with a process 77. */
static void make_proc(char *proc, char *dir, size_t size)
{
	strcpy(proc, "/tmp/gmem-proc-XXXXXX");
	assert_non_null(mkdtemp(proc));
	snprintf(dir, size, "%s/77", proc);
	assert_int_equal(mkdir(dir, 0700), 0);
}

static void test_reads_a_process(void **state)
{
	char proc[64], dir[80];
	struct gmem_vm_process p;

	(void)state;
	make_proc(proc, dir, sizeof(dir));
	WRITE(dir, "stat", STAT("a) S 1 (", "150"));
	WRITE(dir, "cmdline", "qemu-system-x86_64\0-name\0web\0");
	WRITE(dir, "cgroup", "2:cpu:/old\n1:name=systemd:/x\n0::/machine.slice/web:1.scope\n");
	assert_int_equal(gmem_vm_process_read_at(proc, 77, &p), 0);
	assert_string_equal(p.name, "web");
	assert_string_equal(p.cgroup, "/machine.slice/web:1.scope");
	assert_true(p.start_ns == 150000000000ULL / (uint64_t)sysconf(_SC_CLK_TCK));

	/* With v1 there may be no unified line. */
	WRITE(dir, "cgroup", "2:cpu:/old\n1:name=systemd:/x\n0::/\n");
	assert_int_equal(gmem_vm_process_read_at(proc, 77, &p), 0);
	assert_string_equal(p.cgroup, "/old");
	remove_tree(proc);
}

static void test_reads_what_is_there(void **state)
{
	static const char *const stats[] = {
		"", "77", ")", "77 (x", "77 (x) S", "77 (x) S 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
	};
	char proc[64], dir[80], big[70000];
	struct gmem_vm_process p;

	(void)state;
	make_proc(proc, dir, sizeof(dir));
	assert_int_equal(gmem_vm_process_read_at(proc, 77, &p), -ESRCH);
	assert_int_equal(gmem_vm_process_read_at(proc, 78, &p), -ESRCH);
	assert_int_equal(gmem_vm_process_read_at(proc, 0, &p), -ESRCH);
	assert_int_equal(gmem_vm_process_read_at(proc, -1, &p), -ESRCH);
	for (size_t i = 0; i < sizeof(stats) / sizeof(*stats); i++) {
		write_file(dir, "stat", stats[i], strlen(stats[i]));
		assert_int_equal(gmem_vm_process_read_at(proc, 77, &p), *stats[i] ? 0 : -ESRCH);
		assert_true(p.start_ns == 0);
	}
	memset(big, 'x', sizeof(big));
	write_file(dir, "stat", big, sizeof(big));
	write_file(dir, "cgroup", big, sizeof(big));
	write_file(dir, "cmdline", big, sizeof(big));
	assert_int_equal(gmem_vm_process_read_at(proc, 77, &p), 0);
	assert_string_equal(p.cgroup, "");
	assert_string_equal(p.name, "");
	memcpy(big, "0::/", 4);
	write_file(dir, "cgroup", big, sizeof(big));
	memcpy(big, "qemu\0-name\0", 11);
	write_file(dir, "cmdline", big, sizeof(big));
	assert_int_equal(gmem_vm_process_read_at(proc, 77, &p), 0);
	assert_int_equal(strlen(p.cgroup), GMEM_CGROUP_SIZE - 1);
	assert_int_equal(strlen(p.name), GMEM_VM_NAME_SIZE - 1);
	remove_tree(proc);
}

/* Reads /proc of this system: this process, and a child that ends. */
static void test_reads_real_processes(void **state)
{
	struct gmem_vm_process p;
	struct timespec now;
	pid_t child;

	(void)state;
	assert_int_equal(clock_gettime(CLOCK_BOOTTIME, &now), 0);
	assert_int_equal(gmem_vm_process_read_at("/proc", getpid(), &p), 0);
	assert_string_equal(p.name, "");
	assert_true(p.start_ns && p.start_ns / 1000000000 <= (uint64_t)now.tv_sec + 1);
	child = fork();
	if (!child)
		_exit(0);
	assert_true(child > 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_equal(gmem_vm_process_read_at("/proc", child, &p), -ESRCH);
	assert_string_equal(p.name, "");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_names_of_vms),
	cmocka_unit_test(test_cut_anywhere),
	cmocka_unit_test(test_random_command_lines),
	cmocka_unit_test(test_reads_a_process),
	cmocka_unit_test(test_reads_what_is_there),
	cmocka_unit_test(test_reads_real_processes),
};

TEST_UNIT(vmname_unit, tests);
