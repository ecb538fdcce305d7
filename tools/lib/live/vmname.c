// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "live/vmname.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Bytes of a command line that are read. QEMU under libvirt has 10 KiB and more, the name near the start. */
#define CMDLINE_SIZE	32768

/* Part of a command line, not NUL-terminated. */
struct text {
	const char *s;
	size_t len;
};

static struct text to_text(const char *s)
{
	return (struct text){ s, strlen(s) };
}

static bool equal(struct text t, const char *s)
{
	return t.len == strlen(s) && !memcmp(t.s, s, t.len);
}

static bool starts_with(struct text t, const char *s)
{
	return t.len >= strlen(s) && !memcmp(t.s, s, strlen(s));
}

static bool ends_with(struct text t, const char *s)
{
	size_t len = strlen(s);

	return t.len >= len && !memcmp(t.s + t.len - len, s, len);
}

/* Removes the text that @t starts with. Returns false if it starts with another. */
static bool skip(struct text *t, const char *s)
{
	if (!starts_with(*t, s))
		return false;
	t->s += strlen(s);
	t->len -= strlen(s);
	return true;
}

static bool next_arg(struct text *rest, struct text *arg)
{
	const char *end;

	if (!rest->len)
		return false;
	end = memchr(rest->s, '\0', rest->len);
	arg->s = rest->s;
	arg->len = end ? (size_t)(end - rest->s) : rest->len;
	rest->s += arg->len + !!end;
	rest->len -= arg->len + !!end;
	return true;
}

static struct text base_of(struct text path)
{
	const char *slash = memrchr(path.s, '/', path.len);

	if (!slash)
		return path;
	return (struct text){ slash + 1, path.len - (size_t)(slash + 1 - path.s) };
}

static struct text folder_of(struct text path)
{
	const char *slash = memrchr(path.s, '/', path.len);

	return slash ? (struct text){ path.s, (size_t)(slash - path.s) } : to_text("");
}

static bool copy_text(struct text t, char *name, size_t size)
{
	if (t.len >= size)
		t.len = size - 1;
	memcpy(name, t.s, t.len);
	name[t.len] = '\0';
	return t.len;
}

/* Finds the value of "--option value" or "--option=value". Takes the last one, as VMMs do. */
static bool value_of(struct text args, const char *option, struct text *value)
{
	struct text arg;
	bool found = false;

	while (next_arg(&args, &arg)) {
		size_t len = strlen(option);

		if (equal(arg, option))
			found = next_arg(&args, value) || found;
		else if (len > 2 && arg.len > len && starts_with(arg, option) && arg.s[len] == '=') {
			*value = (struct text){ arg.s + len + 1, arg.len - len - 1 };
			found = true;
		}
	}
	return found;
}

/* Returns the length of an item of a QEMU option. It ends at a comma; two commas stand for one in the text. */
static size_t qemu_item(struct text t)
{
	size_t i = 0;

	while (i < t.len && t.s[i] != ',')
		i++;
	while (i + 1 < t.len && t.s[i + 1] == ',') {
		i += 2;
		while (i < t.len && t.s[i] != ',')
			i++;
	}
	return i;
}

/* Copies an item, with one comma for two. */
static bool copy_qemu_item(struct text item, char *name, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < item.len && n + 1 < size; i++) {
		name[n++] = item.s[i];
		if (item.s[i] == ',')
			i++;
	}
	name[n] = '\0';
	return n;
}

/* Extracts the guest from "web", "web,debug-threads=on", "debug-threads=on,guest=web": the first may lack a key. */
static bool qemu_guest(struct text value, char *name, size_t size)
{
	bool found = false;

	for (bool first = true; value.len; first = false) {
		struct text item = { value.s, qemu_item(value) };
		size_t key = 0;

		value.s += item.len;
		value.len -= item.len;
		skip(&value, ",");
		while (key < item.len && item.s[key] != '=' && item.s[key] != ',')
			key++;
		if (!skip(&item, "guest=") && (!first || (key < item.len && item.s[key] == '=')))
			continue;
		found = copy_qemu_item(item, name, size);
	}
	return found;
}

