/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Commands of gmemtrace: each parses its own arguments; argv[0] is "gmemtrace NAME". */
#ifndef GMEMTRACE_COMMAND_H
#define GMEMTRACE_COMMAND_H

#include "base/error.h"

struct command {
	const char *name;
	const char *help;
	enum gmem_status (*run)(int argc, char **argv, struct gmem_error *e);
};

enum gmem_status cmd_doctor(int argc, char **argv, struct gmem_error *e);
enum gmem_status cmd_compare(int argc, char **argv, struct gmem_error *e);
enum gmem_status cmd_export(int argc, char **argv, struct gmem_error *e);
enum gmem_status cmd_map(int argc, char **argv, struct gmem_error *e);
enum gmem_status cmd_report(int argc, char **argv, struct gmem_error *e);
enum gmem_status cmd_stat(int argc, char **argv, struct gmem_error *e);
enum gmem_status cmd_live(int argc, char **argv, struct gmem_error *e);
enum gmem_status cmd_print(int argc, char **argv, struct gmem_error *e);
enum gmem_status cmd_record(int argc, char **argv, struct gmem_error *e);

#endif /* GMEMTRACE_COMMAND_H */
