/* SPDX-License-Identifier: GPL-2.0-only */
/* Command lines of the programs that run in the VM. */
#ifndef GMEM_BENCH_CLI_H
#define GMEM_BENCH_CLI_H

#include <argp.h>
#include <stdio.h>

#include "../gmemload/fail.h"

struct cli {
	const char *name;
	const char *help;		/* remedy of a wrong option */
	struct argp argp;
	void (*run)(void *options);
	struct failure *failure;	/* of parsing and of run() */
};

/*
 * Parses the command line into @options, runs, and prints a failure. Returns the exit status.
 * @cli->failure->code is 0 before.
 */
int cli_main(const struct cli *cli, int argc, char **argv, void *options);

/* Notes that an option has a wrong value. Returns what argp's parser has to return. */
error_t cli_bad_option(struct failure *failure, const char *help, const char *what, const char *arg);

/* A help filter of argp whose last text is what @print writes. */
char *cli_help(int key, const char *text, void (*print)(FILE *out));

#endif
