// SPDX-License-Identifier: GPL-2.0-only
/* Tests of ranges.h against a bitmap. Independent of the layout of chunks. */
#include "lib_test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/ranges.h"

#define SMALL	8	/* pages; exhaustive tests */
#define MEDIUM	3000	/* some thousand extents: several chunks */
#define LARGE	200000	/* 100000 extents */

/* Expected set: page base + i is in it if in[i]. */
struct oracle {
	uint64_t base;
	size_t n;
	unsigned char in[LARGE];
};

struct fixture {
	struct gmem_ranges r;
	struct oracle o;
};

static int setup(void **state)
{
	*state = calloc(1, sizeof(struct fixture));
	return !*state;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	gmem_ranges_free(&f->r);
	free(f);
	return 0;
}

static void start_over(struct fixture *f, uint64_t base, size_t n)
{
	gmem_ranges_free(&f->r);
	f->o.base = base;
	f->o.n = n;
	memset(f->o.in, 0, n);
}

static int change(struct fixture *f, bool add, uint64_t a, uint64_t b)
{
	uint64_t start = f->o.base + a, end = f->o.base + b;

	return add ? gmem_ranges_add(&f->r, start, end) : gmem_ranges_del(&f->r, start, end);
}

static void expect_change(struct fixture *f, bool add, uint64_t a, uint64_t b)
{
	if (a < b)
		memset(&f->o.in[a], add, b - a);
}

static void both(struct fixture *f, bool add, uint64_t a, uint64_t b)
{
	assert_int_equal(change(f, add, a, b), 0);
	expect_change(f, add, a, b);
}

/* Finds the next maximal run of the oracle at or after *i; false at its end. */
static bool next_run(const struct oracle *o, size_t *i, struct gmem_extent *x)
{
	size_t a = *i, b;

	while (a < o->n && !o->in[a])
		a++;
	if (a == o->n)
		return false;
	for (b = a; b < o->n && o->in[b]; )
		b++;
	*x = (struct gmem_extent){ o->base + a, o->base + b };
	*i = b;
	return true;
}

static void assert_same(const struct fixture *f)
{
	struct gmem_extent x = { 0, 0 }, want;
	uint64_t nr_extents = 0, nr_pages = 0;
	size_t i = 0;

	while (next_run(&f->o, &i, &want)) {
		assert_true(gmem_ranges_next(&f->r, x.end, &x));
		assert_int_equal(x.start, want.start);
		assert_int_equal(x.end, want.end);
		nr_extents++;
		nr_pages += want.end - want.start;
	}
	assert_false(gmem_ranges_next(&f->r, x.end, &x));
	assert_int_equal(f->r.nr_extents, nr_extents);
	assert_int_equal(f->r.nr_pages, nr_pages);
	assert_int_equal(gmem_ranges_count(&f->r, 0, UINT64_MAX), nr_pages);
}

static uint64_t expect_count(const struct oracle *o, uint64_t a, uint64_t b)
{
	uint64_t n = 0;

	for (; a < b; a++)
		n += o->in[a];
	return n;
}

static void assert_count(const struct fixture *f, uint64_t a, uint64_t b)
{
	assert_int_equal(gmem_ranges_count(&f->r, f->o.base + a, f->o.base + b),
			 expect_count(&f->o, a, b));
}

static void assert_counts(const struct fixture *f)
{
	for (size_t a = 0; a <= f->o.n; a++) {
		for (size_t b = 0; b <= f->o.n; b++)
			assert_count(f, a, b);
	}
}

static void assert_next(const struct fixture *f, uint64_t a)
{
	struct gmem_extent x, want = { 0, 0 };
	bool found = false;
	size_t i = 0;

	while (!found && next_run(&f->o, &i, &want))
		found = want.end > f->o.base + a;
	assert_int_equal(gmem_ranges_next(&f->r, f->o.base + a, &x), found);
	if (found) {
		assert_int_equal(x.start, want.start);
		assert_int_equal(x.end, want.end);
	}
}

static void set_bits(struct fixture *f, uint64_t base, unsigned int bits)
{
	start_over(f, base, SMALL);
	for (unsigned int i = 0; i < SMALL; i++) {
		if (bits >> i & 1)
			both(f, true, i, i + 1);
	}
}

