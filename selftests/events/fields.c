// SPDX-License-Identifier: GPL-2.0-only
/*
 * Test that events print the content of their records, which programs read. Names and values of the
 * fields are those that tracefs prints when it ignores the event's own format. Independent of the
 * meaning of events.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tracefs.h>
#include <unistd.h>

#include "harness.h"
#include "testvm.h"
#include "trace.h"

#define SIZE (32 * PAGE)

/* Causes at least one of every event that a single thread can cause. */
static void do_all(struct trace *t)
{
	struct testvcpu vcpu;
	struct testvm vm;
	int gmem;

	testvm_create(&vm);
	vcpu_create(&vm, &vcpu, 3);
	trace_open(t, "kvm_gmem_.*");
	gmem = gmem_new(&vm, SIZE);
	CHECK_EQ(slot_bind(&vm, 5, RAM_GPA, SIZE / 2, gmem, 4 * PAGE), 0);
	CHECK(slot_bind(&vm, 6, RAM_GPA + MIB, SIZE, gmem, 0) < 0);
	CHECK_EQ(set_private(&vm, RAM_GPA, 4 * SIZE), 0);
	CHECK_EQ(set_private(&vm, RAM_GPA + PAGE, PAGE), 0);
	CHECK_EQ(vcpu_touch(&vcpu, RAM_GPA + PAGE, 3), 0);
	CHECK_EQ(set_shared(&vm, RAM_GPA + 2 * PAGE, PAGE), 0);
	CHECK_EQ(gmem_punch(gmem, 6 * PAGE, PAGE), 0);
	CHECK_EQ(gmem_allocate(gmem, PAGE, 2 * PAGE), 0);
	CHECK_EQ(gmem_allocate(gmem, PAGE, SIZE), -EINVAL);
	CHECK_EQ(vcpu_touch(&vcpu, RAM_GPA + 2 * SIZE, 1), -EFAULT);
	CHECK_EQ(slot_delete(&vm, 5), 0);
	CHECK_EQ(slot_bind(&vm, 5, RAM_GPA, SIZE, gmem, 0), 0);
	close(gmem);
}

static void print_fields(const struct trace *t)
{
	if (tracefs_instance_file_write(t->instance, "options/fields", "1") < 0)
		test_skip("tracefs cannot print fields (Linux 6.4 can)");
}

static const char *word_of(const char *field)
{
	return strcmp(field, "vcpu_id") ? field : "vcpu";
}

/* Returns the text after " KEY ", or NULL. */
static const char *value_of(const char *text, const char *key)
{
	size_t n = strlen(key);
	const char *at = text;

	while ((at = strstr(at, key))) {
		if (at[-1] == ' ' && at[n] == ' ')
			return at + n + 1;
		at += n;
	}
	return NULL;
}

/* Returns the printed value of @field; ranges are "[0x1, 0x2)". */
static const char *printed_value(const char *text, const char *field)
{
	const char *range = strchr(text, '[');

	if (!strcmp(field, "start"))
		return range ? range + 1 : NULL;
	if (!strcmp(field, "end"))
		return range ? strchr(range, ' ') + 1 : NULL;
	return value_of(text, word_of(field));
}

/* Booleans that are printed as one of two words, the first if set. */
static const struct {
	const char *field;
	const char *set, *clear;
} bools[] = {
	{ "changed", " changed ", " unchanged " },
	{ "allocated", " allocated ", " present " },
	{ "is_private", " private", " shared" },
};

static bool bool_agrees(const char *text, const char *field, bool value)
{
	unsigned int i;

	for (i = 0; i < sizeof(bools) / sizeof(bools[0]); i++)
		if (!strcmp(field, bools[i].field))
			return strstr(text, value ? bools[i].set : bools[i].clear);
	return false;
}

static bool number_agrees(const char *text, const char *field, uint64_t value)
{
	const char *printed = printed_value(text, field);
	uint64_t number;
	char *end;

	if (!printed)
		return false;
	number = strtoull(printed, &end, 0);
	/* Flags and enumerations are printed by name. */
	if (end == printed)
		return isalpha((unsigned char)*printed);
	return number == value || (uint32_t)number == value;
}

/*
 * Compares "EVENT: FIELD=0xHEX (DECIMAL) BOOL=(1)" with the event's own text. Returns the number of
 * fields compared.
 */
static unsigned int compare(const char *text, char *fields)
{
	char *word, *rest = strchr(fields, ' ');
	unsigned int nr = 0;

	CHECK(rest);
	while ((word = strsep(&rest, " "))) {
		char *value = strchr(word, '=');
		bool agrees;

		if (!value)
			continue;
		*value++ = '\0';
		agrees = *value == '(' ? bool_agrees(text, word, value[1] == '1') :
					 number_agrees(text, word, strtoull(value, NULL, 16));
		if (!agrees)
			test_fail("field %s is %s, but the text is: %s", word, value, text);
		nr++;
	}
	return nr;
}

static void fields(void)
{
	struct records texts, fields;
	struct trace t;
	unsigned int i;

	do_all(&t);
	texts = trace_read(&t);
	print_fields(&t);
	fields = trace_read(&t);
	CHECK(texts.nr > 30);
	CHECK_EQ(fields.nr, texts.nr);
	for (i = 0; i < texts.nr; i++)
		CHECK(compare(texts.record[i].text, fields.record[i].text) >= 3);
}

static const struct event_test tests[] = {
	{ "events print the fields of their records", fields },
};
TESTS_MAIN(tests)
