// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compares the tools' output with the ledger of gmemload. Prints TAP.
 * Usage: ledger_check LEDGER top FILE   FILE: gmemtop --json, of which the last line counts
 *        ledger_check LEDGER map FILE   the same, for a gmemtop that started late or lost
 *                                       events: state only, no counters
 *        ledger_check LEDGER live FILE  FILE: gmemtrace live --events --json
 */
#include <errno.h>
#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct json_object *json;

static int tests, failures;

static void report(bool ok, const char *fmt_name, uint64_t vm, const char *detail)
{
	tests++;
	failures += !ok;
	printf("%sok %d - vm %llu: %s\n", ok ? "" : "not ", tests, (unsigned long long)vm, fmt_name);
	if (!ok)
		printf("# %s\n", detail);
}

static void same(uint64_t vm, const char *name, uint64_t got, uint64_t want)
{
	char detail[128];

	snprintf(detail, sizeof(detail), "the tool reports %llu, the ledger %llu",
		 (unsigned long long)got, (unsigned long long)want);
	report(got == want, name, vm, detail);
}

/* Skips a value that this kernel does not report: null, not a number. */
static void unknown(uint64_t vm, const char *name)
{
	printf("ok %d - vm %llu: %s # SKIP not reported by these probes\n", ++tests,
	       (unsigned long long)vm, name);
}

__attribute__((noreturn))
static void die(const char *what, const char *name)
{
	printf("Bail out! %s %s\n", what, name);
	exit(1);
}

static json get(json o, const char *key)
{
	json v;

	if (!json_object_object_get_ex(o, key, &v))
		die("no key", key);
	return v;
}

static uint64_t number(json o, const char *key)
{
	return json_object_get_uint64(get(o, key));
}

/* Returns the number at a path such as "a.b.c". */
static uint64_t number_at(json o, const char *path)
{
	char key[64];
	const char *dot;

	while ((dot = strchr(path, '.'))) {
		snprintf(key, sizeof(key), "%.*s", (int)(dot - path), path);
		o = get(o, key);
		path = dot + 1;
	}
	return number(o, path);
}

static json first_slot(json vm)
{
	return json_object_array_get_idx(get(vm, "slots"), 0);
}

/* Returns the tool's VM that binds the same inode as the ledger's VM. */
static json find_vm(json vms, json ledger_vm)
{
	json want = first_slot(ledger_vm);

	for (size_t i = 0; i < json_object_array_length(vms); i++) {
		json vm = json_object_array_get_idx(vms, i), slot = first_slot(vm);

		if (slot && number(slot, "ino") == number(want, "ino"))
			return vm;
	}
	return NULL;
}

/* Keys of the metric table, and of the same value in the ledger. */
static const struct {
	const char *metric;
	const char *ledger;
} counters[] = {
	{ "to_private_count", "conversions.to_private.count" },
	{ "to_private_bytes", "conversions.to_private.bytes" },
	{ "to_private_unchanged", "conversions.to_private.unchanged_count" },
	{ "to_shared_count", "conversions.to_shared.count" },
	{ "to_shared_bytes", "conversions.to_shared.bytes" },
	{ "to_shared_unchanged", "conversions.to_shared.unchanged_count" },
	{ "punch_count", "punches.count" },
	{ "punch_bytes", "punches.bytes" },
	{ "punched_pages", "punches.freed_pages" },
	{ "memory_faults", "memory_faults" },
};

static void check_slots(uint64_t id, json got, json want)
{
	static const char *const keys[] = { "slot", "base_gfn", "npages", "ino", "pgoff" };
	size_t n = json_object_array_length(want);
	bool ok = json_object_array_length(got) == n;

	for (size_t i = 0; ok && i < n; i++) {
		for (size_t k = 0; k < sizeof(keys) / sizeof(*keys); k++)
			ok = ok && number(json_object_array_get_idx(got, i), keys[k]) ==
				   number(json_object_array_get_idx(want, i), keys[k]);
	}
	report(ok, "memslots", id, json_object_to_json_string(got));
}

