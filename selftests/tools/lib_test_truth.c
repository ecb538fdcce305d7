// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of the model: a value that is unknown, stale or partial is never shown as a plain number;
 * double-backed memory is computed from pages and a map of the same time.
 */
#include "lib_test.h"

#include <stdio.h>
#include <string.h>

#include "model/metrics.h"
#include "model/model.h"
#include "views/json.h"
#include "views/text.h"

#define MS 1000000ULL
#define S  (1000 * MS)

static int setup(void **state)
{
	*state = gmem_model_new();
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	gmem_model_free(*state);
	return 0;
}

static void sync_at(struct gmem_model *m, uint64_t ts_ns)
{
	assert_int_equal(APPLY(m, 0, GMEM_SYNC, .h.ts_ns = ts_ns), 0);
}

/* Adds a VM that was recorded from its beginning, or (GMEM_VM_SCANNED) existed before. */
static struct gmem_vm *new_vm(struct gmem_model *m, uint64_t id, uint32_t flags)
{
	struct gmem_vm_rec r = {
		.h = { .ts_ns = 1, .vm = id, .tgid = 70, .kind = GMEM_VM, .size = sizeof(r) },
		.flags = flags, .vcpus = 2, .comm = "vmm",
	};

	assert_int_equal(gmem_model_apply(m, &r.h), 0);
	return gmem_model_vm(m, id);
}

static struct gmem_value get(const struct gmem_model *m, const char *key)
{
	return gmem_metric_get(gmem_metric(key), gmem_model_vm(m, 1), m);
}

/* Compares a metric's text. */
static void reads(const struct gmem_model *m, const char *key, const char *want)
{
	char buf[64];

	assert_string_equal(gmem_text_value(buf, sizeof(buf), gmem_metric(key), get(m, key)), want);
}

static struct json_object *vm_json(struct json_object *o)
{
	struct json_object *vms;

	assert_true(json_object_object_get_ex(o, "vms", &vms));
	return json_object_array_get_idx(vms, 0);
}

/* Returns a metric's JSON number; -1 is null. */
static int64_t json_number(const struct gmem_model *m, const char *key)
{
	struct json_object *o = gmem_json_model(m, "test", 0), *v;
	int64_t n;

	assert_true(json_object_object_get_ex(vm_json(o), key, &v));
	n = v ? json_object_get_int64(v) : -1;
	json_object_put(o);
	return n;
}

static bool json_lists(const struct gmem_model *m, const char *list, const char *key)
{
	struct json_object *o = gmem_json_model(m, "test", 0), *a;
	bool found = false;

	assert_true(json_object_object_get_ex(vm_json(o), list, &a));
	for (size_t i = 0; i < json_object_array_length(a); i++)
		found |= !strcmp(json_object_get_string(json_object_array_get_idx(a, i)), key);
	json_object_put(o);
	return found;
}

/* Returns the provider of an event; "": null. */
static const char *json_provider(const struct gmem_model *m, const char *event)
{
	static char text[16];
	struct json_object *o = gmem_json_model(m, "test", 0), *providers, *v;

	assert_true(json_object_object_get_ex(o, "providers", &providers));
	assert_true(!providers || json_object_object_get_ex(providers, event, &v));
	snprintf(text, sizeof(text), "%s", !providers ? "unknown" : v ? json_object_get_string(v) : "");
	json_object_put(o);
	return text;
}

static void test_providers(void **state)
{
	struct gmem_probes_rec r = { .h = { .kind = GMEM_PROBES, .size = sizeof(r) }, .set = "mixed" };
	struct gmem_model *m = gmem_model_new();

	(void)state;
	assert_int_equal(gmem_model_apply(m, &r.h), 0);
	assert_string_equal(json_provider(m, "bind"), "unknown");	/* an older recording */
	r.by_tracepoint = GMEM_EVENT_BIT(GMEM_EVENT_BIND);
	r.by_function = GMEM_EVENT_BIT(GMEM_EVENT_CREATE);
	assert_int_equal(gmem_model_apply(m, &r.h), 0);
	assert_string_equal(json_provider(m, "bind"), "tracepoint");
	assert_string_equal(json_provider(m, "create"), "function");
	assert_string_equal(json_provider(m, "fault_retry"), "");
	gmem_model_free(m);
}

