// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "probes.h"

#include <bpf/btf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BTF_DIR "/sys/kernel/btf"

#define BASE(name)	{ "kvm_gmem_" name, GMEM_PROBES_BASE, true, false }
#define MORE(name, group) { "kvm_gmem_" name, group, false, false }

struct gmem_probe gmem_probes[] = {
	BASE("create"),
	BASE("release"),
	BASE("bind"),
	BASE("unbind"),
	BASE("fallocate_begin"),
	BASE("fallocate_end"),
	BASE("invalidate_begin"),
	BASE("invalidate_end"),
	BASE("attributes_begin"),
	BASE("attributes_end"),
	BASE("memory_fault"),
	MORE("memory_error", GMEM_PROBES_BASE),
	MORE("fault_retry", GMEM_PROBES_BASE),
	MORE("attributes_phase", GMEM_PROBES_PHASES),
	MORE("fault_begin", GMEM_PROBES_FAULTS),
	MORE("fault_end", GMEM_PROBES_FAULTS),
	MORE("user_fault_begin", GMEM_PROBES_FAULTS),
	MORE("user_fault_end", GMEM_PROBES_FAULTS),
	MORE("populate_begin", GMEM_PROBES_FAULTS),
	MORE("populate_end", GMEM_PROBES_FAULTS),
};

const size_t gmem_nr_probes = sizeof(gmem_probes) / sizeof(*gmem_probes);

/* The kernel's type for programs on a tracepoint: there is one if the event is. */
static bool has_tracepoint(const struct btf *btf, const char *tracepoint)
{
	char name[64];

	snprintf(name, sizeof(name), "btf_trace_%s", tracepoint);
	return btf__find_by_name_kind(btf, name, BTF_KIND_TYPEDEF) >= 0;
}

static void find_in(const struct btf *btf)
{
	for (size_t i = 0; i < gmem_nr_probes; i++)
		gmem_probes[i].found |= has_tracepoint(btf, gmem_probes[i].tracepoint);
}

static const char *missing_probe(void)
{
	for (size_t i = 0; i < gmem_nr_probes; i++) {
		if (gmem_probes[i].required && !gmem_probes[i].found)
			return gmem_probes[i].tracepoint;
	}
	return NULL;
}

/* KVM is built in or a module, and its types are where its code is. */
static void find_all(struct btf *vmlinux)
{
	struct btf *kvm;

	find_in(vmlinux);
	if (!missing_probe())
		return;
	kvm = btf__load_module_btf("kvm", vmlinux);
	if (!kvm)
		return;
	find_in(kvm);
	btf__free(kvm);
}

enum gmem_status gmem_probes_find(struct gmem_error *e)
{
	const char *missing;
	struct btf *btf;

	if (access("/sys/class/misc/kvm", F_OK) && access("/dev/kvm", F_OK))
		return gmem_fail(e, GMEM_E_NO_KVM,
				 "Load kvm_amd or kvm_intel; on a machine without virtualization there is nothing to see.",
				 "there is no KVM on this host: /dev/kvm is missing");
	btf = btf__parse(BTF_DIR "/vmlinux", NULL);
	if (!btf)
		return gmem_fail(e, errno == EACCES ? GMEM_E_PERMISSION : GMEM_E_NO_BTF,
				 "The kernel must be built with CONFIG_DEBUG_INFO_BTF=y.",
				 "cannot read the kernel's types from " BTF_DIR "/vmlinux: %s",
				 strerror(errno));
	find_all(btf);
	btf__free(btf);
	missing = missing_probe();
	if (missing)
		return gmem_fail(e, GMEM_E_NO_PROBES,
				 "Boot a kernel with the patches of kernel/ (see kernel/README.md).",
				 "this kernel has no tracepoint kvm:%s", missing);
	return GMEM_OK;
}
