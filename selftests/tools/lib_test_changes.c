// SPDX-License-Identifier: GPL-2.0-only
/* Conversions applied out of order have the same result as in order. */
#include <string.h>

#include "lib_test.h"
#include "model/changes.h"

#define PAGES	64
#define CHANGES	200
#define MOST_LATE 20	/* places by which a conversion may be late */

struct arrival {
	struct gmem_change change;
	bool private;
};

static void make_arrivals(struct arrival *arrivals, struct rng *rng)
{
	for (int i = 0; i < CHANGES; i++) {
		uint64_t start = rng_below(rng, PAGES), n = rng_below(rng, PAGES - start + 1);

		/* An empty range is a conversion that failed. */
		arrivals[i].change = (struct gmem_change){ i + 1, start, start + n };
		arrivals[i].private = rng_below(rng, 2);
	}
}

static void shuffle(struct arrival *arrivals, struct rng *rng)
{
	for (int i = 0; i < CHANGES; i++) {
		int late = i + (int)rng_below(rng, MOST_LATE);
		struct arrival moved = arrivals[i];

		if (late >= CHANGES)
			continue;
		memmove(&arrivals[i], &arrivals[i + 1], (late - i) * sizeof(*arrivals));
		arrivals[late] = moved;
	}
}

static void in_order(const struct arrival *arrivals, bool *private)
{
	memset(private, 0, PAGES);
	for (int i = 0; i < CHANGES; i++)
		memset(private + arrivals[i].change.start, arrivals[i].private,
		       arrivals[i].change.end - arrivals[i].change.start);
}

static void compare(const struct gmem_ranges *r, const bool *private)
{
	for (int i = 0; i < PAGES; i++)
		assert_int_equal(gmem_ranges_count(r, i, i + 1), private[i]);
}

static void apply_all(struct gmem_changes *c, struct gmem_ranges *r, const struct arrival *arrivals)
{
	for (int i = 0; i < CHANGES; i++)
		assert_int_equal(gmem_changes_apply(c, r, &arrivals[i].change, arrivals[i].private), 0);
}

static void test_any_order(void **state)
{
	struct rng rng = { 11 };

	(void)state;
	for (int round = 0; round < 300; round++) {
		struct gmem_changes c = { 0 };
		struct gmem_ranges r = { 0 };
		struct arrival arrivals[CHANGES];
		bool private[PAGES];

		make_arrivals(arrivals, &rng);
		in_order(arrivals, private);
		if (round)
			shuffle(arrivals, &rng);
		apply_all(&c, &r, arrivals);
		compare(&r, private);
		assert_int_equal(c.done, CHANGES);
		assert_int_equal(c.nr_later, 0);
		gmem_changes_free(&c);
		gmem_ranges_free(&r);
	}
}

/* Later changes wait for a lost one only up to a limit, and not until memory runs out. */
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

/* A tool that started late gets a first number other than 1. */
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
