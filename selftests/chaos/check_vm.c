// SPDX-License-Identifier: GPL-2.0-only
/* A VM: its counters, and its state if the tool calls it current. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

static json by_key(json list, const char *key, uint64_t value)
{
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		json o = json_object_array_get_idx(list, i);

		if (number(o, key) == value)
			return o;
	}
	return NULL;
}

static void check_extents(struct check *c, json got, json want, json vm)
{
	size_t n = json_object_array_length(want), m;
	char a[64], b[64];

	if (!got) {
		c->unknown++;
		return;
	}
	m = json_object_array_length(got);
	c->values += n + 1;
	if (n != m)
		differs(c, vm, "private_extents", "%zu extents instead of %zu", m, n);
	for (size_t i = 0; i < n || i < m; i++) {
		json g = i < m ? json_object_array_get_idx(got, i) : NULL;
		json w = i < n ? json_object_array_get_idx(want, i) : NULL;

		if (g && w && json_object_equal(g, w))
			continue;
		snprintf(a, sizeof(a), "%s", g ? json_object_to_json_string(g) : "none");
		snprintf(b, sizeof(b), "%s", w ? json_object_to_json_string(w) : "none");
		differs(c, vm, "private_extents", "the first that differs, %zu: %s instead of %s", i, a, b);
		return;
	}
}

static void check_slots(struct check *c, json got, json want, json vm)
{
	static const char *const keys[] = { "base_gfn", "npages", "ino", "pgoff" };
	size_t n = json_object_array_length(want), m;

	if (!got) {
		c->unknown++;
		return;
	}
	m = json_object_array_length(got);
	c->values++;
	if (n != m)
		differs(c, vm, "slots", "%zu instead of %zu", m, n);
	for (size_t i = 0; i < n; i++) {
		json w = json_object_array_get_idx(want, i), g = by_key(got, "slot", number(w, "slot"));

		if (!g) {
			differs(c, vm, "slots", "slot %llu is missing", (unsigned long long)number(w, "slot"));
			continue;
		}
		for (size_t k = 0; k < sizeof(keys) / sizeof(*keys); k++)
			compare(c, vm, keys[k], get(g, keys[k]), number(w, keys[k]));
	}
}

static int compare_pids(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

#define MOST_PIDS	64

/* Prints PIDs sorted, as text. @key: key of the PID in each entry; NULL: the entry is the PID. */
static void pids_text(json list, const char *key, char *buf, size_t size)
{
	size_t n = json_object_array_length(list), used = 0;
	int pids[MOST_PIDS];

	n = n < MOST_PIDS ? n : MOST_PIDS;
	for (size_t i = 0; i < n; i++) {
		json o = json_object_array_get_idx(list, i);

		pids[i] = key ? (int)number(o, key) : json_object_get_int(o);
	}
	qsort(pids, n, sizeof(*pids), compare_pids);
	buf[0] = '\0';
	for (size_t i = 0; i < n && used < size; i++)
		used += (size_t)snprintf(buf + used, size - used, " %d", pids[i]);
}

static void check_holders(struct check *c, json got, json want, json vm, const char *name)
{
	char a[512], b[512];

	if (!got) {
		c->unknown++;
		return;
	}
	pids_text(got, "pid", a, sizeof(a));
	pids_text(want, NULL, b, sizeof(b));
	c->values++;
	if (strcmp(a, b))
		differs(c, vm, name, "'%s' instead of '%s'", a, b);
}

static void check_orphan(struct check *c, json got, json vm, const char *name)
{
	if (!got) {
		c->unknown++;
		return;
	}
	compare(c, vm, name, got, json_object_get_boolean(must(vm, "orphan")));
}

/*
 * Returns whether the tool can find @file. A tool that started late cannot find an unbound file
 * that is only mapped or only in a socket.
 */
static bool file_can_be_found(const struct check *c, json file)
{
	return !c->late || number(file, "bindings") || json_object_array_length(must(file, "holders"));
}