static void test_every_small_set_and_change(void **state)
{
	static const uint64_t bases[] = { 0, 1000, UINT64_MAX - SMALL };
	struct fixture *f = *state;

	for (size_t i = 0; i < 3 * 2 * (1 << SMALL) * (SMALL + 1); i++) {
		unsigned int a = i % (SMALL + 1), bits = i / (SMALL + 1) % (1 << SMALL);
		size_t rest = i / (SMALL + 1) / (1 << SMALL);

		for (unsigned int b = 0; b <= SMALL; b++) {
			set_bits(f, bases[rest / 2], bits);
			both(f, rest % 2, a, b);
			assert_same(f);
		}
	}
}

static void test_count_and_next_of_every_small_set(void **state)
{
	struct fixture *f = *state;

	for (unsigned int bits = 0; bits < 1 << SMALL; bits++) {
		set_bits(f, UINT64_MAX - SMALL, bits);
		assert_counts(f);
		set_bits(f, 0, bits);
		assert_counts(f);
		for (unsigned int a = 0; a <= SMALL; a++)
			assert_next(f, a);
	}
}

static void random_change(struct fixture *f, struct rng *rng, uint64_t longest)
{
	uint64_t a = rng_below(rng, f->o.n), len = 1 + rng_below(rng, longest);

	both(f, rng_below(rng, 2), a, a + len < f->o.n ? a + len : f->o.n);
}

static void test_short_random_sequences(void **state)
{
	struct fixture *f = *state;

	for (uint64_t seed = 0; seed < 2000; seed++) {
		struct rng rng = { seed };
		uint64_t n = 1 + rng_below(&rng, 60);

		start_over(f, seed % 2 ? 0 : UINT64_MAX - 64, 64);
		while (n--) {
			random_change(f, &rng, 1 + rng_below(&rng, 20));
			assert_same(f);
		}
		assert_counts(f);
	}
}

/* Changes from single pages, which fill and split chunks, to whole sweeps, which empty many. */
static void test_random_sequences_over_chunks(void **state)
{
	static const uint64_t longest[] = { 1, 2, 5, 50, MEDIUM };
	struct fixture *f = *state;

	for (uint64_t seed = 0; seed < 60; seed++) {
		struct rng rng = { seed };

		start_over(f, seed % 2 ? 0 : UINT64_MAX - MEDIUM, MEDIUM);
		for (int i = 0; i < 6000; i++) {
			bool rare = !rng_below(&rng, 200);

			random_change(f, &rng, longest[rare ? 3 + rng_below(&rng, 2) : seed % 3]);
			if (i % 100)
				continue;
			assert_same(f);
			assert_next(f, rng_below(&rng, MEDIUM));
			assert_count(f, rng_below(&rng, MEDIUM), rng_below(&rng, MEDIUM));
		}
	}
}

static uint64_t ascending(uint64_t i)
{
	return i;
}

static uint64_t descending(uint64_t i)
{
	return LARGE / 2 - 1 - i;
}

static uint64_t scattered(uint64_t i)
{
	return i * 61803 % (LARGE / 2);	/* 61803 and 100000 are coprime: each value once */
}

/* Adds every second page, in that order. */
static void fill(struct fixture *f, uint64_t (*order)(uint64_t))
{
	start_over(f, 0, LARGE);
	for (uint64_t i = 0; i < LARGE / 2; i++)
		both(f, true, 2 * order(i), 2 * order(i) + 1);
	assert_int_equal(f->r.nr_extents, LARGE / 2);
	assert_same(f);
}

static void sweep(struct fixture *f, uint64_t (*order)(uint64_t))
{
	fill(f, order);
	both(f, false, 1001, 150000);
	assert_same(f);
	both(f, true, 500, 170001);
	assert_same(f);
	for (uint64_t a = 0; a < LARGE; a += 997)
		assert_count(f, a, LARGE - a / 2);
	both(f, false, 0, LARGE);
	assert_same(f);
	fill(f, order);
	both(f, true, 0, LARGE);	/* one extent of all */
	assert_same(f);
	for (uint64_t i = 0; i < LARGE / 2; i++)	/* splits */
		both(f, false, 2 * order(i), 2 * order(i) + 1);
	assert_same(f);
	for (uint64_t i = 0; i < LARGE / 2; i++)	/* merges */
		both(f, true, 2 * order(i), 2 * order(i) + 1);
	assert_int_equal(f->r.nr_extents, 1);
	assert_same(f);
}