static void check_extents(uint64_t id, json got, json want)
{
	size_t n = json_object_array_length(want);
	char detail[128] = "";
	bool ok = json_object_array_length(got) == n;

	if (!ok)
		snprintf(detail, sizeof(detail), "%zu extents, the ledger has %zu",
			 json_object_array_length(got), n);
	for (size_t i = 0; ok && i < n; i++) {
		json a = json_object_array_get_idx(got, i), b = json_object_array_get_idx(want, i);

		ok = json_object_equal(a, b);
		if (!ok)
			snprintf(detail, sizeof(detail), "extent %zu is %s, in the ledger %s", i,
				 json_object_to_json_string(a), json_object_to_json_string(b));
	}
	report(ok, "private extents, to the page", id, detail);
}

/*
 * Returns private bytes in slots, as private_bytes counts them; the ledger's extents include the
 * windows.
 */
static uint64_t private_bytes(json ledger_vm)
{
	json extents = get(ledger_vm, "attributes"), slots = get(ledger_vm, "slots");
	uint64_t pages = 0;

	for (size_t i = 0; i < json_object_array_length(extents); i++) {
		json x = json_object_array_get_idx(extents, i);
		uint64_t start = json_object_get_uint64(json_object_array_get_idx(x, 0));
		uint64_t end = start + json_object_get_uint64(json_object_array_get_idx(x, 1));

		for (size_t s = 0; s < json_object_array_length(slots); s++) {
			json slot = json_object_array_get_idx(slots, s);
			uint64_t lo = number(slot, "base_gfn"), hi = lo + number(slot, "npages");

			lo = lo > start ? lo : start;
			hi = hi < end ? hi : end;
			pages += hi > lo ? hi - lo : 0;
		}
	}
	return pages << 12;
}

static void check_counters(json top_vm, json ledger_vm)
{
	uint64_t id = number(ledger_vm, "vm");

	for (size_t i = 0; i < sizeof(counters) / sizeof(*counters); i++) {
		if (!get(top_vm, counters[i].metric))
			unknown(id, counters[i].metric);
		else
			same(id, counters[i].metric, number(top_vm, counters[i].metric),
			     number_at(ledger_vm, counters[i].ledger));
	}
	same(id, "to_private_failed + to_shared_failed",
	     number(top_vm, "to_private_failed") + number(top_vm, "to_shared_failed"),
	     number(ledger_vm, "failed_conversions"));
}

/* Returns the populated bytes of all files in the ledger. */
static uint64_t populated_bytes(json ledger_vm)
{
	json files = get(ledger_vm, "files");
	uint64_t pages = 0;

	for (size_t i = 0; i < json_object_array_length(files); i++)
		pages += number(json_object_array_get_idx(files, i), "populated_pages");
	return pages << 12;
}

static void check_state(json top_vm, json ledger_vm)
{
	uint64_t id = number(ledger_vm, "vm");
	const char *state = json_object_get_string(get(top_vm, "map_state"));

	report(!strcmp(state, "current"), "the map is current", id, state);
	same(id, "pid", number(top_vm, "pid"), number(ledger_vm, "pid"));
	same(id, "populated_bytes", number(top_vm, "populated_bytes"), populated_bytes(ledger_vm));
	same(id, "private_bytes", number(top_vm, "private_bytes"), private_bytes(ledger_vm));
	same(id, "inflight", number(top_vm, "inflight"), 0);
	check_slots(id, get(top_vm, "slots"), get(ledger_vm, "slots"));
	check_extents(id, get(top_vm, "private_extents"), get(ledger_vm, "attributes"));
}

/* Checks the shared side, and double-backed memory. */
static void check_backing(json top_vm, json ledger_vm)
{
	uint64_t id = number(ledger_vm, "vm");

	same(id, "shared_populated_bytes", number(top_vm, "shared_populated_bytes"),
	     number(ledger_vm, "shared_populated_pages") << 12);
	same(id, "double_backed_private_bytes", number(top_vm, "double_backed_private_bytes"),
	     number(ledger_vm, "double_backed_private_pages") << 12);
	same(id, "double_backed_shared_bytes", number(top_vm, "double_backed_shared_bytes"),
	     number(ledger_vm, "double_backed_shared_pages") << 12);
}

