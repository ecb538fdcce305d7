// SPDX-License-Identifier: GPL-2.0-only
#include "gmemtop_test.h"

#include <stdlib.h>
#include <string.h>

#include "terminal/looks.h"
#include "widgets/age.h"
#include "widgets/segments.h"
#include "widgets/vmmap.h"

static void expect(const struct canvas *c, const char *want)
{
	char *text = canvas_text(c);

	assert_non_null(text);
	assert_string_equal(text, want);
	free(text);
}

static void test_clips_at_every_edge(void **state)
{
	struct canvas *c = canvas_new(4, 2, false);

	(void)state;
	assert_int_equal(canvas_put(c, 0, -2, CANVAS_NORMAL, "abcdefgh"), 6);
	canvas_put(c, -1, 0, CANVAS_NORMAL, "above");
	canvas_put(c, 2, 0, CANVAS_NORMAL, "below");
	canvas_put(c, 1, 4, CANVAS_NORMAL, "right");
	canvas_put(c, 1, -9, CANVAS_NORMAL, "left");
	expect(c, "cdef\n\n");
	canvas_free(c);
}

static void test_never_splits_wide(void **state)
{
	struct canvas *c = canvas_new(5, 1, false);

	(void)state;
	canvas_put(c, 0, 0, CANVAS_NORMAL, "一二三");
	expect(c, "一二\n");
	canvas_put(c, 0, 1, CANVAS_NORMAL, "x");
	expect(c, " x二\n");
	canvas_put(c, 0, 2, CANVAS_NORMAL, "y");
	expect(c, " xy\n");
	canvas_clear(c);
	canvas_put(c, 0, -1, CANVAS_NORMAL, "一二");
	expect(c, " 二\n");
	canvas_put(c, 0, 2, CANVAS_NORMAL, "三");
	expect(c, "  三\n");
	canvas_free(c);
}

static void test_combines(void **state)
{
	struct canvas *c = canvas_new(3, 1, false);

	(void)state;
	assert_int_equal(canvas_put(c, 0, 0, CANVAS_NORMAL, "e\xcc\x81x"), 2);
	expect(c, "e\xcc\x81x\n");
	/* Combining characters without a base, and too many on one base. */
	canvas_clear(c);
	canvas_put(c, 0, 0, CANVAS_NORMAL, "\xcc\x81" "a\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81");
	expect(c, "a\xcc\x81\xcc\x81\xcc\x81\n");
	canvas_free(c);
}

static void test_replaces_what_acts_on_terminals(void **state)
{
	struct canvas *c = canvas_new(9, 1, false);

	(void)state;
	canvas_put(c, 0, 0, CANVAS_NORMAL, "a\033\n\x7f\xc2\x9b\xe2\x80\xae\xff\xc0\xaf");
	expect(c, "a\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\n");
	canvas_free(c);
	c = canvas_new(9, 1, true);
	canvas_put(c, 0, 0, CANVAS_NORMAL, "aé一e\xcc\x81\033");
	expect(c, "a??e??\n");
	canvas_free(c);
}

static void test_fields(void **state)
{
	struct canvas *c = canvas_new(8, 1, false);

	(void)state;
	assert_int_equal(canvas_field(c, 0, 1, 6, true, CANVAS_WARN, "12"), 7);
	expect(c, "     12\n");
	canvas_field(c, 0, 1, 6, false, CANVAS_NORMAL, "12345678");
	expect(c, " 12345…\n");
	canvas_field(c, 0, 1, 6, false, CANVAS_NORMAL, "一二三四");
	expect(c, " 一二…\n");
	canvas_clear(c);
	canvas_field(c, 0, 1, 4, true, CANVAS_NORMAL, "一二");
	expect(c, " 一二\n");
	canvas_free(c);
}

static void test_no_size(void **state)
{
	struct canvas *c = canvas_new(0, -3, false);

	(void)state;
	canvas_put(c, 0, 0, CANVAS_NORMAL, "一x");
	canvas_field(c, 0, 0, -1, false, CANVAS_NORMAL, "x");
	expect(c, "");
	assert_true(canvas_resize(c, 1, 1));
	canvas_put(c, 0, 0, CANVAS_NORMAL, "一");
	expect(c, "\n");
	canvas_free(c);
}

