// SPDX-License-Identifier: GPL-2.0-only
/* Command lines (cli.h). */
#include <errno.h>
#include <stdint.h>

#include "cli.h"

int cli_main(const struct cli *cli, int argc, char **argv, void *options)
{
	struct failure *failure = cli->failure;

	argv[0] = (char *)(uintptr_t)cli->name;
	argp_err_exit_status = EXIT_USAGE;
	if (argp_parse(&cli->argp, argc, argv, 0, NULL, options) && !failure->code)
		fail(failure, EXIT_USAGE, cli->help, "cannot read the options");
	if (!failure->code)
		cli->run(options);
	if (!failure->code && ferror(stdout))
		fail(failure, EXIT_FAILED, "Is the disk full, or the reader gone?",
		     "cannot write to stdout");
	if (failure->code)
		fprintf(stderr, "%s: %s\n%s\n", cli->name, failure->what, failure->todo);
	return failure->code;
}

error_t cli_bad_option(struct failure *failure, const char *help, const char *what, const char *arg)
{
	fail(failure, EXIT_USAGE, help, "cannot use %s '%s'", what, arg);
	return EINVAL;
}

char *cli_help(int key, const char *text, void (*print)(FILE *out))
{
	size_t size = 0;
	char *all = NULL;
	FILE *out;

	if (key != ARGP_KEY_HELP_POST_DOC)
		return (char *)(uintptr_t)text;
	out = open_memstream(&all, &size);
	if (!out)
		return NULL;
	print(out);
	fclose(out);
	return all;
}