static const char *const of_map[] = {
	"slot_bytes", "private_bytes", "shared_bytes", "populated_bytes", "unused_bytes", "extents",
	"mixed_blocks", "blocks",
};

#define NR_OF_MAP (sizeof(of_map) / sizeof(*of_map))

static void test_unread_vm_has_no_sizes(void **state)
{
	struct gmem_model *m = *state;
	struct gmem_vm *vm = new_vm(m, 1, GMEM_VM_SCANNED);

	APPLY(m, 1, GMEM_CREATE, .h.ts_ns = 2, .ino = 5, .end = 512);
	APPLY(m, 1, GMEM_BIND, .h.ts_ns = 2, .ino = 5, .start = 0, .end = 512);
	for (int read = 0; read < 2; read++) {
		for (size_t i = 0; i < NR_OF_MAP; i++) {
			reads(m, of_map[i], "-");
			assert_int_equal(json_number(m, of_map[i]), -1);
		}
		APPLY(m, 1, GMEM_SCAN_BEGIN, .h.ts_ns = 3);	/* a scan that has only begun */
	}
	assert_int_equal(vm->map, GMEM_MAP_READING);
	APPLY(m, 1, GMEM_SCAN_END, .h.ts_ns = 4);
	reads(m, "slot_bytes", "2M");
	assert_int_equal(json_number(m, "private_bytes"), 0);
	/* During the next scan, the value is stale, but not unknown. */
	APPLY(m, 1, GMEM_SCAN_BEGIN, .h.ts_ns = 5);
	assert_int_equal(json_number(m, "slot_bytes"), 2 << 20);
	assert_true(json_lists(m, "stale", "slot_bytes"));
	APPLY(m, 1, GMEM_SCAN_END, .h.ts_ns = 6);
	assert_false(json_lists(m, "stale", "slot_bytes"));
}

/* A VM without its first record: only a scan and counters. */
static void test_vm_without_identity(void **state)
{
	struct gmem_counters_rec c = {
		.h = { .ts_ns = 3, .vm = 1, .kind = GMEM_COUNTERS, .size = sizeof(c) },
	};
	struct gmem_model *m = *state;

	APPLY(m, 1, GMEM_SCAN_FILE, .h.ts_ns = 2, .ino = 5, .nr_pages = 1);
	for (size_t i = 0; i < NR_OF_MAP; i++)
		reads(m, of_map[i], "-");
	reads(m, "pid", "-");
	reads(m, "vcpus", "-");
	reads(m, "to_private_count", "-");	/* no probe has counted it */
	reads(m, "memory_faults", "-");
	assert_int_equal(gmem_model_apply(m, &c.h), 0);
	reads(m, "to_private_count", "0");
	reads(m, "conversions_per_s", "-");
	assert_int_equal(json_number(m, "to_private_p99_ns"), -1);	/* quantile of an empty histogram */
	c.c.conversion_hist[GMEM_TO_PRIVATE][0] = c.c.conversion[GMEM_TO_PRIVATE].count = 1;
	assert_int_equal(gmem_model_apply(m, &c.h), 0);
	assert_int_equal(json_number(m, "to_private_p99_ns"), 0);	/* one conversion of 0 ns */
	new_vm(m, 1, 0);
	reads(m, "pid", "70");
	reads(m, "vcpus", "2");
}

