// SPDX-License-Identifier: GPL-2.0-only
/*
 * bench_report: prints tables of the results of in-vm.sh, and whether they keep the limits. Command
 * line only.
 */
#include <argp.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>

#include "figures.h"
#include "report.h"
#include "samples.h"

enum { EXIT_KEPT = 0, EXIT_BROKEN = 1, EXIT_WRONG_USE = 2, EXIT_NO_DATA = 3 };

struct options {
	const char *json;
};

static const struct argp_option argp_options[] = {
	{ "json", 'j', "FILE", 0, "Write the figures to FILE, too", 0 },
	{ 0 }
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'j':
		o->json = arg;
		return 0;
	case ARGP_KEY_ARG:
		fprintf(stderr, "bench_report: cannot use argument '%s'\nGive the samples on stdin.\n",
			arg);
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int complain(int status, const char *what, const char *todo)
{
	fprintf(stderr, "bench_report: %s\n%s\n", what, todo);
	return status;
}

static int write_json(const char *file, const struct figures *f, const struct samples *s)
{
	struct json_object *all = report_json(f, s);
	int err = json_object_to_file_ext(file, all, JSON_C_TO_STRING_PRETTY);

	json_object_put(all);
	return err ? complain(EXIT_NO_DATA, "cannot write the JSON file",
			      "Does its folder exist, and is there space?") : 0;
}

static int report(const struct options *o, const struct samples *s)
{
	struct figures f;
	int status;

	if (!s->count)
		return complain(EXIT_NO_DATA, "there are no samples", "See the messages above.");
	if (figures_make(&f, s))
		return complain(EXIT_NO_DATA, "out of memory", "Free some.");
	report_tables(&f, s);
	status = report_limits(&f, s) ? EXIT_KEPT : EXIT_BROKEN;
	if (o->json && write_json(o->json, &f, s))
		status = EXIT_NO_DATA;
	figures_free(&f);
	return fflush(stdout) ? complain(EXIT_NO_DATA, "cannot write to stdout",
					 "Is the disk full, or the reader gone?") : status;
}

int main(int argc, char **argv)
{
	static const struct argp argp = {
		argp_options, parse_option, NULL,
		"Makes tables of the samples of selftests/bench/in-vm.sh on stdin. Exit status: 0 all "
		"limits are kept, 1 one is not, 2 wrong usage, 3 no or damaged samples.",
		NULL, NULL, NULL
	};
	static char name[] = "bench_report";
	struct options o = { 0 };
	struct samples s = { 0 };
	unsigned int line;
	int status;

	argv[0] = name;
	argp_err_exit_status = EXIT_WRONG_USE;
	if (argp_parse(&argp, argc, argv, 0, NULL, &o))
		return EXIT_WRONG_USE;
	if (samples_read(&s, stdin, &line)) {
		fprintf(stderr, "bench_report: cannot read line %u of the samples\n"
			"Was the VM stopped while it printed it?\n", line);
		status = EXIT_NO_DATA;
	} else {
		status = report(&o, &s);
	}
	samples_free(&s);
	return status;
}