/* Takes the last -name or --name that names the guest. */
static bool name_of_qemu(struct text args, char *name, size_t size)
{
	struct text arg, value;
	bool found = false;

	while (next_arg(&args, &arg)) {
		if ((equal(arg, "-name") || equal(arg, "--name")) && next_arg(&args, &value))
			found = qemu_guest(value, name, size) || found;
	}
	return found;
}

/* Removes the suffix that sockets and pipes have after the VM's name. */
static struct text without_suffix(struct text base)
{
	static const char *const suffixes[] = {
		".sock", ".socket", "-socket", "-event-monitor-fifo", "-event-monitor", ".fifo",
	};

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++) {
		if (ends_with(base, suffixes[i])) {
			base.len -= strlen(suffixes[i]);
			break;
		}
	}
	return base;
}

static bool one_of(struct text t, const char *const *names)
{
	while (*names && !equal(t, *names))
		names++;
	return *names;
}

/*
 * Takes the file name, or, if all VMs have the same one, the name of its directory: Kata uses
 * /run/vc/vm/SANDBOX/clh-api.sock.
 */
static bool name_of_path(struct text path, char *name, size_t size)
{
	static const char *const same[] = {
		"", "api", "ch", "ch-api", "clh", "clh-api", "cloud-hypervisor", "control",
		"crosvm", "firecracker", "socket", "sock", "vm", "vmm", NULL
	};
	static const char *const no_vm[] = {
		"", ".", "..", "tmp", "run", "var", "shm", NULL
	};
	struct text base = without_suffix(base_of(path));

	if (!one_of(base, same))
		return copy_text(base, name, size);
	base = base_of(folder_of(path));
	return !one_of(base, no_vm) && !one_of(base, same) && copy_text(base, name, size);
}

/* Takes the name from "path=/run/web.sock" or "/run/web.sock"; "fd=3" has none. */
static bool name_of_socket(struct text value, char *name, size_t size)
{
	const char *comma;

	if (starts_with(value, "fd="))
		return false;
	comma = skip(&value, "path=") ? memchr(value.s, ',', value.len) : NULL;
	if (comma)
		value.len = (size_t)(comma - value.s);
	return name_of_path(value, name, size);
}

/* Takes a socket's name, as there is no option for the VM's. libvirt passes an open API socket, but a path for events. */
static bool name_of_cloud_hypervisor(struct text args, char *name, size_t size)
{
	struct text value;

	return (value_of(args, "--api-socket", &value) && name_of_socket(value, name, size)) ||
	       (value_of(args, "--event-monitor", &value) && name_of_socket(value, name, size));
}

/* Takes --name, which crosvm has since 2024, or the name of the control socket. */
static bool name_of_crosvm(struct text args, char *name, size_t size)
{
	struct text value;

	if (value_of(args, "--name", &value) && copy_text(value, name, size))
		return true;
	return (value_of(args, "--socket", &value) || value_of(args, "-s", &value)) &&
	       name_of_path(value, name, size);
}

static bool name_of_firecracker(struct text args, char *name, size_t size)
{
	struct text value;

	return value_of(args, "--id", &value) && copy_text(value, name, size);
}

/* VMMs whose command lines are understood. gmemload's processes set a more specific comm instead. */
static const struct {
	const char *program;	/* prefix of the file name in argv[0] */
	bool (*name)(struct text args, char *name, size_t size);
} vmms[] = {
	{ "qemu",		name_of_qemu },
	{ "kvm",		name_of_qemu },		/* Debian, Proxmox */
	{ "cloud-hypervisor",	name_of_cloud_hypervisor },
	{ "crosvm",		name_of_crosvm },
	{ "firecracker",	name_of_firecracker },
};