static void test_file_that_nobody_reads(void **state)
{
	struct gmem_model *m = *state;
	struct gmem_vm *vm = new_vm(m, 1, 0);

	APPLY(m, 1, GMEM_CREATE, .h.ts_ns = S, .ino = 5, .end = 512);
	APPLY(m, 1, GMEM_BIND, .h.ts_ns = S, .ino = 5, .start = 0, .end = 256);
	reads(m, "populated_bytes", "0");	/* empty when created */
	sync_at(m, S + 500 * MS);
	reads(m, "populated_bytes", "0");
	sync_at(m, 3 * S);			/* the VMM or the guest may have populated it */
	reads(m, "populated_bytes", "-");
	reads(m, "unused_bytes", "0");		/* a bound file is in use */
	assert_int_equal(json_number(m, "populated_bytes"), -1);
	APPLY(m, 1, GMEM_UNBIND, .h.ts_ns = 3 * S, .ino = 5);
	reads(m, "unused_bytes", "-");
	APPLY(m, 1, GMEM_SCAN_FILE, .h.ts_ns = 3 * S, .ino = 6, .end = 512, .nr_pages = 256);
	reads(m, "populated_bytes", ">1M");
	reads(m, "unused_bytes", ">1M");
	assert_true(json_lists(m, "partial", "populated_bytes"));
	assert_int_equal(json_number(m, "populated_bytes"), 1 << 20);
	APPLY(m, 1, GMEM_SCAN_FILE, .h.ts_ns = 3 * S, .ino = 5, .end = 512, .nr_pages = 256);
	reads(m, "populated_bytes", "2M");
	assert_false(json_lists(m, "partial", "populated_bytes"));
	assert_int_equal(vm->nr_files, 2);
}

/* A file that was scanned at each refresh until its last descriptor was closed. */
static void test_file_that_was_read_once(void **state)
{
	struct gmem_model *m = *state;

	new_vm(m, 1, 0);
	for (int i = 1; i <= 3; i++) {
		APPLY(m, 1, GMEM_SCAN_FILE, .h.ts_ns = i * 10 * S, .ino = 5, .end = 512, .nr_pages = 256);
		sync_at(m, i * 10 * S + MS);	/* even if refreshes are 10 s apart */
		reads(m, "populated_bytes", "1M");
		assert_false(json_lists(m, "stale", "populated_bytes"));
	}
	sync_at(m, 40 * S);
	sync_at(m, 50 * S);
	reads(m, "populated_bytes", "1M?");
	assert_true(json_lists(m, "stale", "populated_bytes"));
	assert_false(json_lists(m, "partial", "populated_bytes"));
	/* In a recording that begins later, the record has the age of the last scan, or none. */
	APPLY(m, 1, GMEM_SCAN_FILE, .h.ts_ns = 50 * S, .ino = 7, .end = 512, .nr_pages = GMEM_UNKNOWN);
	reads(m, "populated_bytes", ">1M?");
}

/* Metrics that the source cannot provide, and pages before the first scan. */
static void test_what_is_not_asked_for(void **state)
{
	struct gmem_model *m = *state;

	new_vm(m, 1, 0);
	reads(m, "double_backed_private_bytes", "-");
	assert_int_equal(json_number(m, "shared_populated_bytes"), -1);
	m->features &= ~(uint64_t)GMEM_FEATURE_PHASES;
	reads(m, "to_private_lock_ns", "-");
}

static void test_sums(void **state)
{
	const struct gmem_metric *bytes = gmem_metric("slot_bytes"), *ns = gmem_metric("conversion_max_ns");
	struct gmem_value a = { .u = 5 }, b = { .u = 3, .stale = true }, v;

	(void)state;
	v = gmem_value_add(bytes, GMEM_NO_VALUE, GMEM_NO_VALUE);
	assert_true(v.unknown);
	v = gmem_value_add(bytes, v, a);
	assert_true(!v.unknown && v.partial && v.u == 5);
	v = gmem_value_add(bytes, gmem_value_add(bytes, GMEM_NO_VALUE, a), b);
	assert_true(!v.unknown && !v.partial && v.stale && v.u == 8);
	v = gmem_value_add(ns, gmem_value_add(ns, GMEM_NO_VALUE, a), b);
	assert_int_equal(v.u, 5);
}

