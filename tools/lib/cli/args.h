/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Command lines, read by argp. Whatever is wrong with one is told the same way: a line that says
 * what, a line that says where it is explained, and status GMEM_E_USAGE.
 */
#ifndef GMEM_ARGS_H
#define GMEM_ARGS_H

#include <argp.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Reads all of argv, in order, into input; argv[0] is the name in messages. Returns only if all is
 * well: --help and wrong usage end the program. An argument that no parser takes is wrong usage.
 */
void gmem_args_parse(const struct argp *argp, int argc, char **argv, void *input);

/* For parsers to return: "NAME: WHAT 'ARG'", and the end of the program. */
error_t gmem_args_bad(const struct argp_state *state, const char *what, const char *arg);

/* A number that a process may have. */
error_t gmem_args_pid(const struct argp_state *state, const char *arg, uint32_t *pid);

/* Which of n names arg is, in *choice; else gmem_args_bad(), with the names. */
error_t gmem_args_choose(const struct argp_state *state, const char *what, const char *arg,
			 const char *const *names, size_t n, int *choice);

#endif /* GMEM_ARGS_H */