static void check_losses(json refresh)
{
	json_object_object_foreach(get(refresh, "lost"), reason, n)
		same(0, reason, json_object_get_uint64(n), 0);
}

static char *next_line(FILE *f, char **line, size_t *size)
{
	return getline(line, size, f) > 0 ? *line : NULL;
}

static void check_top(json ledger, FILE *f, bool counted)
{
	json refresh = NULL, vms = get(ledger, "vms");
	char *line = NULL;
	size_t size = 0;

	while (next_line(f, &line, &size)) {
		json o = json_tokener_parse(line);

		if (!o)
			die("no JSON:", line);
		json_object_put(refresh);
		refresh = o;
	}
	if (!refresh)
		die("no refresh in", "the output of gmemtop");
	if (counted)
		check_losses(refresh);
	for (size_t i = 0; i < json_object_array_length(vms); i++) {
		json want = json_object_array_get_idx(vms, i);
		json got = find_vm(get(refresh, "vms"), want);

		if (!got) {
			report(false, "is shown", number(want, "vm"), "not found by its inode");
			continue;
		}
		if (counted)
			check_counters(got, want);
		check_state(got, want);
		if (get(got, "double_backed_private_bytes"))
			check_backing(got, want);
	}
	json_object_put(refresh);
	free(line);
}

/* Sums over the events of one VM. */
struct sums {
	uint64_t id;		/* the kernel's id */
	uint64_t ino;		/* a file of the VM */
	uint64_t count[2], bytes[2], unchanged[2], failed;
	uint64_t punches, punched_bytes, punched_pages, faults;
	bool freed_unknown;
	int64_t open[3];	/* begins without an end */
	uint64_t bad_pairs;
};

static struct sums *sums_of(struct sums **all, size_t *n, uint64_t id)
{
	for (size_t i = 0; i < *n; i++) {
		if ((*all)[i].id == id)
			return &(*all)[i];
	}
	*all = reallocarray(*all, *n + 1, sizeof(**all));
	if (!*all)
		die("out of", "memory");
	(*all)[*n] = (struct sums){ .id = id };
	return &(*all)[(*n)++];
}

static void add_conversion(struct sums *s, json o)
{
	bool to_private = !strcmp(json_object_get_string(get(o, "attributes")), "private");

	if ((int)json_object_get_int(get(o, "ret")))
		s->failed++;
	else if (!number(o, "changed"))
		s->unchanged[to_private]++;
	else {
		s->count[to_private]++;
		s->bytes[to_private] += (number(o, "end_gfn") - number(o, "start_gfn")) << 12;
	}
}

static void add_fallocate(struct sums *s, json o)
{
	if (!strstr(json_object_get_string(get(o, "mode")), "punch_hole"))
		return;
	s->punches++;
	s->punched_bytes += (number(o, "end_pgoff") - number(o, "start_pgoff")) << 12;
	s->punched_pages += number(o, "nr_pages");
	s->freed_unknown |= !get(o, "nr_pages");
}

/* Counts a begin or an end. An end without a duration has no recorded begin. */
static void add_pair(struct sums *s, const char *event, json o)
{
	static const char *const ops[] = { "attributes", "fallocate", "invalidate" };

	for (int i = 0; i < 3; i++) {
		size_t n = strlen(ops[i]);

		if (strncmp(event, ops[i], n))
			continue;
		if (!strcmp(event + n, "_begin")) {
			s->open[i]++;
		} else if (!strcmp(event + n, "_end")) {
			s->open[i]--;
			s->bad_pairs += !number(o, "dur_ns");
		}
	}
}