static void test_100000_extents(void **state)
{
	sweep(*state, ascending);
	sweep(*state, descending);
	sweep(*state, scattered);
}

/*
 * Changes the set without memory first: if that fails, it must be unchanged. Returns whether it
 * failed.
 */
static bool change_without_memory(struct fixture *f, struct rng *rng)
{
	uint64_t a = rng_below(rng, MEDIUM);
	bool add = rng_below(rng, 4), failed;
	int err;

	alloc_fail_after(rng_below(rng, 2));
	err = change(f, add, a, a + 1);
	failed = alloc_restore();
	assert_int_equal(err, failed ? -ENOMEM : 0);
	if (failed) {
		assert_same(f);
		assert_int_equal(change(f, add, a, a + 1), 0);
	}
	expect_change(f, add, a, a + 1);
	return failed;
}

static void test_no_memory_changes_nothing(void **state)
{
	struct fixture *f = *state;
	int failures = 0;

	for (uint64_t seed = 0; seed < 50; seed++) {
		struct rng rng = { seed };

		start_over(f, 0, MEDIUM);
		for (int i = 0; i < MEDIUM / 2; i++)
			failures += change_without_memory(f, &rng);
		assert_same(f);
	}
	assert_true(failures > 100);
}

static void test_extremes(void **state)
{
	struct fixture *f = *state;
	struct gmem_ranges *r = &f->r;
	struct gmem_extent x;

	assert_int_equal(gmem_ranges_add(r, 0, UINT64_MAX), 0);
	assert_int_equal(r->nr_pages, UINT64_MAX);
	assert_int_equal(gmem_ranges_count(r, 0, UINT64_MAX), UINT64_MAX);
	assert_int_equal(gmem_ranges_count(r, UINT64_MAX - 1, UINT64_MAX), 1);
	assert_int_equal(gmem_ranges_count(r, UINT64_MAX, UINT64_MAX), 0);
	assert_true(gmem_ranges_next(r, UINT64_MAX - 1, &x));
	assert_int_equal(x.end, UINT64_MAX);
	assert_false(gmem_ranges_next(r, UINT64_MAX, &x));
	assert_int_equal(gmem_ranges_del(r, 1, UINT64_MAX - 1), 0);
	assert_int_equal(r->nr_extents, 2);
	assert_int_equal(r->nr_pages, 2);
	assert_int_equal(gmem_ranges_del(r, UINT64_MAX - 1, UINT64_MAX), 0);
	assert_int_equal(gmem_ranges_del(r, 0, 1), 0);
	assert_int_equal(r->nr_extents, 0);
	assert_int_equal(r->nr_pages, 0);
	assert_false(gmem_ranges_next(r, 0, &x));
}

static void test_empty_and_inverted(void **state)
{
	struct fixture *f = *state;
	struct gmem_ranges *r = &f->r;

	assert_int_equal(gmem_ranges_add(r, 10, 20), 0);
	assert_int_equal(gmem_ranges_add(r, 30, 30), 0);
	assert_int_equal(gmem_ranges_add(r, UINT64_MAX, 0), 0);
	assert_int_equal(gmem_ranges_del(r, 15, 15), 0);
	assert_int_equal(gmem_ranges_del(r, 20, 10), 0);
	assert_int_equal(gmem_ranges_del(r, UINT64_MAX, UINT64_MAX), 0);
	assert_int_equal(gmem_ranges_count(r, 20, 10), 0);
	assert_int_equal(r->nr_extents, 1);
	assert_int_equal(r->nr_pages, 10);
}

static void test_freed_is_empty(void **state)
{
	struct fixture *f = *state;

	start_over(f, 0, MEDIUM);
	both(f, true, 1, 2);
	both(f, true, 4, 9);
	gmem_ranges_free(&f->r);
	memset(f->o.in, 0, MEDIUM);
	assert_same(f);
	both(f, true, 7, 8);
	assert_same(f);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct CMUnitTest tests[] = {
	TEST(test_every_small_set_and_change),
	TEST(test_count_and_next_of_every_small_set),
	TEST(test_short_random_sequences),
	TEST(test_random_sequences_over_chunks),
	TEST(test_100000_extents),
	TEST(test_no_memory_changes_nothing),
	TEST(test_extremes),
	TEST(test_empty_and_inverted),
	TEST(test_freed_is_empty),
};

TEST_UNIT(ranges_unit, tests);
