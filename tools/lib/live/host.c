// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "live/host.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "live/privileges.h"

const char *const gmem_kvm_state_names[GMEM_KVM_STATES] = {
	[GMEM_KVM_NONE]		= "none",
	[GMEM_KVM_NO_VENDOR]	= "no kvm_amd or kvm_intel",
	[GMEM_KVM_BUILT_IN]	= "built in",
	[GMEM_KVM_MODULE]	= "module",
};

/* Capabilities that kernel/bpf/syscall.c requires to load programs. Iterators and maps require no others. */
const struct gmem_capability gmem_capabilities[] = {
	{ "cap_bpf", CAP_BPF, "load BPF programs and maps", false },
	{ "cap_perfmon", CAP_PERFMON, "read kernel memory from BPF programs", false },
	{ "cap_sys_admin", CAP_SYS_ADMIN, "find the types of the module kvm", true },
};

const size_t gmem_nr_capabilities = sizeof(gmem_capabilities) / sizeof(*gmem_capabilities);

bool gmem_needs(const struct gmem_host *h, const struct gmem_capability *c)
{
	return !c->for_module || h->kvm == GMEM_KVM_MODULE || h->kvm == GMEM_KVM_NO_VENDOR;
}

bool gmem_holds(const struct gmem_capability *c)
{
	struct gmem_privileges held;

	return !gmem_privileges_get(&held) &&
	       held.effective & (GMEM_CAP(c->number) | GMEM_CAP(CAP_SYS_ADMIN));
}

static bool exists(const char *root, const char *path)
{
	char buf[PATH_MAX];

	snprintf(buf, sizeof(buf), "%s%s", root, path);
	return !access(buf, F_OK);
}

static void read_line(char *to, const char *root, const char *path)
{
	char buf[PATH_MAX];
	FILE *f;

	*to = '\0';
	snprintf(buf, sizeof(buf), "%s%s", root, path);
	f = fopen(buf, "r");
	if (!f)
		return;
	if (!fgets(to, GMEM_FACT_LEN, f))
		*to = '\0';
	to[strcspn(to, "\n")] = '\0';
	fclose(f);
}

/* Reduces "none [integrity] confidentiality" to the word in brackets, which is in force. */
static void keep_chosen(char *text)
{
	char *open = strchr(text, '['), *close = open ? strchr(open, ']') : NULL;

	if (!close)
		return;
	*close = '\0';
	memmove(text, open + 1, (size_t)(close - open));
}

/* Compares with PROC_PID_INIT_INO of include/linux/proc_ns.h. */
bool gmem_host_sees_all_pids(const char *root)
{
	char path[PATH_MAX], link[GMEM_FACT_LEN];
	ssize_t n;

	snprintf(path, sizeof(path), "%s/proc/self/ns/pid", root);
	n = readlink(path, link, sizeof(link) - 1);
	if (n < 0)
		return true;
	link[n] = '\0';
	return !strcmp(link, "pid:[4026531836]");
}

static enum gmem_kvm_state kvm_state(const char *root)
{
	/* Only modules have this file. */
	bool module = exists(root, "/sys/module/kvm/initstate");

	if (exists(root, "/sys/class/misc/kvm") || exists(root, "/dev/kvm"))
		return module ? GMEM_KVM_MODULE : GMEM_KVM_BUILT_IN;
	return module ? GMEM_KVM_NO_VENDOR : GMEM_KVM_NONE;
}

/* Reads the model from the kernel's version: PREEMPT_DYNAMIC, PREEMPT_RT, or PREEMPT (may be lazy). */
static bool preempts(const char *root)
{
	char version[GMEM_FACT_LEN];

	read_line(version, root, "/proc/sys/kernel/version");
	return strstr(version, "PREEMPT_DYNAMIC") || strstr(version, "PREEMPT_RT");
}

void gmem_host_read(struct gmem_host *h, const char *root)
{
	memset(h, 0, sizeof(*h));
	read_line(h->release, root, "/proc/sys/kernel/osrelease");
	h->kvm = kvm_state(root);
	h->btf = exists(root, "/sys/kernel/btf/vmlinux");
	h->kvm_btf = exists(root, "/sys/kernel/btf/kvm");
	h->initial_pid_ns = gmem_host_sees_all_pids(root);
	read_line(h->lockdown, root, "/sys/kernel/security/lockdown");
	keep_chosen(h->lockdown);
	read_line(h->unprivileged_bpf, root, "/proc/sys/kernel/unprivileged_bpf_disabled");
	read_line(h->perf_paranoid, root, "/proc/sys/kernel/perf_event_paranoid");
	h->preempts = preempts(root);
}

bool gmem_host_is_locked_down(const struct gmem_host *h)
{
	return !strcmp(h->lockdown, "confidentiality");
}
