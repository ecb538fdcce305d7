// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Entry point of gmemtrace: finds the command and runs it. */
#include <stdio.h>
#include <string.h>

#include "commands/command.h"
#include "input/recording_file.h"

static const struct command commands[] = {
	{ "compare", "report what became slower or faster between runs", cmd_compare },
	{ "dashboard", "draw results over commits, find regressions", cmd_dashboard },
	{ "doctor", "report what this host supports and what is missing", cmd_doctor },
	{ "export", "write a recording for Perfetto, Chrome, Prometheus, or as CSV", cmd_export },
	{ "live", "print operations on guest memory as they happen", cmd_live },
	{ "map", "show which memory is private, now or at any time of a recording", cmd_map },
	{ "print", "print operations of a recording", cmd_print },
	{ "report", "summarize a recording, or live events", cmd_report },
	{ "record", "record operations into a file", cmd_record },
	{ "serve", "serve metrics to Prometheus, or write them for node_exporter", cmd_serve },
	{ "stat", "count, for a time or around a command", cmd_stat },
};

#define NR_COMMANDS (sizeof(commands) / sizeof(*commands))

static void print_help(void)
{
	printf("Usage: gmemtrace COMMAND [OPTION...]\n"
	       "Traces guest memory (guest_memfd): conversions, punches, invalidations, bindings.\n\n");
	for (size_t i = 0; i < NR_COMMANDS; i++)
		printf("  %-10s %s\n", commands[i].name, commands[i].help);
	printf("\ngmemtrace COMMAND --help lists the options of a command.\n");
}

static enum gmem_status run_command(int argc, char **argv, struct gmem_error *e)
{
	static char name[32];

	if (argc < 2)
		return gmem_fail(e, GMEM_E_USAGE, "See gmemtrace --help.", "no command given");
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
		print_help();
		return GMEM_OK;
	}
	if (!strcmp(argv[1], "--version")) {
		puts(GMEMTRACE_VERSION);
		return GMEM_OK;
	}
	for (size_t i = 0; i < NR_COMMANDS; i++) {
		if (strcmp(argv[1], commands[i].name))
			continue;
		snprintf(name, sizeof(name), "gmemtrace %s", argv[1]);
		argv[1] = name;
		return commands[i].run(argc - 1, argv + 1, e);
	}
	return gmem_fail(e, GMEM_E_USAGE, "gmemtrace --help lists the commands.",
			 "unknown command '%s'", argv[1]);
}

int main(int argc, char **argv)
{
	struct gmem_error e = { 0 };
	enum gmem_status status = run_command(argc, argv, &e);

	/* An empty message: the command has reported its error itself. */
	return status && *e.what ? (int)gmem_report("gmemtrace", &e) : (int)status;
}
