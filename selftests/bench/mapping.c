// SPDX-License-Identifier: GPL-2.0-only
/* Mapped guest memory (mapping.h). */
#include <errno.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../gmemload/kvm_uapi.h"
#include "mapping.h"

int mapping_create_vcpu(const struct testbed *t)
{
	int vcpu = ioctl(t->vm_fd, KVM_CREATE_VCPU, 0);

	return vcpu < 0 ? -errno : vcpu;
}

int mapping_fault(const struct testbed *t, int vcpu, uint64_t offset, uint64_t size)
{
	struct kvm_pre_fault_memory range = { .gpa = t->shape.gpa + offset, .size = size };

	/* The kernel moves the start up to where a signal has ended the call. */
	while (range.size)
		if (ioctl(vcpu, KVM_PRE_FAULT_MEMORY, &range) && errno != EINTR)
			return -errno;
	return 0;
}

static int read_stat(const struct testbed *t, const char *name, uint64_t *value)
{
	char path[128];
	int got;
	FILE *in;

	snprintf(path, sizeof(path), "/sys/kernel/debug/kvm/%d-%d/%s", getpid(), t->vm_fd, name);
	in = fopen(path, "re");
	if (!in)
		return -errno;
	got = fscanf(in, "%ju", value);
	fclose(in);
	return got == 1 ? 0 : -ENODATA;
}

int mapping_count(const struct testbed *t, struct mappings *m)
{
	int err = read_stat(t, "pages_4k", &m->pages_4k);

	return err ? err : read_stat(t, "pages_2m", &m->pages_2m);
}