/*
 * Adds a VM with a slot: gfns 1000 to 2000 are the first pages of the file, all private and
 * populated.
 */
static struct gmem_vm *backed_vm(struct gmem_model *m)
{
	struct gmem_vm *vm = new_vm(m, 1, 0);

	APPLY(m, 1, GMEM_SCAN_FILE, .h.ts_ns = S, .ino = 5, .end = 1000, .nr_pages = 1000);
	APPLY(m, 1, GMEM_SCAN_SLOT, .h.ts_ns = S, .ino = 5, .start = 1000, .end = 2000);
	APPLY(m, 1, GMEM_ATTRIBUTES_END, .h.ts_ns = S, .start = 1000, .end = 2000, .arg = TEST_PRIVATE, .aux = 1);
	return vm;
}

static void read_pages(struct gmem_model *m, unsigned int kind, uint64_t ts_ns, uint64_t start, uint64_t end)
{
	struct gmem_map_rec r = {
		.h = { .ts_ns = ts_ns, .vm = 1, .kind = kind, .size = sizeof(r) },
		.ino = kind == GMEM_PAGES ? 5 : 0, .nr = start < end, .extents = { { start, end } },
		.start = kind == GMEM_PAGES ? 0 : 1000, .end = kind == GMEM_PAGES ? 1000 : 2000,
	};

	assert_int_equal(gmem_model_apply(m, &r.h), 0);
}

static void convert(struct gmem_model *m, uint64_t ts_ns, uint64_t start, uint64_t end, bool to_private)
{
	APPLY(m, 1, GMEM_ATTRIBUTES_END, .h.ts_ns = ts_ns, .start = start, .end = end,
	      .arg = to_private ? TEST_PRIVATE : 0, .aux = 1);
}

static void end_round(struct gmem_model *m, uint64_t begin_ns, uint64_t ts_ns)
{
	assert_int_equal(APPLY(m, 0, GMEM_BACKING, .h.ts_ns = ts_ns, .dur_ns = ts_ns - begin_ns), 0);
}

static void read_huge_pages(struct gmem_model *m, uint64_t ts_ns, uint64_t start, uint64_t end, uint32_t huge_pages)
{
	struct gmem_map_rec r = {
		.h = { .ts_ns = ts_ns, .vm = 1, .kind = GMEM_PAGES, .size = sizeof(r) },
		.ino = 5, .start = start, .end = end, .nr = 1, .huge_pages = huge_pages,
		.extents = { { start, start + huge_pages } },
	};

	assert_int_equal(gmem_model_apply(m, &r.h), 0);
}

/* The huge pages of a file are those of all records of the last complete page scan. */
static void test_huge_pages(void **state)
{
	struct gmem_model *m = *state;

	m->features |= GMEM_FEATURE_BACKING;
	backed_vm(m);
	reads(m, "populated_huge_bytes", "-");
	read_huge_pages(m, 2 * S, 0, 600, 512);
	reads(m, "populated_huge_bytes", "-");	/* the page scan is not over */
	read_huge_pages(m, 2 * S, 600, 1000, 100);
	end_round(m, 2 * S, 3 * S);
	reads(m, "populated_huge_bytes", "2448K");
	read_huge_pages(m, 4 * S, 0, 1000, 64);
	reads(m, "populated_huge_bytes", "2448K");
	end_round(m, 4 * S, 5 * S);
	reads(m, "populated_huge_bytes", "256K");
	/* A file that the page scan did not read has none that are known. */
	APPLY(m, 1, GMEM_SCAN_FILE, .h.ts_ns = 5 * S, .ino = 6, .end = 1000, .nr_pages = 1);
	read_huge_pages(m, 6 * S, 0, 1000, 64);
	end_round(m, 6 * S, 7 * S);
	reads(m, "populated_huge_bytes", ">256K");
}

