// SPDX-License-Identifier: GPL-2.0-only
/* Changes of attributes that are told out of order end as if they had been told in order. */
#include <string.h>

#include "lib_test.h"
#include "model/changes.h"

#define PAGES	64
#define CHANGES	200
#define MOST_LATE 20	/* places that a change may be told too late */

struct told {
	struct gmem_change change;
	bool private;
};

static void make(struct told *told, struct rng *rng)
{
	for (int i = 0; i < CHANGES; i++) {
		uint64_t start = rng_below(rng, PAGES), n = rng_below(rng, PAGES - start + 1);

		/* An empty range is a change that failed. */
		told[i].change = (struct gmem_change){ i + 1, start, start + n };
		told[i].private = rng_below(rng, 2);
	}
}

static void shuffle(struct told *told, struct rng *rng)
{
	for (int i = 0; i < CHANGES; i++) {
		int late = i + (int)rng_below(rng, MOST_LATE);
		struct told moved = told[i];

		if (late >= CHANGES)
			continue;
		memmove(&told[i], &told[i + 1], (late - i) * sizeof(*told));
		told[late] = moved;
	}
}

static void in_order(const struct told *told, bool *private)
{
	memset(private, 0, PAGES);
	for (int i = 0; i < CHANGES; i++)
		memset(private + told[i].change.start, told[i].private,
		       told[i].change.end - told[i].change.start);
}

static void compare(const struct gmem_ranges *r, const bool *private)
{
	for (int i = 0; i < PAGES; i++)
		assert_int_equal(gmem_ranges_count(r, i, i + 1), private[i]);
}

static void apply_all(struct gmem_changes *c, struct gmem_ranges *r, const struct told *told)
{
	for (int i = 0; i < CHANGES; i++)
		assert_int_equal(gmem_changes_apply(c, r, &told[i].change, told[i].private), 0);
}

static void test_any_order(void **state)
{
	struct rng rng = { 11 };

	(void)state;
	for (int round = 0; round < 300; round++) {
		struct gmem_changes c = { 0 };
		struct gmem_ranges r = { 0 };
		struct told told[CHANGES];
		bool private[PAGES];

		make(told, &rng);
		in_order(told, private);
		if (round)
			shuffle(told, &rng);
		apply_all(&c, &r, told);
		compare(&r, private);
		assert_int_equal(c.done, CHANGES);
		assert_int_equal(c.nr_later, 0);
		gmem_changes_free(&c);
		gmem_ranges_free(&r);
	}
}

/* One that was lost is not waited for until there is no memory. */
static void test_a_change_that_never_comes(void **state)
{
	struct gmem_changes c = { 0 };
	struct gmem_ranges r = { 0 };

	(void)state;
	for (uint64_t order = 2; order < 10 * GMEM_CHANGES_MAX; order++) {
		struct gmem_change change = { order, 0, 1 };

		assert_int_equal(gmem_changes_apply(&c, &r, &change, order % 2), 0);
		assert_true(c.nr_later <= GMEM_CHANGES_MAX);
		assert_int_equal(r.nr_pages, order % 2);
	}
	gmem_changes_free(&c);
	gmem_ranges_free(&r);
}

/* gmemtop came in the middle: the first number that it hears is not 1. */
static void test_begins_anywhere(void **state)
{
	struct gmem_changes c = { 0 };
	struct gmem_ranges r = { 0 };
	struct gmem_change second = { 1001, 0, 8 }, first = { 1000, 4, 12 };

	(void)state;
	assert_int_equal(gmem_changes_apply(&c, &r, &second, true), 0);
	assert_int_equal(gmem_changes_apply(&c, &r, &first, false), 0);
	assert_int_equal(r.nr_pages, 8);
	gmem_changes_free(&c);
	gmem_ranges_free(&r);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_any_order),
	cmocka_unit_test(test_a_change_that_never_comes),
	cmocka_unit_test(test_begins_anywhere),
};

TEST_UNIT(changes_unit, tests);
