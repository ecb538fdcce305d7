// SPDX-License-Identifier: GPL-2.0-only
/* Tests of text.h. */
#include "lib_test.h"

#include <errno.h>
#include <limits.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "model/metrics.h"
#include "views/text.h"

#define WIDEST 7	/* columns of a quantity */

struct sample {
	double v;
	const char *text;
};

static void test_bytes(void **state)
{
	static const struct {
		uint64_t v;
		const char *text;
	} samples[] = {
		{ 0, "0" }, { 1, "1" }, { 999, "999" }, { 1023, "1023" }, { 1024, "1K" },
		{ 1025, "1025" }, { 4096, "4K" }, { 9999, "9999" }, { 10001, "9.77K" },
		{ 10235, "10.0K" }, { 10240, "10K" }, { 102348, "99.9K" }, { 102399, "100K" },
		{ 1023 << 10, "1023K" }, { 1 << 20, "1M" }, { 1500ULL << 20, "1500M" },
		{ (1 << 20) - 1, "1.00M" }, { (1 << 20) - 600, "1023K" },
		{ (1 << 30) - 1, "1.00G" }, { 512ULL << 20, "512M" }, { 3ULL << 29, "1536M" },
		{ 1ULL << 40, "1T" }, { 9999ULL << 10, "9999K" }, { 10001ULL << 10, "9.77M" },
		{ 1ULL << 63, "8E" }, { UINT64_MAX, "16.0E" },
	};
	char buf[32];

	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++)
		assert_string_equal(gmem_text_bytes(buf, sizeof(buf), samples[i].v),
				    samples[i].text);
}

static void test_ns(void **state)
{
	static const struct {
		uint64_t v;
		const char *text;
	} samples[] = {
		{ 0, "0ns" }, { 1, "1ns" }, { 850, "850ns" }, { 999, "999ns" }, { 1000, "1.00us" },
		{ 9994, "9.99us" }, { 9995, "10.0us" }, { 9996, "10.0us" }, { 12345, "12.3us" },
		{ 99949, "99.9us" }, { 99951, "100us" }, { 999499, "999us" }, { 999500, "1.00ms" },
		{ 999999, "1.00ms" }, { 1000000, "1.00ms" }, { 999500000, "1.00s" },
		{ 4500000000, "4.50s" }, { 999400000000, "999s" }, { 999600000000, "1000s" },
		{ 1000000000000, "1000s" }, { 999999999999999, "999999s" },
		{ 1000000000000000, "11d" }, { UINT64_MAX, "213503d" },
	};
	char buf[32];

	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++)
		assert_string_equal(gmem_text_ns(buf, sizeof(buf), samples[i].v), samples[i].text);
}

static void test_count(void **state)
{
	static const struct sample samples[] = {
		{ 0, "0" }, { 0.25, "0.2" }, { 1, "1" }, { 1.5, "1.5" }, { 9, "9" },
		{ 9.94, "9.9" },
		{ 9.96, "10" }, { 12.6, "13" }, { 999, "999" }, { 999.4, "999" },
		{ 999.5, "1.00k" }, { 1000, "1.00k" }, { 12345, "12.3k" }, { 999499, "999k" },
		{ 999500, "1.00M" },
		{ 4.5e6, "4.50M" }, { 999.6e9, "1.00T" }, { 18446744073709551615.0, "18.4E" },
	};
	char buf[32];

	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++)
		assert_string_equal(gmem_text_count(buf, sizeof(buf), samples[i].v),
				    samples[i].text);
}

static double unit_of(const char *s, double step)
{
	static const char units[] = "KMGTPEZY";
	const char *u = *s ? strchr(units, *s == 'k' ? 'K' : *s) : NULL;

	assert_true(!*s || u);
	return u ? pow(step, u - units + 1) : 1;
}

static double unit_of_time(const char *s)
{
	return !strcmp(s, "ns") ? 1 : !strcmp(s, "us") ? 1e3 : !strcmp(s, "ms") ? 1e6 :
	       !strcmp(s, "s") ? 1e9 : !strcmp(s, "d") ? 86400e9 : NAN;
}

