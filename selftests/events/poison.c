// SPDX-License-Identifier: GPL-2.0-only
/* Injection of memory errors. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"
#include "poison.h"
#include "testvm.h"
#include "trace.h"

#define INJECT "/sys/kernel/debug/hwpoison/corrupt-pfn"
#define UNDO "/sys/kernel/debug/hwpoison/unpoison-pfn"
#define SPTE_PFN_MASK 0x000ffffffffff000ULL

bool poison_possible(void)
{
	return !access(INJECT, W_OK);
}

/* The frame number is in KVM's own trace event of the mapping. */
uint64_t poison_find_pfn(struct testvcpu *vcpu, uint64_t gpa)
{
	uint64_t gfn, spte, pfn = 0;
	struct records records;
	struct trace t;

	trace_open(&t, "kvmmmu/kvm_mmu_set_spte");
	CHECK_EQ(vcpu_touch(vcpu, gpa, 1), 0);
	records = trace_read(&t);
	for (unsigned int i = 0; i < records.nr; i++)
		if (sscanf(records.record[i].text, "kvm_mmu_set_spte: gfn %" SCNx64 " spte %" SCNx64,
			   &gfn, &spte) == 2 && gfn == gpa / PAGE)
			pfn = (spte & SPTE_PFN_MASK) / PAGE;
	trace_remove(getpid());
	if (!pfn)
		test_skip("KVM does not report the frame of the page");
	return pfn;
}

static int write_number(const char *path, uint64_t number)
{
	char text[32];
	int fd = open(path, O_WRONLY);
	int r = 0;

	if (fd < 0)
		return -errno;
	snprintf(text, sizeof(text), "0x%" PRIx64, number);
	if (write(fd, text, strlen(text)) < 0)
		r = -errno;
	close(fd);
	return r;
}

void poison_inject(uint64_t pfn)
{
	int r = write_number(INJECT, pfn);

	/* -EBUSY: the page stays in place, as guest_memfd intends; it counts as busy. */
	if (r && r != -EBUSY)
		test_fail("cannot corrupt pfn 0x%" PRIx64 ": %s", pfn, strerror(-r));
}

void poison_undo(uint64_t pfn)
{
	write_number(UNDO, pfn);
}
