// SPDX-License-Identifier: GPL-2.0-only
/* 1 GiB with single private pages in it, evenly distributed (ranges.h). */
#include <inttypes.h>
#include <stdio.h>

#include "kernel_memory.h"
#include "ranges.h"

#define PAGES (TESTBED_SLOT / TESTBED_PAGE)
/* Odd, so that multiples of it visit every page of a power of two, far from each other. */
#define SCATTER 40503ULL

struct fragments {
	uint64_t count;
	bool scattered;		/* converted in an order that jumps about, not ascending */
};

struct result {
	double call_ns;		/* for one page */
	int64_t charged;
	uint64_t merge_ns;	/* for all to shared at once */
};

static int convert_one(const struct testbed *t, const struct fragments *f, uint64_t i)
{
	uint64_t nth = f->scattered ? i * SCATTER % f->count : i;

	return testbed_set_private(t, nth * (PAGES / f->count) * TESTBED_PAGE, TESTBED_PAGE, true);
}

static int convert_all(const struct testbed *t, const struct fragments *f, struct result *result)
{
	uint64_t start = now_ns();
	int err = 0;

	for (uint64_t i = 0; !err && i < f->count; i++)
		err = convert_one(t, f, i);
	result->call_ns = (double)(now_ns() - start) / (double)f->count;
	return err;
}

static int merge_all(const struct testbed *t, struct result *result)
{
	uint64_t start = now_ns();
	int err = testbed_set_private(t, 0, TESTBED_SLOT, false);

	result->merge_ns = now_ns() - start;
	return err;
}

static int measure(const struct testbed *t, const struct fragments *f, struct result *result)
{
	int64_t charged = kernel_memory_charged();
	int err = charged < 0 ? (int)charged : convert_all(t, f, result);

	if (err)
		return err;
	result->charged = kernel_memory_charged() - charged;
	return merge_all(t, result);
}

static void print_result(const struct fragments *f, const struct result *result)
{
	const char *order = f->scattered ? "_scattered" : "";
	char name[64];

	snprintf(name, sizeof(name), "fragments%s.%" PRIu64, order, f->count);
	figure_ns(name, result->call_ns, result->call_ns);
	snprintf(name, sizeof(name), "fragments%s_memory.%" PRIu64, order, f->count);
	figure_bytes(name, result->charged);
	snprintf(name, sizeof(name), "fragments%s_to_shared.%" PRIu64, order, f->count);
	figure_ns(name, (double)result->merge_ns, (double)result->merge_ns);
}

static int measure_fragments(struct ranges *r, const struct fragments *f)
{
	static const struct testbed_shape shape = { .gpa = TESTBED_GPA, .size = TESTBED_SLOT };
	struct result result = { 0 };
	struct testbed t;
	int err;

	if (ranges_open(r, &t, &shape))
		return -1;
	err = measure(&t, f, &result);
	testbed_close(&t);
	if (err)
		return ranges_failed(r, "fragment memory", err);
	print_result(f, &result);
	return 0;
}

int ranges_fragments(struct ranges *r)
{
	static const struct fragments cases[] = {
		{ 8, false }, { 64, false }, { 512, false }, { 4096, false }, { 32768, false },
		{ 131072, false },	/* every other page */
		{ 131072, true },
	};
	int err = 0;

	for (size_t i = 0; !err && i < sizeof(cases) / sizeof(*cases); i++)
		err = measure_fragments(r, &cases[i]);
	return err;
}
