// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "probes.h"

#include <bpf/btf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BTF_DIR "/sys/kernel/btf"

/* Every tracepoint of kernel/ that gmem.bpf.c attaches to. */
static const char *const tracepoints[] = {
	"kvm_gmem_create",
	"kvm_gmem_release",
	"kvm_gmem_bind",
	"kvm_gmem_unbind",
	"kvm_gmem_fallocate_begin",
	"kvm_gmem_fallocate_end",
	"kvm_gmem_invalidate_begin",
	"kvm_gmem_invalidate_end",
	"kvm_gmem_attributes_begin",
	"kvm_gmem_attributes_end",
	"kvm_gmem_memory_fault",
};

/* The kernel's type for programs on a tracepoint: there is one if the event is. */
static const char *missing_in(const struct btf *btf)
{
	char name[64];

	for (size_t i = 0; i < sizeof(tracepoints) / sizeof(*tracepoints); i++) {
		snprintf(name, sizeof(name), "btf_trace_%s", tracepoints[i]);
		if (btf__find_by_name_kind(btf, name, BTF_KIND_TYPEDEF) < 0)
			return tracepoints[i];
	}
	return NULL;
}

/* KVM is built in or a module, and its types are where its code is. */
static const char *missing_tracepoint(const struct btf *vmlinux)
{
	const char *missing = missing_in(vmlinux);
	struct btf *kvm;

	if (!missing)
		return NULL;
	kvm = btf__load_module_btf("kvm", (struct btf *)vmlinux);
	if (!kvm)
		return missing;
	missing = missing_in(kvm);
	btf__free(kvm);
	return missing;
}

enum gmem_status gmem_probes_check(struct gmem_error *e)
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
	missing = missing_tracepoint(btf);
	btf__free(btf);
	if (missing)
		return gmem_fail(e, GMEM_E_NO_PROBES,
				 "Boot a kernel with the patches of kernel/ (see kernel/README.md).",
				 "this kernel has no tracepoint kvm:%s", missing);
	return GMEM_OK;
}
