/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Options as tables: a row has an option's names and help, and where and how its value is stored. */
#ifndef GMEMTRACE_OPTIONS_H
#define GMEMTRACE_OPTIONS_H

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "live/live.h"

enum option_type {
	OPTION_FLAG,	/* bool: true */
	OPTION_VALUE,	/* int: value */
	OPTION_TEXT,	/* const char *; with bad: not empty */
	OPTION_NUMBER,	/* double in [min, max] */
	OPTION_COUNT,	/* uint32_t in [min, max] */
	OPTION_NS,	/* uint64_t, at least min */
	OPTION_BYTES,	/* uint64_t, at least min */
	OPTION_PID,	/* uint32_t */
	OPTION_CHOICE,	/* int: value + the index in names */
	OPTION_OTHER,	/* parse() stores it */
};

struct option_row {
	const char *name;
	int key;		/* letter of the short option; 0: none */
	const char *arg;	/* name of the argument in --help; NULL: the option has none */
	const char *help;
	int group;		/* of options in --help */
	enum option_type type;
	size_t at;		/* offset in the struct of options */
	const char *bad;	/* error if the argument is invalid */
	double min, max;
	int value;
	const char *const *names;
	size_t nr_names;
	error_t (*parse)(const struct option_row *row, void *base, char *arg, const struct argp_state *state);
};

struct option_table {
	const struct option_row *rows;	/* the last has no name and no help */
	void *base;			/* struct of options that they are stored in */
};

struct option_set {
	const char *usage;		/* arguments in --help */
	const char *doc;
	struct option_table tables[5];	/* the last has no rows */
	struct gmem_live_opts *live;	/* NULL: the command does not attach */
	/* Handles arguments (ARGP_KEY_ARG, ARGS, END) like a parser of argp; NULL: there are none. */
	error_t (*rest)(int key, char *arg, struct argp_state *state, void *ctx);
	void *ctx;
};

/* Returns on success only, like gmem_args_parse(). */
void options_parse(const struct option_set *set, int argc, char **argv);

#endif /* GMEMTRACE_OPTIONS_H */