/* Checks that the text reads as the value, to half a unit of three digits. */
static void assert_reads(const char *text, double v, double step, double error)
{
	char *unit;
	double n = strtod(text, &unit), scale = step ? unit_of(unit, step) : unit_of_time(unit);

	assert_true(strlen(text) <= WIDEST);
	assert_null(strstr(text, "000.0"));
	assert_true(fabs(n * scale - v) <= v * error + 1e-9);
	if (step == 1000 && scale > 1)
		assert_true(n < 1000);
	if (step == 1024 && n >= 1024 && scale > 1)
		assert_true(n * scale == v);	/* four digits are exact */
}

static void test_any_quantity_reads_right(void **state)
{
	struct rng rng = { 5 };
	char buf[32];

	(void)state;
	for (int i = 0; i < 1000000; i++) {
		uint64_t v = rng_magnitude(&rng);

		assert_reads(gmem_text_bytes(buf, sizeof(buf), v), v, 1024, 0.00502);
		/* Beyond some days, the text is coarser. */
		assert_reads(gmem_text_ns(buf, sizeof(buf), v), v, 0, v < 1000000000000000 ?
			     0.00502 : 0.1);
		if (v >= 10)
			assert_reads(gmem_text_count(buf, sizeof(buf), v), v, 1000, 0.0502);
	}
}

static void test_any_rate_fits(void **state)
{
	char buf[32];

	(void)state;
	for (double v = 0.001; v < 1.9e28; v *= 1.01)
		assert_true(strlen(gmem_text_count(buf, sizeof(buf), v)) <= WIDEST);
}

static const char *value(const char *key, struct gmem_value v)
{
	static char buf[64];
	const struct gmem_metric *m = gmem_metric(key);

	assert_non_null(m);
	return gmem_text_value(buf, sizeof(buf), m, v);
}

#define U(x) ((struct gmem_value){ .u = (x) })
#define F(x) ((struct gmem_value){ .f = (x) })

static void test_values(void **state)
{
	(void)state;
	assert_string_equal(value("slot_bytes", U(1 << 30)), "1G");
	assert_string_equal(value("conversion_p50_ns", U(0)), "-");
	assert_string_equal(value("conversion_p50_ns", U(1500)), "1.50us");
	assert_string_equal(value("conversions_per_s", F(0)), "0");
	assert_string_equal(value("conversions_per_s", F(1500)), "1.50k");
	assert_string_equal(value("converted_bytes_per_s", F(4096.7)), "4K");
	assert_string_equal(value("converted_bytes_per_s", F(1e30)), "16.0E");
	assert_string_equal(value("comm", (struct gmem_value){ .s = "a\nb" }), "a^Jb");
	assert_string_equal(value("to_private_count", U(0)), "0");
	assert_string_equal(value("to_private_count", U(999999)), "999999");
	assert_string_equal(value("to_private_count", U(1000000)), "1.00M");
}

/* A PID of 22 bits is printed in full, as kill takes it. */
static void test_identities_are_not_rounded(void **state)
{
	(void)state;
	assert_string_equal(value("pid", U(4194303)), "4194303");
	assert_string_equal(value("pid", U(UINT32_MAX)), "4294967295");
	assert_string_equal(value("vm", U(UINT64_MAX)), "18446744073709551615");
}

static void test_names(void **state)
{
	static const char *const samples[][2] = {
		{ "", "" },
		{ "qemu-system-x86", "qemu-system-x86" },
		{ "\x01\x1b[2J\t\n\x7f", "^A^[[2J^I^J^?" },
		{ "na\xc3\xafve \xe6\x97\xa5\xe6\x9c\xac \xf0\x9f\x98\x80",
		  "na\xc3\xafve \xe6\x97\xa5\xe6\x9c\xac \xf0\x9f\x98\x80" },
		{ "\xc2\x80\xc2\x9b\xc2\x9f\xc2\xa0", "\\xc2\\x80\\xc2\\x9b\\xc2\\x9f\xc2\xa0" },
		{ "\xff\xfe\x80", "\\xff\\xfe\\x80" },
		{ "\xc0\x80\xc1\xbf", "\\xc0\\x80\\xc1\\xbf" },		/* overlong NUL, DEL */
		{ "\xe0\x9f\xbf", "\\xe0\\x9f\\xbf" },
		{ "\xf0\x8f\xbf\xbf", "\\xf0\\x8f\\xbf\\xbf" },
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },			/* a surrogate */
		{ "\xed\x9f\xbf\xee\x80\x80", "\xed\x9f\xbf\xee\x80\x80" },
		{ "\xf4\x8f\xbf\xbf\xf4\x90\x80\x80", "\xf4\x8f\xbf\xbf\\xf4\\x90\\x80\\x80" },
		{ "\xf8\x88\x80\x80\x80", "\\xf8\\x88\\x80\\x80\\x80" },
		{ "a\xe6\x97", "a\\xe6\\x97" },				/* cut off */
		{ "\xe6\x97z", "\\xe6\\x97z" },
		{ "\xf0\x9f\x98", "\\xf0\\x9f\\x98" },
	};
	char buf[128];

	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++)
		assert_string_equal(gmem_text_name(buf, sizeof(buf), samples[i][0]), samples[i][1]);
}