static void test_any_bytes(void **state)
{
	struct canvas *c = canvas_new(40, 1, false);
	uint64_t rng = 1;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		char text[32], *out;

		for (size_t i = 0; i < sizeof(text); i++) {
			rng = rng * 6364136223846793005ULL + 1442695040888963407ULL;
			text[i] = (char)(rng >> 56);
		}
		text[sizeof(text) - 1] = '\0';
		canvas_clear(c);
		canvas_field(c, 0, 3, 20, round & 1, CANVAS_NORMAL, text);
		out = canvas_text(c);
		for (const char *p = out; *p; p++)
			assert_true(*p == '\n' || (unsigned char)*p >= 0x20);
		free(out);
	}
	canvas_free(c);
}

static void segments_line(int width, const char *want)
{
	struct canvas *c = canvas_new(width, 1, false);
	struct segments line = { .n = 0 };

	strcpy(segments_add(&line, 0, CANVAS_NORMAL)->text, "first");
	strcpy(segments_add(&line, 2, CANVAS_NORMAL)->text, "second");
	strcpy(line.s[1].brief, "2nd");
	strcpy(segments_add(&line, 1, CANVAS_NORMAL)->text, "third");
	segments_draw(c, 0, &line);
	expect(c, want);
	canvas_free(c);
}

