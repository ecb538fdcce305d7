// SPDX-License-Identifier: GPL-2.0-only
/* Conversion of one page, by the state of the 2 MiB block that it is in (ranges.h). */
#include <stdio.h>

#include "ranges.h"

/*
 * Operations of one batch, each in a block of its own: less guest time than a timer period, so that
 * some batches have no interrupt.
 */
#define BATCH 16
#define BATCHES 20
#define CALLS 8			/* unchanged calls in a block: they need no preparation */
#define PAGE_IN_BLOCK 201	/* odd; neither end of the block */
#define BLOCK_PAGES (TESTBED_BLOCK / TESTBED_PAGE)

/* The other ranges of "many": every second block of this much is private. */
#define OTHERS (8ULL << 30)

enum content { SHARED, PRIVATE, MIXED };

static const struct state {
	const char *name;	/* of the block before the conversion */
	enum content content;
} states[] = {
	{ "shared", SHARED },
	{ "private", PRIVATE },
	{ "mixed", MIXED },	/* every other page is private: it stays mixed */
};

struct batches {
	double best;
	double sum;
};

static void add_batch(struct batches *b, uint64_t ns, unsigned int ops)
{
	double each = (double)ns / ops;

	if (!(b->sum > 0) || each < b->best)
		b->best = each;
	b->sum += each;
}

static void print_batches(const char *surroundings, const char *name, const char *to,
			  const struct batches *b, unsigned int n)
{
	char text[64];

	snprintf(text, sizeof(text), "page%s.%s.%s", surroundings, name, to);
	figure_ns(text, b->best, b->sum / n);
}

static int set_page(const struct testbed *t, uint64_t block, uint64_t page, bool private)
{
	return testbed_set_private(t, block * TESTBED_BLOCK + page * TESTBED_PAGE, TESTBED_PAGE,
				   private);
}

static int fill_block(const struct testbed *t, uint64_t block, enum content content)
{
	int err = testbed_set_private(t, block * TESTBED_BLOCK, TESTBED_BLOCK, content == PRIVATE);

	for (uint64_t page = 0; !err && content == MIXED && page < BLOCK_PAGES; page += 2)
		err = set_page(t, block, page, true);
	return err;
}

static int fill_blocks(const struct testbed *t, enum content content)
{
	int err = 0;

	for (uint64_t block = 0; !err && block < 2 * BATCH; block += 2)
		err = fill_block(t, block, content);
	return err;
}

/* Converts a page of every second block; the blocks in between stay shared. */
static int convert_batch(const struct testbed *t, bool private, unsigned int calls,
			 struct batches *b)
{
	uint64_t start = now_ns();
	int err = 0;

	for (uint64_t block = 0; !err && block < 2 * BATCH; block += 2)
		for (unsigned int i = 0; !err && i < calls; i++)
			err = set_page(t, block, PAGE_IN_BLOCK, private);
	add_batch(b, now_ns() - start, BATCH * calls);
	return err;
}

/* Converts pages to what they are not, and back. */
static int measure_state(const struct testbed *t, const char *surroundings, const struct state *s)
{
	struct batches change = { 0 }, restore = { 0 }, unchanged = { 0 };
	bool private = s->content == PRIVATE;
	int err = fill_blocks(t, s->content);

	for (int i = 0; !err && i < BATCHES; i++) {
		err = convert_batch(t, !private, 1, &change);
		if (!err)
			err = convert_batch(t, private, 1, &restore);
		if (!err)
			err = convert_batch(t, private, CALLS, &unchanged);
	}
	if (err)
		return err;
	print_batches(surroundings, s->name, "change", &change, BATCHES);
	print_batches(surroundings, s->name, "restore", &restore, BATCHES);
	print_batches(surroundings, s->name, "unchanged", &unchanged, BATCHES);
	return 0;
}

/* As flip4k of gmem_ops: one page after the other to private and back, all else shared. */
static int measure_flip(const struct testbed *t, const char *surroundings)
{
	struct batches b = { 0 };
	int err = 0;

	for (uint64_t page = 0; !err && page < BATCH * BATCHES; page += BATCH) {
		uint64_t start = now_ns();

		for (uint64_t i = 0; !err && i < 2 * BATCH; i++)
			err = set_page(t, 0, page + i / 2, !(i & 1));
		add_batch(&b, now_ns() - start, 2 * BATCH);
	}
	if (!err)
		print_batches(surroundings, "flip", "change", &b, BATCHES);
	return err;
}

/* A guest that becomes private page by page, from the start. */
static int measure_growth(const struct testbed *t, const char *surroundings)
{
	struct batches b = { 0 };
	unsigned int n = 0;
	int err = testbed_set_private(t, 0, 2 * BATCH * TESTBED_BLOCK, false);

	for (uint64_t page = 0; !err && page < 4 * BLOCK_PAGES; page += BATCH, n++) {
		uint64_t start = now_ns();

		for (uint64_t i = 0; !err && i < BATCH; i++)
			err = set_page(t, 0, page + i, true);
		add_batch(&b, now_ns() - start, BATCH);
	}
	if (!err)
		print_batches(surroundings, "growth", "change", &b, n);
	return err ? err : testbed_set_private(t, 0, 2 * BATCH * TESTBED_BLOCK, false);
}

static int measure_states(const struct testbed *t, const char *surroundings)
{
	int err = measure_flip(t, surroundings);

	for (size_t i = 0; !err && i < sizeof(states) / sizeof(*states); i++)
		err = measure_state(t, surroundings, &states[i]);
	return err ? err : measure_growth(t, surroundings);
}

static int make_others(const struct testbed *t)
{
	int err = 0;

	for (uint64_t offset = TESTBED_SLOT; !err && offset < TESTBED_SLOT + OTHERS;
	     offset += 2 * TESTBED_BLOCK)
		err = testbed_set_private(t, offset, TESTBED_BLOCK, true);
	return err;
}

int ranges_states(struct ranges *r)
{
	static const struct testbed_shape shape = { .gpa = TESTBED_GPA,
						    .size = TESTBED_SLOT + OTHERS };
	struct testbed t;
	int err;

	if (ranges_open(r, &t, &shape))
		return -1;
	err = measure_states(&t, "");
	if (!err)
		err = make_others(&t);
	if (!err)
		err = measure_states(&t, "_among_many");
	testbed_close(&t);
	return err ? ranges_failed(r, "convert a page", err) : 0;
}
