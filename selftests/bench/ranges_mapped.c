// SPDX-License-Identifier: GPL-2.0-only
/* 1 GiB mapped into a guest, by 4 KiB or by 2 MiB, and converted (ranges.h). */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "mapping.h"
#include "ranges.h"

static const struct kind {
	const char *name;
	int advice;		/* for the shared side */
	bool huge;
} kinds[] = {
	{ "4k", MADV_NOHUGEPAGE, false },
	{ "2m", MADV_HUGEPAGE, true },
};

struct mapped {
	const struct kind *kind;
	struct testbed t;
	int vcpu;
};

static void name_figure(char name[64], const struct mapped *m, const char *what)
{
	snprintf(name, 64, "mapped_%s.%s", m->kind->name, what);
}

/* Returns whether the mappings have the wanted size. */
static int check_mappings(const struct mapped *m, bool *right)
{
	struct mappings count;
	uint64_t wanted = TESTBED_SLOT / (m->kind->huge ? TESTBED_BLOCK : TESTBED_PAGE);
	int err = mapping_count(&m->t, &count);

	*right = !err && (m->kind->huge ? count.pages_2m : count.pages_4k) == wanted;
	return err;
}

/* Converts memory that is mapped, and prints the time. */
static int timed_convert(const struct mapped *m, bool private)
{
	char name[64];
	uint64_t start = now_ns(), ns;
	int err = testbed_set_private(&m->t, 0, TESTBED_SLOT, private);

	ns = now_ns() - start;
	name_figure(name, m, private ? "to_private" : "to_shared");
	if (!err)
		figure_ns(name, (double)ns, (double)ns);
	return err;
}

/* Maps all, as private or as shared as it is, and converts it to the other. */
static int map_and_convert(const struct mapped *m, bool to_private)
{
	bool right;
	char name[64];
	int err = mapping_fault(&m->t, m->vcpu, 0, TESTBED_SLOT);

	if (!err)
		err = check_mappings(m, &right);
	if (err)
		return err;
	if (right)
		return timed_convert(m, to_private);
	name_figure(name, m, to_private ? "to_private" : "to_shared");
	figure_skipped(name, m->kind->huge ? "this kernel does not map it by 2 MiB" :
					     "this kernel does not map it by 4 KiB");
	return testbed_set_private(&m->t, 0, TESTBED_SLOT, to_private);
}

static int populate_shared(const struct mapped *m)
{
	char *start = m->t.shared;

	if (madvise(start, TESTBED_SLOT, m->kind->advice))
		return -errno;
	for (uint64_t offset = 0; offset < TESTBED_SLOT; offset += TESTBED_PAGE)
		start[offset] = 1;
	return 0;
}

/* Shared memory to private first, then the other way; only one side is populated at a time. */
static int measure_directions(const struct mapped *m)
{
	int err = populate_shared(m);

	if (!err)
		err = map_and_convert(m, true);
	if (!err && madvise(m->t.shared, TESTBED_SLOT, MADV_DONTNEED))
		err = -errno;
	return err ? err : map_and_convert(m, false);
}

static int measure_kind(struct ranges *r, const struct kind *kind)
{
	const struct testbed_shape shape = { .gpa = TESTBED_GPA, .size = TESTBED_SLOT,
					     .huge_pages = kind->huge };
	struct mapped m = { .kind = kind };
	int err;

	if (ranges_open(r, &m.t, &shape))
		return -1;
	m.vcpu = mapping_create_vcpu(&m.t);
	err = m.vcpu < 0 ? m.vcpu : measure_directions(&m);
	if (m.vcpu >= 0)
		close(m.vcpu);
	testbed_close(&m.t);
	return err ? ranges_failed(r, "map and convert memory", err) : 0;
}

int ranges_mapped(struct ranges *r)
{
	int err = measure_kind(r, &kinds[0]);

	return err ? err : measure_kind(r, &kinds[1]);
}
