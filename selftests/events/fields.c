// SPDX-License-Identifier: GPL-2.0-only
/*
 * Test that events print the content of their records, which programs read. Names and values of the
 * fields are those that tracefs prints when it ignores the event's own format. Independent of the
 * meaning of events.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <tracefs.h>
#include <unistd.h>

#include "../gmemload/kvm_uapi.h"
#include "harness.h"
#include "poison.h"
#include "testvm.h"
#include "trace.h"
#include "variant.h"

#define SIZE (32 * PAGE)
#define SERIES "kvm_.*"
/* A fault meets a window by chance. */
#define RETRY_SECONDS 20

struct bed {
	struct testvm vm;
	struct testvcpu vcpu;
	int gmem;
	uint64_t bad_pfn;	/* 0: memory errors cannot be injected */
	atomic_bool stop;
};

static void setup(struct bed *b)
{
	*b = (struct bed){ 0 };
	testvm_create(&b->vm);
	testvm_forward_hypercalls(&b->vm);
	vcpu_create(&b->vm, &b->vcpu, 3);
	if (!poison_possible())
		return;
	CHECK_EQ(slot_bind(&b->vm, 8, RAM_GPA, PAGE, gmem_new(&b->vm, PAGE), 0), 0);
	CHECK_EQ(set_private(&b->vm, RAM_GPA, PAGE), 0);
	b->bad_pfn = poison_find_pfn(&b->vcpu, RAM_GPA);
	CHECK_EQ(slot_delete(&b->vm, 8), 0);
	CHECK_EQ(set_shared(&b->vm, RAM_GPA, PAGE), 0);
}

/* Causes at least one of every event that a single thread can cause. */
static void do_all(struct bed *b)
{
	struct testvm *vm = &b->vm;

	b->gmem = gmem_new(vm, SIZE);
	CHECK(gmem_create(vm, SIZE, 1ULL << 63) < 0);
	CHECK_EQ(slot_bind(vm, 5, RAM_GPA, SIZE / 2, b->gmem, 4 * PAGE), 0);
	CHECK(slot_bind(vm, 6, RAM_GPA + MIB, SIZE, b->gmem, 0) < 0);
	CHECK_EQ(set_private(vm, RAM_GPA, 4 * SIZE), 0);
	CHECK_EQ(set_private(vm, RAM_GPA + PAGE, PAGE), 0);
	CHECK_EQ(vcpu_touch(&b->vcpu, RAM_GPA + PAGE, 3), 0);
	CHECK_EQ(set_shared(vm, RAM_GPA + 2 * PAGE, PAGE), 0);
	CHECK_EQ(gmem_punch(b->gmem, 6 * PAGE, PAGE), 0);
	CHECK_EQ(gmem_allocate(b->gmem, PAGE, 2 * PAGE), 0);
	CHECK_EQ(gmem_allocate(b->gmem, PAGE, SIZE), -EINVAL);
	CHECK_EQ(vcpu_touch(&b->vcpu, RAM_GPA + 2 * SIZE, 1), -EFAULT);
	CHECK_EQ(vcpu_hypercall(&b->vcpu, KVM_HC_MAP_GPA_RANGE, RAM_GPA, 7, KVM_MAP_GPA_RANGE_ENCRYPTED),
		 KVM_EXIT_HYPERCALL);
	CHECK_EQ(vcpu_run(&b->vcpu), 0);
	if (b->bad_pfn) {
		poison_inject(b->bad_pfn);
		poison_undo(b->bad_pfn);
	}
	CHECK_EQ(slot_delete(vm, 5), 0);
	CHECK_EQ(slot_bind(vm, 5, RAM_GPA, SIZE, b->gmem, 0), 0);
}

static unsigned int count(struct trace *t, const char *event)
{
	struct records records = trace_read(t);
	unsigned int i, nr = 0;

	for (i = 0; i < records.nr; i++)
		nr += record_is(&records.record[i], event);
	free(records.record);
	free(records.buffer);
	return nr;
}

/* Punches so often that the events fit the buffer. */
static void *punch_often(void *arg)
{
	struct bed *b = arg;

	for (int i = 0; i < 50; i++)
		CHECK_EQ(gmem_punch(b->gmem, 0, SIZE), 0);
	atomic_store(&b->stop, true);
	return NULL;
}