static void check_file(struct check *c, json got, json want, json vm)
{
	char name[64];

	compare(c, vm, "size_bytes of a file", get(got, "size_bytes"), number(want, "size_bytes"));
	compare(c, vm, "flags of a file", get(got, "flags"), number(want, "flags"));
	compare(c, vm, "bindings of a file", get(got, "bindings"), number(want, "bindings"));
	if (!c->settled)
		return;
	snprintf(name, sizeof(name), "populated_bytes of file %llu", (unsigned long long)number(want, "ino"));
	if (json_object_get_boolean(get(got, "populated_stale")))
		c->stale++;
	else
		compare(c, vm, name, get(got, "populated_bytes"), number(want, "populated_bytes"));
	check_holders(c, get(got, "holders"), must(want, "holders"), vm, "holders of a file");
	check_orphan(c, get(got, "orphan"), vm, "orphan of a file");
}

/* Returns false if the tool could not find some file: so its sums over all files cannot be right. */
static bool check_files(struct check *c, json got, json want, json vm)
{
	size_t n = json_object_array_length(want);
	bool all = true;

	if (!got)
		return false;
	c->values++;
	for (size_t i = 0; i < n; i++) {
		json w = json_object_array_get_idx(want, i), g = by_key(got, "ino", number(w, "ino"));

		if (g) {
			check_file(c, g, w, vm);
		} else if (file_can_be_found(c, w)) {
			differs(c, vm, "files", "ino %llu is missing", (unsigned long long)number(w, "ino"));
		} else {
			c->hidden++;
			all = false;
		}
	}
	for (size_t i = 0; i < json_object_array_length(got); i++) {
		uint64_t ino = number(json_object_array_get_idx(got, i), "ino");

		if (!by_key(want, "ino", ino))
			differs(c, vm, "files", "ino %llu is closed", (unsigned long long)ino);
	}
	return all;
}

/* Returns whether the tool marks the figure as stale or partial. */
static bool is_marked(json got, const char *key)
{
	static const char *const marks[] = { "stale", "partial" };

	for (size_t m = 0; m < sizeof(marks) / sizeof(*marks); m++) {
		json keys = get(got, marks[m]);

		for (size_t i = 0; keys && i < json_object_array_length(keys); i++) {
			if (!strcmp(json_object_get_string(json_object_array_get_idx(keys, i)), key))
				return true;
		}
	}
	return false;
}

static void check_figure(struct check *c, json got, json want, const char *key, uint64_t value)
{
	if (is_marked(got, key))
		c->stale++;
	else
		compare(c, want, key, get(got, key), value);
}

static uint64_t sum_populated(json vm, bool unused)
{
	json files = must(vm, "files");
	uint64_t sum = 0;

	for (size_t i = 0; i < json_object_array_length(files); i++) {
		json f = json_object_array_get_idx(files, i);
		bool used = !json_object_get_boolean(must(vm, "orphan")) && number(f, "bindings");

		if (!unused || !used)
			sum += number(f, "populated_bytes");
	}
	return sum;
}

static bool any_mapped(json vm)
{
	json files = must(vm, "files");

	for (size_t i = 0; i < json_object_array_length(files); i++) {
		if (json_object_get_boolean(must(json_object_array_get_idx(files, i), "mapped")))
			return true;
	}
	return false;
}

static void check_state(struct check *c, json got, json want)
{
	static const char *const sums[] = { "slot_bytes", "private_bytes", "shared_bytes" };
	bool all;

	for (size_t i = 0; i < sizeof(sums) / sizeof(*sums); i++)
		compare(c, want, sums[i], get(got, sums[i]), number(want, sums[i]));
	check_slots(c, get(got, "slots"), must(want, "slots"), want);
	check_extents(c, get(got, "private_extents"), must(want, "private_extents"), want);
	if (!json_object_object_get_ex(got, "files", NULL))
		return;
	compare(c, want, "extents", get(got, "extents"), json_object_array_length(must(want, "private_extents")));
	all = check_files(c, get(got, "files"), must(want, "files"), want);
	if (!c->settled)
		return;
	check_holders(c, get(got, "holders"), must(want, "holders"), want, "holders of the VM");
	check_orphan(c, get(got, "orphan"), want, "orphan");
	if (!all)
		return;
	check_figure(c, got, want, "populated_bytes", sum_populated(want, false));
	/* Mapped files are in use, with or without a bound memslot. */
	if (!any_mapped(want))
		check_figure(c, got, want, "unused_bytes", sum_populated(want, true));
}