bool gmem_vm_name(const char *cmdline, size_t len, char *name, size_t size)
{
	struct text args = { cmdline, len }, program;

	if (!size)
		return false;
	name[0] = '\0';
	if (!next_arg(&args, &program))
		return false;
	program = base_of(program);
	for (size_t i = 0; i < sizeof(vmms) / sizeof(*vmms); i++) {
		if (!starts_with(program, vmms[i].program))
			continue;
		if (vmms[i].name(args, name, size))
			return true;
		name[0] = '\0';
		break;
	}
	return false;
}

/* Returns the start time: field 22, in ticks. Field 2, the comm, may contain any text, also ") ". */
static uint64_t start_ns(const char *stat)
{
	const char *p = strrchr(stat, ')');
	long hz = sysconf(_SC_CLK_TCK);
	uint64_t ticks;

	for (int field = 2; p && field < 22; field++)
		p = strchr(p + 1, ' ');
	if (!p || hz <= 0)
		return 0;
	ticks = strtoull(p + 1, NULL, 10);
	return ticks / (uint64_t)hz * 1000000000 + ticks % (uint64_t)hz * (1000000000 / (uint64_t)hz);
}

/* Extracts the cgroup from lines of ID:CONTROLLERS:PATH; the unified hierarchy is "0::". */
static void get_cgroup(char *lines, char *cgroup)
{
	struct text best = { NULL, 0 };
	char *line, *save = NULL;

	for (line = strtok_r(lines, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		bool unified = !strncmp(line, "0::", 3);
		char *path = strchr(line, ':');

		path = path ? strchr(path + 1, ':') : NULL;
		/* If both exist, systemd leaves "/" in the unified hierarchy when it uses the others. */
		if (path && (!best.s || (unified && strcmp(path + 1, "/"))))
			best = to_text(path + 1);
	}
	if (best.s)
		copy_text(best, cgroup, GMEM_CGROUP_SIZE);
}

/* Reads up to size - 1 bytes of a file, and adds a NUL. Returns their number, 0 on errors. */
static size_t read_file(int dir, const char *path, char *buf, size_t size)
{
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	size_t len = 0;
	ssize_t n = 0;

	if (fd < 0)
		return 0;
	/* A read of /proc yields at most a page. */
	while (len < size - 1 && (n = read(fd, buf + len, size - 1 - len)) > 0)
		len += (size_t)n;
	len = n < 0 ? 0 : len;
	buf[len] = '\0';
	close(fd);
	return len;
}

/* Reads the process of @dir. Reads fail after its end, even if the PID is reused. */
static int read_process(int dir, struct gmem_vm_process *p)
{
	char buf[CMDLINE_SIZE];
	size_t n = read_file(dir, "stat", buf, sizeof(buf));

	if (!n)
		return -ESRCH;
	p->start_ns = start_ns(buf);
	if (read_file(dir, "cgroup", buf, sizeof(buf)))
		get_cgroup(buf, p->cgroup);
	n = read_file(dir, "cmdline", buf, sizeof(buf));
	gmem_vm_name(buf, n, p->name, sizeof(p->name));
	return faccessat(dir, "stat", F_OK, 0) ? -ESRCH : 0;
}

int gmem_vm_process_read_at(const char *proc, pid_t pid, struct gmem_vm_process *p)
{
	char path[4096];
	int dir, err;

	memset(p, 0, sizeof(*p));
	if (pid <= 0 || snprintf(path, sizeof(path), "%s/%d", proc, (int)pid) >= (int)sizeof(path))
		return -ESRCH;
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return errno == ENOENT || errno == ENOTDIR ? -ESRCH : -errno;
	err = read_process(dir, p);
	if (err)
		memset(p, 0, sizeof(*p));
	close(dir);
	return err;
}

/* Compares to the resolution of /proc, which reports the start of a process in ticks, rounded down. */
bool gmem_vm_process_find(pid_t pid, uint64_t start_ns, struct gmem_vm_process *p)
{
	uint64_t tick_ns = 1000000000 / sysconf(_SC_CLK_TCK);

	return !gmem_vm_process_read_at("/proc", pid, p) && p->start_ns <= start_ns && start_ns - p->start_ns <= tick_ns;
}
