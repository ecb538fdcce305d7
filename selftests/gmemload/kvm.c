// SPDX-License-Identifier: GPL-2.0-only
/* Checks that KVM supports guest_memfd VMs. */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "kvm.h"
#include "kvm_uapi.h"

/*
 * Capabilities checked on /dev/kvm, not on a VM created for it: the tools under test would see that
 * VM.
 */
static const struct {
	int number;
	int bits;
	const char *name;
	const char *todo;
} capabilities[] = {
	{ KVM_CAP_VM_TYPES, 1 << KVM_X86_SW_PROTECTED_VM,
	  "KVM_X86_SW_PROTECTED_VM in KVM_CAP_VM_TYPES",
	  "Use Linux 6.8 or newer with CONFIG_KVM_SW_PROTECTED_VM=y, and KVM with two-dimensional "
	  "paging and its TDP MMU." },
	{ KVM_CAP_GUEST_MEMFD, ~0, "KVM_CAP_GUEST_MEMFD",
	  "Use Linux 6.8 or newer with CONFIG_KVM_SW_PROTECTED_VM=y." },
	{ KVM_CAP_MEMORY_ATTRIBUTES, KVM_MEMORY_ATTRIBUTE_PRIVATE,
	  "KVM_MEMORY_ATTRIBUTE_PRIVATE in KVM_CAP_MEMORY_ATTRIBUTES",
	  "Use Linux 6.8 or newer with CONFIG_KVM_SW_PROTECTED_VM=y." },
	{ KVM_CAP_USER_MEMORY2, ~0, "KVM_CAP_USER_MEMORY2", "Use Linux 6.8 or newer." },
	{ KVM_CAP_MEMORY_FAULT_INFO, ~0, "KVM_CAP_MEMORY_FAULT_INFO", "Use Linux 6.8 or newer." },
	{ KVM_CAP_EXIT_HYPERCALL, 1 << KVM_HC_MAP_GPA_RANGE,
	  "KVM_HC_MAP_GPA_RANGE in KVM_CAP_EXIT_HYPERCALL", "Use Linux 6.8 or newer." },
};

static int open_failed(struct failure *failure, int error)
{
	if (error == EACCES || error == EPERM)
		return fail(failure, EXIT_PERMISSION,
			    "Run it as root or as a member of the group that owns /dev/kvm.",
			    "cannot open /dev/kvm: %s", strerror(error));
	if (error == ENOENT || error == ENODEV || error == ENXIO)
		return fail(failure, EXIT_NO_KVM,
			    "Load kvm_intel or kvm_amd, or run it in a VM: "
			    "selftests/vm/run -- build/gmemload ...",
			    "cannot open /dev/kvm: %s", strerror(error));
	return fail(failure, EXIT_FAILED, "See the message for the reason.",
		    "cannot open /dev/kvm: %s", strerror(error));
}

int kvm_open(struct failure *failure)
{
	int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	unsigned int i;

	if (fd < 0)
		return open_failed(failure, errno);
	for (i = 0; i < sizeof(capabilities) / sizeof(capabilities[0]); i++) {
		int has = ioctl(fd, KVM_CHECK_EXTENSION, capabilities[i].number);

		if (has > 0 && (has & capabilities[i].bits))
			continue;
		close(fd);
		return fail(failure, EXIT_NO_CAPABILITY, capabilities[i].todo,
			    "cannot use this kernel's KVM: %s is missing", capabilities[i].name);
	}
	return fd;
}