static uint64_t count_since(json base, json want, const char *tally, const char *key)
{
	uint64_t n = number(must(want, tally), key);

	return base ? n - number(must(base, tally), key) : n;
}

/*
 * Checks the sum only: where threads overlapped, which of them found nothing to change is chance.
 */
static void check_raced(struct check *c, json got, json want, json base, const char *dir)
{
	json count, unchanged;
	char name[64];

	snprintf(name, sizeof(name), "%s_count", dir);
	count = get(got, name);
	snprintf(name, sizeof(name), "%s_unchanged", dir);
	unchanged = get(got, name);
	if (c->skipped) {
		c->stale++;
		return;
	}
	if (!count || !unchanged) {
		differs(c, want, name, "unknown");
		return;
	}
	c->values++;
	if (json_object_get_uint64(count) + json_object_get_uint64(unchanged) !=
	    count_since(base, want, dir, "count") + count_since(base, want, dir, "unchanged"))
		differs(c, want, dir, "%llu requests in all instead of %llu",
			(unsigned long long)(json_object_get_uint64(count) + json_object_get_uint64(unchanged)),
			(unsigned long long)(count_since(base, want, dir, "count") + count_since(base, want, dir, "unchanged")));
}

static void check_tally(struct check *c, json got, json want, json base, const char *tally,
			const char *const *keys)
{
	char name[64];

	for (; *keys; keys++) {
		snprintf(name, sizeof(name), "%s_%s", tally, *keys);
		compare_count(c, want, name, get(got, name), count_since(base, want, tally, *keys));
	}
}

static void check_pages(struct check *c, json got, json want, json base, const char *name, const char *tally)
{
	compare_count(c, want, name, get(got, name), count_since(base, want, tally, "pages"));
}

static void check_counters(struct check *c, json got, json want)
{
	static const char *const conversion[] = { "count", "bytes", "unchanged", "failed", NULL };
	static const char *const failed[] = { "failed", NULL };
	static const char *const op[] = { "count", "bytes", "failed", NULL };
	json base = c->base ? find_by_number(c->base, number(want, "vm")) : NULL;

	for (int i = 0; i < 2; i++) {
		const char *dir = i ? "to_private" : "to_shared";
		bool raced = json_object_get_boolean(must(want, "raced"));

		if (raced)
			check_raced(c, got, want, base, dir);
		check_tally(c, got, want, base, dir, raced ? failed : conversion);
	}
	check_tally(c, got, want, base, "punch", op);
	check_tally(c, got, want, base, "allocate", op);
	check_pages(c, got, want, base, "punched_pages", "punch");
	check_pages(c, got, want, base, "allocated_pages", "allocate");
	compare_count(c, want, "inflight", get(got, "inflight"), 0);
}

static void check_pid(struct check *c, json got, json want)
{
	json pids = must(want, "pids");

	if (!json_object_get_boolean(must(want, "vmm_lives")))
		return;
	c->values++;
	for (size_t i = 0; i < json_object_array_length(pids); i++) {
		if (json_object_get_uint64(json_object_array_get_idx(pids, i)) == number(got, "pid"))
			return;
	}
	differs(c, want, "pid", "%llu instead of one of %s", (unsigned long long)number(got, "pid"),
		json_object_to_json_string(pids));
}

void check_vm(struct check *c, json got, json want)
{
	const char *state = json_object_get_string(must(got, "map_state"));
	bool ended = json_object_get_boolean(must(want, "ended"));

	compare(c, want, "ended", get(got, "ended"), ended);
	if (c->counters)
		check_counters(c, got, want);
	if (ended || json_object_get_boolean(must(got, "ended")))
		return;
	check_pid(c, got, want);
	if (!strcmp(state, "current")) {
		check_state(c, got, want);
	} else {
		/* A VM that no descriptor leads to may have ended before it could be scanned. */
		c->not_current++;
		if (c->settled && is_within_reach(want))
			differs(c, want, "map_state", "%s", state);
	}
}