static size_t put_utf8(char *s, uint32_t c)
{
	static const unsigned char lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	for (size_t i = n; i-- > 1; c >>= 6)
		s[i] = 0x80 | (c & 0x3f);
	s[0] = lead[n] | c;
	s[n] = '\0';
	return n;
}

static void test_every_character(void **state)
{
	char name[8], buf[32];

	(void)state;
	for (uint32_t c = 1; c <= 0x110000; c++) {
		bool control = c < 0x20 || (c >= 0x7f && c < 0xa0);
		bool none = (c >= 0xd800 && c < 0xe000) || c > 0x10ffff;
		const char *got;

		put_utf8(name, c);
		got = gmem_text_name(buf, sizeof(buf), name);
		if (control || none)
			assert_true(*got == (c < 0x80 ? '^' : '\\'));
		else
			assert_string_equal(got, name);
	}
}

/* Checks that the text consists of valid characters without control characters. */
static void assert_clean(const char *s)
{
	mbstate_t st = { 0 };
	wchar_t c;
	size_t n;

	while ((n = mbrtowc(&c, s, MB_CUR_MAX, &st))) {
		assert_true(n <= 4);
		assert_true(c >= 0x20 && (c < 0x7f || c >= 0xa0));
		s += n;
	}
}

static void test_names_are_cut_between_characters(void **state)
{
	struct rng rng = { 6 };

	(void)state;
	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
	for (int i = 0; i < 200000; i++) {
		char name[32], whole[128], *cut;
		size_t n = 0, size = 1 + rng_below(&rng, 24);

		while (n < 20) {
			if (rng_below(&rng, 2))
				n += put_utf8(&name[n], 1 + (rng_magnitude(&rng) & 0xffff));
			else
				name[n++] = 1 + rng_below(&rng, 255);
		}
		name[n] = '\0';
		gmem_text_name(whole, sizeof(whole), name);
		assert_clean(whole);
		cut = malloc(size);
		assert_non_null(cut);
		gmem_text_name(cut, size, name);
		assert_clean(cut);
		assert_true(strlen(cut) < size);
		assert_memory_equal(cut, whole, strlen(cut));
		if (strlen(cut) < strlen(whole))
			assert_true(strlen(cut) + 4 >= size);
		free(cut);
	}
	setlocale(LC_CTYPE, "C");
}

static void test_plural(void **state)
{
	(void)state;
	assert_string_equal(gmem_text_plural(0, "file", "files"), "files");
	assert_string_equal(gmem_text_plural(1, "file", "files"), "file");
	assert_string_equal(gmem_text_plural(2, "file", "files"), "files");
	assert_string_equal(gmem_text_plural(UINT64_MAX, "file", "files"), "files");
}

