// SPDX-License-Identifier: GPL-2.0-only
/* A VM of a report: counted conversions and recorded events. */
#include <string.h>

#include "check.h"

static uint64_t tally(json vm, const char *name, const char *key)
{
	return number(must(vm, name), key);
}

static void check_direction(struct check *c, json got, json want, const char *dir)
{
	static const char *const keys[] = { "count", "bytes", "unchanged", "failed" };
	json sums = get(must(got, "conversions"), dir);
	uint64_t all;

	if (json_object_get_boolean(must(want, "raced"))) {
		all = tally(want, dir, "count") + tally(want, dir, "unchanged");
		c->values++;
		if (!c->skipped && number(sums, "count") + number(sums, "unchanged") != all)
			differs(c, want, dir, "%llu requests in all instead of %llu",
				(unsigned long long)(number(sums, "count") + number(sums, "unchanged")),
				(unsigned long long)all);
		return;
	}
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		compare_count(c, want, keys[i], get(sums, keys[i]), tally(want, dir, keys[i]));
}

/*
 * Checks counts of recorded events. Where records were lost, there are fewer events than
 * operations, and the report must mark that.
 */
static void check_events(struct check *c, json got, json want)
{
	uint64_t attributes = 0, fallocates = 0;
	json events = must(got, "events"), o;
	static const char *const dirs[] = { "to_shared", "to_private" };
	static const char *const ops[] = { "punch", "allocate" };

	if (number(got, "lost_records"))
		return;
	for (int i = 0; i < 2; i++) {
		attributes += tally(want, dirs[i], "count") + tally(want, dirs[i], "unchanged");
		fallocates += tally(want, ops[i], "count") + tally(want, ops[i], "failed");
	}
	o = get(events, "attributes_end");
	compare_count(c, want, "events: attributes_end", o ? o : json_object_new_int(0), attributes);
	o = get(events, "fallocate_end");
	compare_count(c, want, "events: fallocate_end", o ? o : json_object_new_int(0), fallocates);
	o = get(events, "create");
	compare_count(c, want, "events: create", o ? o : json_object_new_int(0),
		json_object_array_length(must(want, "inos")) + number(want, "refused_files"));
}

void check_report_vm(struct check *c, json got, json want)
{
	compare(c, want, "ended", get(got, "ended"), json_object_get_boolean(must(want, "ended")));
	check_direction(c, got, want, "to_shared");
	check_direction(c, got, want, "to_private");
	check_events(c, got, want);
}