/* Causes a retry, by chance, and drops the events of attempts without one. */
static void cause_retry(struct bed *b, struct trace *t)
{
	time_t end = time(NULL) + RETRY_SECONDS;
	pthread_t thread;

	b->gmem = gmem_new(&b->vm, SIZE);
	CHECK_EQ(slot_bind(&b->vm, 7, RAM_GPA, SIZE, b->gmem, 0), 0);
	CHECK_EQ(set_private(&b->vm, RAM_GPA, SIZE), 0);
	do {
		trace_clear(t);
		atomic_store(&b->stop, false);
		CHECK(!pthread_create(&thread, NULL, punch_often, b));
		while (!atomic_load(&b->stop))
			CHECK_EQ(vcpu_touch(&b->vcpu, RAM_GPA, SIZE / PAGE), 0);
		pthread_join(thread, NULL);
	} while (!count(t, "kvm_fault_retry") && time(NULL) < end);
	CHECK_EQ(slot_delete(&b->vm, 7), 0);
	close(b->gmem);
	CHECK_EQ(set_shared(&b->vm, RAM_GPA, SIZE), 0);
}

/* Touches a guest_memfd that userspace can map. */
static void cause_user_fault(void)
{
	volatile uint8_t *memory;
	struct testvm vm;
	int gmem;

	testvm_create_type(&vm, 0);
	gmem = gmem_create(&vm, SIZE, GUEST_MEMFD_FLAG_MMAP | GUEST_MEMFD_FLAG_INIT_SHARED);
	CHECK(gmem >= 0);
	memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, gmem, 0);
	CHECK(memory != MAP_FAILED);
	memory[3 * PAGE] = 1;
}

/* Fails the test if an event of the variant was not emitted. */
static void check_complete(struct trace *t, const struct bed *b)
{
	const char *name;

	for (size_t i = 0; (name = event_name(i)); i++) {
		if (!event_expected(i) || count(t, name))
			continue;
		if (!strcmp(name, "kvm_gmem_populate") ||
		    (!strcmp(name, "kvm_gmem_memory_error") && !b->bad_pfn))
			test_note("%s cannot be caused on this machine", name);
		else
			test_fail("%s was not emitted", name);
	}
}

static void print_fields(const struct trace *t)
{
	if (tracefs_instance_file_write(t->instance, "options/fields", "1") < 0)
		test_skip("tracefs cannot print fields (Linux 6.4 can)");
}

static const char *word_of(const char *field)
{
	static const char *const words[][2] = {
		{ "vcpu_id", "vcpu" }, { "attr", "attributes" },
	};

	for (unsigned int i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(field, words[i][0]))
			return words[i][1];
	return field;
}

/* Returns the text after " KEY ", or NULL. The first word may be a key, too. */
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
	if (!strcmp(field, "reason"))
		return strchr(text, '(') ? strchr(text, '(') + 1 : NULL;
	return value_of(text, word_of(field));
}

/* Booleans that are printed as one of two words, the first if set; NULL: or as no word. */
static const struct {
	const char *field;
	const char *set, *clear;
} bools[] = {
	{ "changed", " changed ", " unchanged " },
	{ "allocated", " allocated ", " present " },
	{ "is_private", " private", " shared" },
	{ "prefetch", " prefetch", NULL },
};

static bool bool_agrees(const char *text, const char *field, bool value)
{
	unsigned int i;

	for (i = 0; i < sizeof(bools) / sizeof(bools[0]); i++)
		if (!strcmp(field, bools[i].field))
			return value || bools[i].clear ?
			       !!strstr(text, value ? bools[i].set : bools[i].clear) :
			       !strstr(text, bools[i].set);
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
	/* The only errno that is printed without its sign. */
	if (!strcmp(field, "errno"))
		value = -(int32_t)value;
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

/* Checks that no event prints a range, or a count, in another way than the others. */
static void check_numbers(const char *text)
{
	const char *range = strchr(text, '['), *nr_pages = value_of(text, "nr_pages");
	uint64_t start, end;
	char more;

	if (range && (sscanf(range, "[0x%" SCNx64 ", 0x%" SCNx64 "%c", &start, &end, &more) != 3 ||
		      more != ')'))
		test_fail("no range: %s", text);
	if (nr_pages && !strncmp(nr_pages, "0x", 2))
		test_fail("a count in hexadecimal: %s", text);
}

static void fields(void)
{
	struct records texts, fields;
	struct trace t;
	unsigned int i;
	struct bed b;

	setup(&b);
	trace_open(&t, SERIES);
	if (variant_has("kvm_fault_retry"))
		cause_retry(&b, &t);
	do_all(&b);
	if (variant_has("kvm_gmem_user_fault_end"))
		cause_user_fault();
	close(b.gmem);
	check_complete(&t, &b);
	texts = trace_read(&t);
	print_fields(&t);
	fields = trace_read(&t);
	CHECK_EQ(fields.nr, texts.nr);
	for (i = 0; i < texts.nr; i++) {
		check_numbers(texts.record[i].text);
		CHECK(compare(texts.record[i].text, fields.record[i].text) >= 2);
	}
}

static const struct event_test tests[] = {
	{ "events print the fields of their records", fields },
};
TESTS_MAIN(tests)