static void read_mapped(struct gmem_model *m, uint64_t ts_ns, uint64_t small, uint64_t huge, uint64_t giant)
{
	struct gmem_mapped_rec r = {
		.h = { .ts_ns = ts_ns, .vm = 1, .kind = GMEM_MAPPED, .size = sizeof(r) }, .nr = { small, huge, giant },
	};

	assert_int_equal(gmem_model_apply(m, &r.h), 0);
}

/* Mappings of all sizes count; kernels and recordings without their numbers have none that are known. */
static void test_mapped(void **state)
{
	struct gmem_model *m = *state;

	new_vm(m, 1, 0);
	reads(m, "mapped_bytes", "-");
	reads(m, "mapped_huge_bytes", "-");
	read_mapped(m, S, 3, 0, 0);
	reads(m, "mapped_bytes", "12K");
	reads(m, "mapped_huge_bytes", "0");
	read_mapped(m, 2 * S, 1, 2, 3);
	assert_int_equal(json_number(m, "mapped_bytes"), 4096 + (2 << 21) + (3LL << 30));
	assert_int_equal(json_number(m, "mapped_huge_bytes"), (2 << 21) + (3LL << 30));
}

/*
 * Returns double-backed pages, after checking that the sums of the VM, of its slots and of the sets
 * agree.
 */
static uint64_t double_backed_pages(const struct gmem_vm *vm)
{
	struct gmem_double_backed d = gmem_vm_double_backed(vm), sum = { 0, 0 };

	for (size_t i = 0; i < vm->nr_slots; i++) {
		struct gmem_double_backed s = gmem_slot_double_backed(vm, &vm->slots[i], 0, UINT64_MAX);

		sum.private_bytes += s.private_bytes;
		sum.shared_bytes += s.shared_bytes;
	}
	assert_int_equal(d.private_bytes, sum.private_bytes);
	assert_int_equal(d.shared_bytes, sum.shared_bytes);
	assert_int_equal((d.private_bytes + d.shared_bytes) >> 12,
			 vm->double_backed[0].nr_pages + vm->double_backed[1].nr_pages);
	return (d.private_bytes + d.shared_bytes) >> 12;
}

/*
 * Conversions after a scan of pages: comparing old pages with the current map would report false
 * double-backed memory.
 */
static void test_conversions_after_the_reading(void **state)
{
	struct gmem_model *m = *state;
	struct gmem_vm *vm = backed_vm(m);

	read_pages(m, GMEM_PAGES, 10 * S, 0, 1000);
	read_pages(m, GMEM_SHARED_PAGES, 10 * S, 0, 0);
	end_round(m, 9 * S, 11 * S);
	sync_at(m, 11 * S);
	assert_int_equal(double_backed_pages(vm), 0);
	convert(m, 12 * S, 1000, 1500, false);
	APPLY(m, 1, GMEM_SCAN_FILE, .h.ts_ns = 12 * S, .ino = 5, .end = 1000, .nr_pages = 500);
	sync_at(m, 13 * S);
	assert_int_equal(double_backed_pages(vm), 0);
	/* The next scan finds the other side discarded, or not. */
	read_pages(m, GMEM_PAGES, 20 * S, 100, 1000);
	read_pages(m, GMEM_SHARED_PAGES, 20 * S, 1000, 1100);
	end_round(m, 19 * S, 21 * S);
	assert_int_equal(double_backed_pages(vm), 400);
	sync_at(m, 21 * S);
	convert(m, 22 * S, 1000, 1500, true);
	assert_int_equal(double_backed_pages(vm), 400);	/* as of 21 s */
	assert_int_equal(gmem_vm_double_backed(vm).private_bytes, 400 << 12);
}