/* The full text is the first to go, and does not displace another segment. */
static void test_segments_take_the_room_left(void **state)
{
	static const struct { int width; const char *line; } samples[] = {
		{ 14, "a long  second\n" }, { 13, "a  second\n" }, { 9, "a  second\n" }, { 8, "a  2nd\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++) {
		struct canvas *c = canvas_new(samples[i].width, 1, false);
		struct segments line = { .n = 0 };
		char *text;

		strcpy(segments_printf(&line, 0, CANVAS_NORMAL, "a")->full, "a long");
		strcpy(segments_printf(&line, 1, CANVAS_NORMAL, "second")->brief, "2nd");
		segments_draw(c, 0, &line);
		text = canvas_text(c);
		assert_string_equal(text, samples[i].line);
		free(text);
		canvas_free(c);
	}
}

static void test_segments_go_in_order_of_rank(void **state)
{
	(void)state;
	segments_line(20, "first  second  third\n");
	segments_line(19, "first  2nd  third\n");
	segments_line(16, "first  third\n");
	segments_line(11, "first\n");
	segments_line(3, "fir\n");
}

static void test_ages_fit_four_columns(void **state)
{
	static const struct { uint64_t ns; const char *text; } ages[] = {
		{ 0, "0.0s" }, { 1999999999, "1.9s" }, { 9999999999, "9.9s" },
		{ 10000000000, "10s" }, { 119999999999, "119s" }, { 120000000000, "2m" },
		{ 7199000000000, "119m" }, { 7200000000000, "2h" }, { 172799000000000, "47h" },
		{ 172800000000000, "2d" },
	};
	char buf[16];

	(void)state;
	for (size_t i = 0; i < sizeof(ages) / sizeof(*ages); i++)
		assert_string_equal(age_text(buf, sizeof(buf), ages[i].ns), ages[i].text);
	age_text(buf, sizeof(buf), UINT64_MAX);
}

/*
 * Checks a strip page by page: what each cell covers, and whether all, none or some of it is
 * private.
 */
static void check_strip(const struct gmem_vm *vm, const bool *private, int pages, int n)
{
	struct strip_cell cells[256];

	assert_true(strip_make(vm, false, cells, n));
	for (int i = 0; i < n; i++) {
		int start = pages * i / n, end = pages * (i + 1) / n;
		int count = 0;

		end = end > start ? end : start + 1;
		for (int p = start; p < end; p++)
			count += private[p];
		assert_int_equal(cells[i].level == LEVEL_SHARED, count == 0);
		assert_int_equal(cells[i].level == LEVEL_PRIVATE, count == end - start);
		assert_in_range(cells[i].level, LEVEL_SHARED, LEVEL_PRIVATE);
	}
}

static void test_strip_is_exact_at_its_ends(void **state)
{
	struct gmem_slot slots[] = { { .gfn = 10, .npages = 7 }, { .gfn = 100, .npages = 93 } };
	struct gmem_vm vm = { .slots = slots, .nr_slots = 2 };
	bool private[100] = { false };
	uint64_t rng = 7;

	(void)state;
	for (int round = 0; round < 300; round++) {
		int page;

		rng = rng * 6364136223846793005ULL + 1442695040888963407ULL;
		page = (int)((rng >> 33) % 100);
		private[page] = true;
		gmem_ranges_add(&vm.private, page < 7 ? page + 10 : page + 93,
				page < 7 ? page + 11 : page + 94);
		for (int n = 1; n <= 250; n += 13)
			check_strip(&vm, private, 100, n);
	}
	gmem_ranges_free(&vm.private);
}

/* A double-backed page is marked wherever it is, on either side. */
static void test_strip_finds_every_double_backed_page(void **state)
{
	struct gmem_slot slot = { .gfn = 1000, .npages = 64, .ino = 5, .pgoff = 32 };
	struct gmem_file file = { .ino = 5, .size_pages = 96, .pages_known = true };
	struct gmem_vm vm = { .slots = &slot, .nr_slots = 1, .files = &file, .nr_files = 1 };
	struct strip_cell cells[8];

	(void)state;
	gmem_ranges_add(&vm.private, 1000, 1032);
	for (uint64_t page = 0; page < 64; page++) {
		for (int side = 0; side < GMEM_SIDES; side++) {
			gmem_ranges_add(&vm.double_backed[side], 1000 + page, 1001 + page);
			assert_true(strip_make(&vm, true, cells, 8));
			for (uint64_t i = 0; i < 8; i++)
				assert_int_equal(cells[i].double_backed, i == page / 8);
			gmem_ranges_del(&vm.double_backed[side], 0, UINT64_MAX);
		}
	}
	assert_true(cells[0].empty);
	file.pages_known = false;	/* unknown is not empty */
	assert_true(strip_make(&vm, true, cells, 8));
	assert_false(cells[0].empty);
	gmem_ranges_free(&vm.private);
	for (int side = 0; side < GMEM_SIDES; side++)
		gmem_ranges_free(&vm.double_backed[side]);
}

static void test_strip_of_absurd_slots(void **state)
{
	struct gmem_slot slots[] = {
		{ .gfn = 0, .npages = 0 }, { .gfn = 5, .npages = UINT64_MAX },
		{ .gfn = UINT64_MAX, .npages = UINT64_MAX },
	};
	struct gmem_vm vm = { .slots = slots, .nr_slots = 1 };
	struct strip_cell cells[16];

	(void)state;
	assert_false(strip_make(&vm, true, cells, 16));
	vm.nr_slots = 3;
	gmem_ranges_add(&vm.private, 0, UINT64_MAX);
	assert_true(strip_make(&vm, true, cells, 16));
	gmem_ranges_free(&vm.private);
}

/*
 * In the look for red-green colour blindness, red or green is missing; every role that warns is
 * visible without colours, too.
 */
static void test_looks(void **state)
{
	static const enum canvas_attr warns[] = {
		CANVAS_WARN, CANVAS_DOUBLE_BACKED, CANVAS_ORPHAN, CANVAS_GLOW, CANVAS_CURSOR,
		CANVAS_SELECTED, CANVAS_SORTED,
	};

	(void)state;
	for (int i = 0; i < CANVAS_ATTRS; i++) {
		assert_int_not_equal(looks[i].protan.basic, LOOK_RED);
		assert_int_not_equal(looks[i].protan.basic, LOOK_GREEN);
		assert_true(looks[i].normal.basic == -1 ||
			    (looks[i].normal.basic >= LOOK_RED && looks[i].normal.basic <= LOOK_WHITE));
	}
	for (size_t i = 0; i < sizeof(warns) / sizeof(*warns); i++)
		assert_true(looks[warns[i]].mono != 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_looks),
	cmocka_unit_test(test_clips_at_every_edge),
	cmocka_unit_test(test_never_splits_wide),
	cmocka_unit_test(test_combines),
	cmocka_unit_test(test_replaces_what_acts_on_terminals),
	cmocka_unit_test(test_fields),
	cmocka_unit_test(test_no_size),
	cmocka_unit_test(test_any_bytes),
	cmocka_unit_test(test_segments_go_in_order_of_rank),
	cmocka_unit_test(test_segments_take_the_room_left),
	cmocka_unit_test(test_ages_fit_four_columns),
	cmocka_unit_test(test_strip_is_exact_at_its_ends),
	cmocka_unit_test(test_strip_finds_every_double_backed_page),
	cmocka_unit_test(test_strip_of_absurd_slots),
};

TEST_UNIT(canvas_unit, tests);