static void add_event(struct sums *s, json o)
{
	const char *event = json_object_get_string(get(o, "event"));

	add_pair(s, event, o);
	if (!strcmp(event, "bind"))
		s->ino = number(o, "ino");
	else if (!strcmp(event, "attributes_end"))
		add_conversion(s, o);
	else if (!strcmp(event, "fallocate_end"))
		add_fallocate(s, o);
	else if (!strcmp(event, "memory_fault"))
		s->faults++;
}

static bool has_ino(json ledger_vm, uint64_t ino)
{
	json slots = get(ledger_vm, "slots");

	for (size_t i = 0; i < json_object_array_length(slots); i++) {
		if (number(json_object_array_get_idx(slots, i), "ino") == ino)
			return true;
	}
	return false;
}

static void check_sums(const struct sums *s, json vm)
{
	static const char *const dir[2] = { "to_shared", "to_private" };
	uint64_t id = number(vm, "vm");
	char name[64], path[64];

	for (int d = 0; d < 2; d++) {
		snprintf(name, sizeof(name), "lines of conversions %s", dir[d]);
		snprintf(path, sizeof(path), "conversions.%s.count", dir[d]);
		same(id, name, s->count[d], number_at(vm, path));
		snprintf(name, sizeof(name), "bytes in these lines, %s", dir[d]);
		snprintf(path, sizeof(path), "conversions.%s.bytes", dir[d]);
		same(id, name, s->bytes[d], number_at(vm, path));
		snprintf(name, sizeof(name), "lines that changed nothing, %s", dir[d]);
		snprintf(path, sizeof(path), "conversions.%s.unchanged_count", dir[d]);
		same(id, name, s->unchanged[d], number_at(vm, path));
	}
	same(id, "lines of failed conversions", s->failed, number(vm, "failed_conversions"));
	same(id, "lines of punches", s->punches, number_at(vm, "punches.count"));
	same(id, "bytes in these lines", s->punched_bytes, number_at(vm, "punches.bytes"));
	if (s->freed_unknown)
		unknown(id, "pages that they freed");
	else
		same(id, "pages that they freed", s->punched_pages,
		     number_at(vm, "punches.freed_pages"));
	same(id, "lines of memory faults", s->faults, number(vm, "memory_faults"));
	same(id, "attributes: begins less ends", s->open[0], 0);
	same(id, "fallocate: begins less ends", s->open[1], 0);
	same(id, "invalidate: begins less ends", s->open[2], 0);
	same(id, "ends without their begin", s->bad_pairs, 0);
}

static void check_live(json ledger, FILE *f)
{
	json vms = get(ledger, "vms");
	struct sums *all = NULL;
	size_t n = 0, size = 0;
	char *line = NULL;

	while (next_line(f, &line, &size)) {
		json o = json_tokener_parse(line);

		if (!o)
			die("no JSON:", line);
		add_event(sums_of(&all, &n, number(o, "vm")), o);
		json_object_put(o);
	}
	for (size_t i = 0; i < json_object_array_length(vms); i++) {
		json vm = json_object_array_get_idx(vms, i);
		const struct sums *found = NULL;

		for (size_t s = 0; s < n; s++)
			found = has_ino(vm, all[s].ino) ? &all[s] : found;
		if (found)
			check_sums(found, vm);
		else
			report(false, "was printed", number(vm, "vm"), "not found by its inode");
	}
	free(all);
	free(line);
}

int main(int argc, char **argv)
{
	json ledger;
	FILE *f;

	if (argc != 4)
		die("usage:", "ledger_check LEDGER top|map|live FILE");
	ledger = json_object_from_file(argv[1]);
	if (!ledger)
		die("cannot read", argv[1]);
	f = fopen(argv[3], "r");
	if (!f)
		die("cannot read", argv[3]);
	if (!strcmp(argv[2], "top"))
		check_top(ledger, f, true);
	else if (!strcmp(argv[2], "map"))
		check_top(ledger, f, false);
	else
		check_live(ledger, f);
	fclose(f);
	json_object_put(ledger);
	printf("1..%d\n", tests);
	return failures ? 1 : 0;
}
