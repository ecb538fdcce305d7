/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Command lines, parsed by argp. All usage errors are reported alike: a line with the error, a
 * line that refers to --help, and exit status GMEM_E_USAGE.
 */
#ifndef GMEM_ARGS_H
#define GMEM_ARGS_H

#include <argp.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Parses @argv, in order, into @input; argv[0] is the name in messages. Returns on success only:
 * --help and usage errors exit. An argument that no parser takes is a usage error.
 */
void gmem_args_parse(const struct argp *argp, int argc, char **argv, void *input);

/* Reports "NAME: WHAT 'ARG'". Parsers return its value, which exits. */
error_t gmem_args_bad(const struct argp_state *state, const char *what, const char *arg);

/* Parses a PID; reports an error if it is out of range. */
error_t gmem_args_pid(const struct argp_state *state, const char *arg, uint32_t *pid);

/* Sets *@choice to the index of @arg in @n names; else reports an error that lists them. */
error_t gmem_args_choose(const struct argp_state *state, const char *what, const char *arg,
			 const char *const *names, size_t n, int *choice);

#endif /* GMEM_ARGS_H */
