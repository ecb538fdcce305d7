// SPDX-License-Identifier: GPL-2.0-only
/* gmem_ops: time of single operations on guest memory, without vCPUs. Command line and output. */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "beside.h"
#include "cli.h"
#include "measure.h"
#include "ops.h"
#include "testbed.h"

#define MAX_COUNT 1000000000ULL

struct options {
	const struct op *op;	/* NULL: all */
	uint64_t count;		/* 0: the operation's default */
	uint64_t warmup;
	bool warmup_given;
	struct beside beside;
	struct failure failure;
};

static const struct argp_option argp_options[] = {
	{ "op", 'o', "NAME", 0, "Measure this operation only", 0 },
	{ "count", 'n', "N", 0, "Run an operation N times (even; default: by operation)", 0 },
	{ "warmup", 'w', "N", 0, "Run it N times before (even; default: a tenth of the count)", 0 },
	{ "beside", 'b', "PID[,..]", 0,
	  "Report the CPU time that an operation costs these processes", 0 },
	{ 0 }
};

static const char help[] = "See gmem_ops --help.";

static error_t bad_option(struct options *o, const char *what, const char *arg)
{
	return cli_bad_option(&o->failure, help, what, arg);
}

static bool parse_even(const char *arg, uint64_t min, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(arg, &end, 10);
	return *arg >= '0' && *arg <= '9' && !*end && !errno && *value >= min &&
	       *value <= MAX_COUNT && !(*value & 1);
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'o':
		o->op = op_find(arg);
		return o->op ? 0 : bad_option(o, "operation", arg);
	case 'n':
		return parse_even(arg, 2, &o->count) ? 0 : bad_option(o, "count", arg);
	case 'w':
		o->warmup_given = true;
		return parse_even(arg, 0, &o->warmup) ? 0 : bad_option(o, "warmup", arg);
	case 'b':
		return beside_parse(&o->beside, arg) ? 0 : bad_option(o, "processes", arg);
	case ARGP_KEY_ARG:
		return bad_option(o, "argument", arg);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void print_ops(FILE *out)
{
	fputs("Operations:\n", out);
	for (const struct op *op = ops; op->name; op++)
		fprintf(out, "  %-8s %s (%" PRIu64 ")\n", op->name, op->about, op->count);
}

static char *help_filter(int key, const char *text, void *input)
{
	(void)input;
	return cli_help(key, text, print_ops);
}

static void print_measure(const struct op *op, const struct measure *m)
{
	printf("{\"op\": \"%s\", \"count\": %" PRIu64 ", \"total_ns\": %" PRIu64
	       ", \"ns_per_op\": %.2f, \"chunk\": %" PRIu64 ", \"best_ns_per_op\": %.2f, \"beside_ns_per_op\": %.2f}\n",
	       op->name, m->count, m->total_ns, (double)m->total_ns / (double)m->count, m->chunk,
	       m->best_ns_per_op, (double)m->beside_ns / (double)m->count);
	fflush(stdout);
}

static int run_op(const struct testbed *t, const struct op *op, struct options *o)
{
	uint64_t count = o->count ? o->count : op->count;
	uint64_t warmup = o->warmup_given ? o->warmup : count / 20 * 2;
	struct measure m;
	int err = measure_op(t, op, count, warmup, &o->beside, &m);

	if (err)
		return fail(&o->failure, EXIT_FAILED, "See the kernel log.", "cannot run %s: %s",
			    op->name, strerror(-err));
	print_measure(op, &m);
	return 0;
}

static void run_ops(void *options)
{
	struct options *o = options;
	struct testbed t;
	int err = 0;

	if (testbed_open(&t, &o->failure))
		return;
	for (const struct op *op = o->op ? o->op : ops; !err && op->name; op++) {
		err = run_op(&t, op, o);
		if (o->op)
			break;
	}
	testbed_close(&t);
}

int main(int argc, char **argv)
{
	struct options o = { 0 };
	const struct cli cli = {
		.name = "gmem_ops",
		.help = help,
		.argp = {
			argp_options, parse_option, NULL,
			"Measures operations on the memory of a VM that has 1 GiB of guest_memfd, and prints "
			"a line of JSON for each."
			"\vtotal_ns and ns_per_op are of all, best_ns_per_op of the chunk that took least: "
			"without timer interrupts and whatever else runs at times.",
			NULL, help_filter, NULL
		},
		.run = run_ops,
		.failure = &o.failure,
	};

	return cli_main(&cli, argc, argv, &o);
}