static void test_conversions_while_pages_are_read(void **state)
{
	struct gmem_model *m = *state;
	struct gmem_vm *vm = backed_vm(m);

	convert(m, 5 * S, 1900, 1910, false);			/* long ago, and never discarded */
	convert(m, 10 * S - 100 * MS, 1000, 1010, false);	/* not yet discarded at the scan */
	read_pages(m, GMEM_PAGES, 10 * S, 0, 1000);
	convert(m, 10 * S + MS, 1100, 1200, false);
	convert(m, 10 * S + 2 * MS, 1150, 1160, true);		/* and back: discarded meanwhile */
	read_pages(m, GMEM_SHARED_PAGES, 10 * S + 3 * MS, 1150, 1200);
	end_round(m, 10 * S, 11 * S);
	assert_int_equal(double_backed_pages(vm), 10);
	assert_int_equal(gmem_slot_double_backed(vm, &vm->slots[0], 1900, 1910).private_bytes, 10 << 12);
	/* Late record: the conversion began before the end of the scan. */
	APPLY(m, 1, GMEM_ATTRIBUTES_END, .h.ts_ns = 11 * S + MS, .dur_ns = 2 * MS, .start = 1905, .end = 1906,
	      .arg = TEST_PRIVATE, .aux = 1);
	assert_int_equal(double_backed_pages(vm), 9);
	convert(m, 11 * S + MS, 1907, 1908, true);
	assert_int_equal(double_backed_pages(vm), 9);
}

/*
 * Blocks that were only marked are scanned at the refresh; they may have been converted back and
 * forth.
 */
static void test_marked_blocks(void **state)
{
	struct gmem_map_rec block = {
		.h = { .ts_ns = 11 * S, .vm = 1, .kind = GMEM_SCAN_MAP, .size = sizeof(block) },
		.start = 1024, .end = 1536, .nr = 1, .extents = { { 1024, 1536 } },
	};
	struct gmem_model *m = *state;
	struct gmem_vm *vm = backed_vm(m);

	read_pages(m, GMEM_PAGES, 10 * S, 0, 1000);
	read_pages(m, GMEM_SHARED_PAGES, 10 * S, 1030, 1040);
	end_round(m, 9 * S, 10 * S + MS);
	assert_int_equal(double_backed_pages(vm), 10);
	assert_int_equal(gmem_model_apply(m, &block.h), 0);
	assert_int_equal(double_backed_pages(vm), 0);
	sync_at(m, 11 * S);
	assert_int_equal(double_backed_pages(vm), 0);
}

/* A scan of the whole VM finds lost conversions. */
static void test_scan_finds_conversions(void **state)
{
	struct gmem_map_rec map = {
		.h = { .ts_ns = 10 * S + MS, .vm = 1, .kind = GMEM_SCAN_MAP, .size = sizeof(map) },
		.end = UINT64_MAX, .nr = 2, .extents = { { 1000, 1200 }, { 1400, 2000 } },
	};
	struct gmem_model *m = *state;
	struct gmem_vm *vm = backed_vm(m);

	convert(m, 2 * S, 1900, 1950, false);
	read_pages(m, GMEM_PAGES, 10 * S, 0, 1000);
	assert_int_equal(gmem_model_apply(m, &map.h), 0);
	convert(m, 10 * S + 2 * MS, 1960, 1970, false);
	end_round(m, 9 * S, 11 * S);
	assert_int_equal(double_backed_pages(vm), 0);
	read_pages(m, GMEM_PAGES, 20 * S, 0, 1000);
	end_round(m, 19 * S, 21 * S);
	assert_int_equal(double_backed_pages(vm), 210);
}

