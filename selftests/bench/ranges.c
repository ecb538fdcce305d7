// SPDX-License-Identifier: GPL-2.0-only
/* gmem_ranges (ranges.h). Command line and output. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "ranges.h"

static const struct group {
	const char *name;
	const char *about;
	int (*run)(struct ranges *r);
} groups[] = {
	{ "sizes", "ranges of 4 KiB to the largest, nothing mapped; its memory",
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

static const char help[] = "See gmem_ranges --help.";

static error_t bad_option(struct options *o, const char *what, const char *arg)
{
	return cli_bad_option(&o->ranges.failure, help, what, arg);
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

static void print_groups(FILE *out)
{
	fputs("Groups:\n", out);
	for (const struct group *g = groups; g->name; g++)
		fprintf(out, "  %-10s %s\n", g->name, g->about);
}

static char *help_filter(int key, const char *text, void *input)
{
	(void)input;
	return cli_help(key, text, print_groups);
}

static void run_groups(void *options)
{
	struct options *o = options;
	int err = 0;

	for (const struct group *g = o->group ? o->group : groups; !err && g->name; g++) {
		err = g->run(&o->ranges);
		if (o->group)
			break;
	}
}

int main(int argc, char **argv)
{
	struct options o = { .ranges.max_size = 1ULL << 30 };
	const struct cli cli = {
		.name = "gmem_ranges",
		.help = help,
		.argp = {
			argp_options, parse_option, NULL,
			"Measures conversions of guest memory by size, state and fragmentation, and prints a "
			"line of JSON for each figure. Run it in a VM with --icount."
			"\vns is of the cheapest batch, without timer interrupts; mean_ns is of all.",
			NULL, help_filter, NULL
		},
		.run = run_groups,
		.failure = &o.ranges.failure,
	};

	return cli_main(&cli, argc, argv, &o);
}
