// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compares what a tool printed with a ledger of chaos.
 * Usage: chaos_check [OPTION..] LEDGER top|map|report FILE
 *   top: lines of gmemtop --json; map: gmemtrace map --json; report: gmemtrace report --json
 *   --base=LEDGER   the tool started at that checkpoint: its counters count from there
 *   --ids=FILE      {"signature_gfn": vm, ..}: numbers that the tool assigned to the VMs
 *   --skip=N        ignore the first N lines, which belong to earlier times
 *   --grace=N       ignore N more lines, which may lag behind
 *   --last          check the last line only
 *   --late          the tool started late: it cannot find objects without a descriptor
 *   --no-counters   the tool did not start at a checkpoint: ignore counters
 * In every line, counters and maps marked as current must be right. In the last line, all maps must
 * be current, and values that are scanned periodically (pages, holders) must be right, too. Prints
 * the differences and the number of compared values; none compared is a failure. Exit status:
 * 0 equal, 1 different, 2 usage.
 */
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

#define MOST_SHOWN	12

static uint64_t shown;

void die(const char *what, const char *name)
{
	printf("chaos_check: %s %s\n", what, name);
	exit(2);
}

json get(json o, const char *key)
{
	json v;

	return json_object_object_get_ex(o, key, &v) ? v : NULL;
}

json must(json o, const char *key)
{
	json v = get(o, key);

	if (!v)
		die("missing key", key);
	return v;
}

uint64_t number(json o, const char *key)
{
	return json_object_get_uint64(must(o, key));
}

void differs(struct check *c, json vm, const char *name, const char *fmt, ...)
{
	va_list args;

	c->differences++;
	if (shown++ >= MOST_SHOWN)
		return;
	printf("line %u, vm %s: %s: ", c->line, vm ? json_object_to_json_string(must(vm, "vm")) : "-", name);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	printf("\n");
}

void compare(struct check *c, json vm, const char *name, json got, uint64_t want)
{
	uint64_t n;

	if (!got) {
		c->unknown++;
		return;
	}
	n = json_object_get_uint64(got);
	c->values++;
	if (n != want)
		differs(c, vm, name, "%llu instead of %llu", (unsigned long long)n, (unsigned long long)want);
}

void compare_count(struct check *c, json vm, const char *name, json got, uint64_t want)
{
	if (c->skipped && got && json_object_get_uint64(got) != want)
		c->stale++;
	else
		compare(c, vm, name, got, want);
}

/*
 * Checks that no counter is lost: records may be, counters may not, except where the kernel skips
 * the programs (docs/truth.md).
 */
static void check_losses(struct check *c, json refresh)
{
	json lost = get(refresh, "lost");

	if (!lost)
		return;
	c->skipped = json_object_get_uint64(get(lost, "skipped"));
	json_object_object_foreach(lost, reason, n) {
		if (strcmp(reason, "ringbuf") && !c->skipped)
			compare(c, NULL, reason, n, 0);
	}
}

static bool is_shown(const struct check *c, json ledger, json vms, json want)
{
	for (size_t i = 0; i < json_object_array_length(vms); i++) {
		if (match(c, ledger, json_object_array_get_idx(vms, i)) == want)
			return true;
	}
	return false;
}

static void check_all_shown(struct check *c, json ledger, json vms)
{
	json all = must(ledger, "vms");

	for (size_t i = 0; i < json_object_array_length(all); i++) {
		json want = json_object_array_get_idx(all, i);

		if (json_object_get_boolean(must(want, "ended")) || !can_be_identified(c, want))
			continue;
		if (c->late && !is_within_reach(want)) {
			c->hidden++;
			continue;
		}
		c->values++;
		if (!is_shown(c, ledger, vms, want))
			differs(c, want, "vms", "missing from the output");
	}
}

static void check_refresh(struct check *c, json ledger, json refresh,
			  void (*check)(struct check *c, json got, json want))
{
	json vms = must(refresh, "vms");

	c->refreshes++;
	for (size_t i = 0; i < json_object_array_length(vms); i++) {
		json vm = json_object_array_get_idx(vms, i), want = match(c, ledger, vm);

		if (want)
			check(c, vm, want);
		else if (get(json_object_array_get_idx(must(ledger, "vms"), 0), "kernel_vm"))
			differs(c, NULL, "vms", "%s is not in the ledger", json_object_to_json_string(must(vm, "vm")));
	}
	check_losses(c, refresh);
	check_all_shown(c, ledger, vms);
}

static json read_json(const char *path)
{
	json o = json_object_from_file(path);

	if (!o)
		die("cannot read", path);
	return o;
}

/* Checks each line but skips one that does not parse: the last line may be incomplete. */
static void check_lines(struct check *c, json ledger, const char *path, unsigned int skip)
{
	FILE *f = fopen(path, "r");
	json kept = NULL, o;
	char *line = NULL;
	unsigned int n = 0, kept_line = 0;
	size_t size = 0;

	if (!f)
		die("cannot read", path);
	while (getline(&line, &size, f) > 0) {
		if (n++ < skip || !(o = json_tokener_parse(line)))
			continue;
		if (kept) {
			c->line = kept_line;
			if (!c->last)
				check_refresh(c, ledger, kept, check_vm);
			json_object_put(kept);
		}
		kept = o;
		kept_line = n;
	}
	if (kept) {
		c->line = kept_line;
		c->settled = true;
		check_refresh(c, ledger, kept, check_vm);
		json_object_put(kept);
	}
	free(line);
	fclose(f);
}

static void print_summary(const struct check *c)
{
	if (shown > MOST_SHOWN)
		printf(".. and %llu more\n", (unsigned long long)(shown - MOST_SHOWN));
	printf("%u refreshes: %llu values, %llu differences, %llu unknown, %llu stale, %llu maps not current, %llu out of reach\n",
	       c->refreshes, (unsigned long long)c->values, (unsigned long long)c->differences,
	       (unsigned long long)c->unknown, (unsigned long long)c->stale,
	       (unsigned long long)c->not_current,
	       (unsigned long long)c->hidden);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "base", required_argument, NULL, 'b' }, { "ids", required_argument, NULL, 'i' },
		{ "skip", required_argument, NULL, 's' }, { "grace", required_argument, NULL, 'g' },
		{ "last", no_argument, NULL, 'L' }, { "late", no_argument, NULL, 'l' },
		{ "no-counters", no_argument, NULL, 'n' }, { 0 }
	};
	struct check c = { .counters = true };
	unsigned int skip = 0;
	json ledger;
	int o;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (o) {
		case 'b':
			c.base = read_json(optarg);
			break;
		case 'i':
			c.ids = read_json(optarg);
			break;
		case 's':
		case 'g':
			skip += (unsigned int)atoi(optarg);
			break;
		case 'L':
			c.last = true;
			break;
		case 'l':
			c.late = true;
			break;
		case 'n':
			c.counters = false;
			break;
		default:
			return 2;
		}
	}
	if (argc - optind != 3)
		die("usage:", "chaos_check [OPTION..] LEDGER top|map|report FILE");
	ledger = read_json(argv[optind]);
	if (!strcmp(argv[optind + 1], "top")) {
		check_lines(&c, ledger, argv[optind + 2], skip);
	} else {
		bool map = !strcmp(argv[optind + 1], "map");

		c.counters = c.counters && !map;
		c.settled = map;
		check_refresh(&c, ledger, read_json(argv[optind + 2]), map ? check_vm : check_report_vm);
	}
	print_summary(&c);
	return c.values && !c.differences ? 0 : 1;
}