/* The first scan of an older VM is not a conversion. */
static void test_first_scan(void **state)
{
	struct gmem_map_rec map = {
		.h = { .ts_ns = 10 * S, .vm = 1, .kind = GMEM_SCAN_MAP, .size = sizeof(map) },
		.end = UINT64_MAX, .nr = 1, .extents = { { 1000, 2000 } },
	};
	struct gmem_model *m = *state;
	struct gmem_vm *vm = new_vm(m, 1, GMEM_VM_SCANNED);

	APPLY(m, 1, GMEM_SCAN_BEGIN, .h.ts_ns = 9 * S);
	APPLY(m, 1, GMEM_SCAN_FILE, .h.ts_ns = 9 * S, .ino = 5, .end = 1000, .nr_pages = 1000);
	APPLY(m, 1, GMEM_SCAN_SLOT, .h.ts_ns = 9 * S, .ino = 5, .start = 1000, .end = 2000);
	assert_int_equal(gmem_model_apply(m, &map.h), 0);
	APPLY(m, 1, GMEM_SCAN_END, .h.ts_ns = 10 * S);
	read_pages(m, GMEM_PAGES, 10 * S + 1, 0, 1000);
	read_pages(m, GMEM_SHARED_PAGES, 10 * S + 2, 1000, 1100);
	end_round(m, 10 * S, 10 * S + 3);
	assert_int_equal(double_backed_pages(vm), 100);
}

/* Memory that is removed is not double-backed any more. */
static void test_slots_and_files_that_go(void **state)
{
	struct gmem_model *m = *state;
	struct gmem_vm *vm = backed_vm(m);

	convert(m, 2 * S, 1000, 1100, false);
	read_pages(m, GMEM_PAGES, 10 * S, 0, 1000);
	read_pages(m, GMEM_SHARED_PAGES, 10 * S, 1000, 1300);
	end_round(m, 9 * S, 11 * S);
	assert_int_equal(double_backed_pages(vm), 300);
	APPLY(m, 1, GMEM_SCAN_FILE, .h.ts_ns = 12 * S, .ino = 5, .end = 1000, .nr_pages = 0);
	assert_int_equal(double_backed_pages(vm), 200);
	APPLY(m, 1, GMEM_UNBIND, .h.ts_ns = 12 * S, .ino = 5);
	assert_int_equal(double_backed_pages(vm), 0);
	APPLY(m, 1, GMEM_BIND, .h.ts_ns = 13 * S, .ino = 5, .start = 1000, .end = 2000);
	assert_int_equal(double_backed_pages(vm), 0);
}

/*
 * The scan cannot read a file without a descriptor, nor the memory of a process without permission.
 */
static void test_rounds_that_miss_something(void **state)
{
	struct gmem_model *m = *state;
	struct gmem_vm *vm = backed_vm(m);

	convert(m, 2 * S, 1000, 1100, false);
	read_pages(m, GMEM_PAGES, 10 * S, 0, 1000);
	end_round(m, 9 * S, 11 * S);
	reads(m, "double_backed_private_bytes", "400K");
	reads(m, "double_backed_shared_bytes", "-");
	reads(m, "shared_populated_bytes", "-");
	APPLY(m, 1, GMEM_SCAN_SLOT, .h.ts_ns = 12 * S, .ino = 6, .aux = 1, .start = 5000, .end = 5100);
	read_pages(m, GMEM_PAGES, 20 * S, 0, 1000);
	read_pages(m, GMEM_SHARED_PAGES, 20 * S, 1000, 1100);
	end_round(m, 19 * S, 21 * S);
	reads(m, "double_backed_private_bytes", ">400K");
	reads(m, "double_backed_shared_bytes", ">0");
	reads(m, "shared_populated_bytes", ">400K");
	end_round(m, 29 * S, 31 * S);
	reads(m, "double_backed_private_bytes", "-");
	assert_int_equal(double_backed_pages(vm), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct CMUnitTest tests[] = {
	TEST(test_unread_vm_has_no_sizes), TEST(test_vm_without_identity), TEST(test_file_that_nobody_reads),
	TEST(test_file_that_was_read_once), TEST(test_what_is_not_asked_for), TEST(test_sums),
	TEST(test_conversions_after_the_reading), TEST(test_conversions_while_pages_are_read),
	TEST(test_marked_blocks), TEST(test_scan_finds_conversions), TEST(test_first_scan), TEST(test_slots_and_files_that_go),
	TEST(test_rounds_that_miss_something), TEST(test_providers),
	TEST(test_huge_pages), TEST(test_mapped),
};

TEST_UNIT(truth_unit, tests);