static void test_args(void **state)
{
	static const struct {
		unsigned int kind;
		uint64_t arg;
		const char *text;
	} samples[] = {
		{ GMEM_ATTRIBUTES_END, 0, "shared" },
		{ GMEM_ATTRIBUTES_BEGIN, 8, "private" },
		{ GMEM_ATTRIBUTES_END, 0x18, "private|0x10" },
		{ GMEM_ATTRIBUTES_END, 0x10, "0x10" },
		{ GMEM_ATTRIBUTES_END, UINT64_MAX, "private|0xfffffffffffffff7" },
		{ GMEM_MEMORY_FAULT, 0, "shared" },
		{ GMEM_MEMORY_FAULT, 8, "private" },
		{ GMEM_MEMORY_FAULT, 9, "private|0x1" },
		{ GMEM_FALLOCATE_BEGIN, 0, "none" },
		{ GMEM_FALLOCATE_BEGIN, 1, "keep_size" },
		{ GMEM_FALLOCATE_END, 2, "punch_hole" },
		{ GMEM_FALLOCATE_END, 3, "keep_size|punch_hole" },
		{ GMEM_FALLOCATE_END, 0x13, "keep_size|punch_hole|0x10" },
		{ GMEM_INVALIDATE_BEGIN, 0, "punch_hole" },
		{ GMEM_INVALIDATE_END, 1, "release" },
		{ GMEM_INVALIDATE_END, 2, "memory_error" },
		{ GMEM_INVALIDATE_END, 3, "attributes" },
		{ GMEM_INVALIDATE_END, 4, "join" },
		{ GMEM_INVALIDATE_END, 5, "cause_5" },
		{ GMEM_INVALIDATE_END, UINT64_MAX, "cause_18446744073709551615" },
		{ GMEM_BIND, 0x40, "0x40" },
		{ GMEM_CREATE, 0, "0x0" },
		{ GMEM_RELEASE, 5, "" },
		{ GMEM_VM, 5, "" },
		{ 0, 5, "" },
		{ GMEM_KINDS, 5, "" },
	};
	char buf[64];

	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++)
		assert_string_equal(gmem_text_arg(buf, sizeof(buf), samples[i].kind,
						  samples[i].arg), samples[i].text);
}

static void test_errno(void **state)
{
	char buf[16];

	(void)state;
	assert_string_equal(gmem_text_errno(buf, sizeof(buf), -EFAULT), "EFAULT");
	assert_string_equal(gmem_text_errno(buf, sizeof(buf), -EHWPOISON), "EHWPOISON");
	assert_string_equal(gmem_text_errno(buf, sizeof(buf), -512), "E512");
	assert_string_equal(gmem_text_errno(buf, sizeof(buf), INT_MIN), "E2147483648");
}

static void write_all(char *buf, size_t size, int which)
{
	static const struct gmem_value v = { .u = 12345678, .f = 12345678, .s = "a\xe6\x97\xa5z" };

	if (which == 0)
		gmem_text_bytes(buf, size, 123456789);
	else if (which == 1)
		gmem_text_ns(buf, size, UINT64_MAX);
	else if (which == 2)
		gmem_text_count(buf, size, 12345.6);
	else if (which == 3)
		gmem_text_name(buf, size, "a\x01\xff\xe6\x97\xa5 and more of it");
	else if (which < 4 + GMEM_KINDS)
		gmem_text_arg(buf, size, which - 4, UINT64_MAX);
	else
		gmem_text_value(buf, size, &gmem_metrics[which - 4 - GMEM_KINDS], v);
}

static void test_no_byte_beyond_the_buffer(void **state)
{
	(void)state;
	for (int which = 0; which < 4 + GMEM_KINDS + (int)gmem_nr_metrics; which++) {
		for (size_t size = 0; size < 40; size++) {
			char buf[64];

			memset(buf, 0x55, sizeof(buf));
			write_all(buf, size, which);
			for (size_t i = size; i < sizeof(buf); i++)
				assert_int_equal(buf[i], 0x55);
			if (size)
				assert_true(strnlen(buf, size) < size);
		}
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_bytes),
	cmocka_unit_test(test_ns),
	cmocka_unit_test(test_count),
	cmocka_unit_test(test_any_quantity_reads_right),
	cmocka_unit_test(test_any_rate_fits),
	cmocka_unit_test(test_values),
	cmocka_unit_test(test_identities_are_not_rounded),
	cmocka_unit_test(test_names),
	cmocka_unit_test(test_every_character),
	cmocka_unit_test(test_names_are_cut_between_characters),
	cmocka_unit_test(test_plural),
	cmocka_unit_test(test_args),
	cmocka_unit_test(test_errno),
	cmocka_unit_test(test_no_byte_beyond_the_buffer),
};

TEST_UNIT(text_unit, tests);
