// SPDX-License-Identifier: GPL-2.0-only
/* gmem_ranges (ranges.h). Command line and output. */
#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ranges.h"

static const struct group {
	const char *name;
	const char *about;
	int (*run)(struct ranges *r);
} groups[] = {
	{ "sizes", "ranges of 4 KiB to the largest size, nothing mapped; memory of the largest",
	  ranges_sizes },
	{ "slots", "creation of memslots", ranges_slots },
	{ "states", "one page, by the state of its block", ranges_states },
	{ "fragments", "1 GiB with single private pages in it", ranges_fragments },
	{ "mapped", "1 GiB that is mapped into a guest", ranges_mapped },
	{ "phases", "phases of conversions, and their invalidation windows", ranges_phases },
	{ NULL, NULL, NULL }
};

struct options {
	const struct group *group;	/* NULL: all */
	struct ranges ranges;
};

static const struct argp_option argp_options[] = {
	{ "group", 'g', "NAME", 0, "Measure this group only", 0 },
	{ "max-size", 'm', "GIB", 0, "Convert ranges of up to GIB GiB (default 1)", 0 },
	{ 0 }
};

uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

uint64_t clock_cost(void)
{
	uint64_t least = UINT64_MAX;

	for (int i = 0; i < 100; i++) {
		uint64_t start = now_ns(), ns = now_ns() - start;

		if (ns < least)
			least = ns;
	}
	return least;
}

void figure_ns(const char *name, double best_ns, double mean_ns)
{
	printf("{\"name\": \"%s\", \"ns\": %.1f, \"mean_ns\": %.1f}\n", name, best_ns, mean_ns);
	fflush(stdout);
}

void figure_bytes(const char *name, int64_t bytes)
{
	printf("{\"name\": \"%s\", \"bytes\": %" PRId64 "}\n", name, bytes);
	fflush(stdout);
}

void figure_count(const char *name, uint64_t count)
{
	printf("{\"name\": \"%s\", \"count\": %" PRIu64 "}\n", name, count);
	fflush(stdout);
}

void figure_skipped(const char *name, const char *why)
{
	printf("{\"name\": \"%s\", \"skipped\": \"%s\"}\n", name, why);
	fflush(stdout);
}

const char *size_text(char text[SIZE_TEXT], uint64_t size)
{
	static const char units[] = "KMGT";
	unsigned int unit = 0;

	size >>= 10;
	while (size >= 1024 && !(size % 1024)) {
		size >>= 10;
		unit++;
	}
	snprintf(text, SIZE_TEXT, "%" PRIu64 "%c", size, units[unit]);
	return text;
}

int ranges_failed(struct ranges *r, const char *what, int err)
{
	return fail(&r->failure, EXIT_FAILED, "See the kernel log; is there enough memory?",
		    "cannot %s: %s", what, strerror(-err));
}

int ranges_open(struct ranges *r, struct testbed *t, const struct testbed_shape *shape)
{
	int err;

	if (testbed_open_bare(t, shape, &r->failure))
		return -1;
	err = testbed_add_slot(t);
	if (!err)
		return 0;
	testbed_close(t);
	return ranges_failed(r, "add the slot", err);
}

static error_t bad_option(struct options *o, const char *what, const char *arg)
{
	fail(&o->ranges.failure, EXIT_USAGE, "See gmem_ranges --help.", "cannot use %s '%s'", what,
	     arg);
	return EINVAL;
}

static const struct group *find_group(const char *name)
{
	for (const struct group *g = groups; g->name; g++)
		if (!strcmp(g->name, name))
			return g;
	return NULL;
}

static bool parse_size(const char *arg, uint64_t *size)
{
	char *end;
	uint64_t gib;

	errno = 0;
	gib = strtoull(arg, &end, 10);
	*size = gib << 30;
	return *arg >= '0' && *arg <= '9' && !*end && !errno && gib >= 1 && gib <= 1024;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'g':
		o->group = find_group(arg);
		return o->group ? 0 : bad_option(o, "group", arg);
	case 'm':
		return parse_size(arg, &o->ranges.max_size) ? 0 : bad_option(o, "size", arg);
	case ARGP_KEY_ARG:
		return bad_option(o, "argument", arg);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static char *help_with_groups(int key, const char *text, void *input)
{
	size_t size = 0;
	char *all = NULL;
	FILE *out;

	(void)input;
	if (key != ARGP_KEY_HELP_POST_DOC)
		return (char *)(uintptr_t)text;
	out = open_memstream(&all, &size);
	if (!out)
		return NULL;
	fputs("Groups:\n", out);
	for (const struct group *g = groups; g->name; g++)
		fprintf(out, "  %-10s %s\n", g->name, g->about);
	fclose(out);
	return all;
}

static void run_groups(struct options *o)
{
	int err = 0;

	for (const struct group *g = o->group ? o->group : groups; !err && g->name; g++) {
		err = g->run(&o->ranges);
		if (o->group)
			break;
	}
	if (!err && ferror(stdout))
		fail(&o->ranges.failure, EXIT_FAILED, "Is the disk full, or the reader gone?",
		     "cannot write to stdout");
}

int main(int argc, char **argv)
{
	static const struct argp argp = {
		argp_options, parse_option, NULL,
		"Measures conversions of guest memory by size, state and fragmentation, and prints a "
		"line of JSON for each figure. Run it in a VM with --icount."
		"\vns is of the cheapest batch, without timer interrupts; mean_ns is of all.",
		NULL, help_with_groups, NULL
	};
	static char name[] = "gmem_ranges";
	struct options o = { .ranges.max_size = 1ULL << 30 };
	const struct failure *failure = &o.ranges.failure;

	argv[0] = name;
	argp_err_exit_status = EXIT_USAGE;
	if (argp_parse(&argp, argc, argv, 0, NULL, &o) && !failure->code)
		fail(&o.ranges.failure, EXIT_USAGE, "See gmem_ranges --help.",
		     "cannot read the options");
	if (!failure->code)
		run_groups(&o);
	if (failure->code)
		fprintf(stderr, "gmem_ranges: %s\n%s\n", failure->what, failure->todo);
	return failure->code;
}
