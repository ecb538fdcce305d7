/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Commands of gmemtrace: each parses its own arguments; argv[0] is "gmemtrace NAME". */
#ifndef GMEMTRACE_COMMAND_H
#define GMEMTRACE_COMMAND_H

#include <json-c/json.h>
#include <stdio.h>

#include "base/error.h"
#include "report/report.h"

struct command {
	const char *name;
	const char *help;
	enum gmem_status (*run)(int argc, char **argv, struct gmem_error *e);
};

enum gmem_status cmd_doctor(int argc, char **argv, struct gmem_error *e);
enum gmem_status cmd_compare(int argc, char **argv, struct gmem_error *e);
enum gmem_status cmd_dashboard(int argc, char **argv, struct gmem_error *e);
enum gmem_status cmd_export(int argc, char **argv, struct gmem_error *e);
enum gmem_status cmd_map(int argc, char **argv, struct gmem_error *e);
enum gmem_status cmd_report(int argc, char **argv, struct gmem_error *e);
enum gmem_status cmd_serve(int argc, char **argv, struct gmem_error *e);
enum gmem_status cmd_stat(int argc, char **argv, struct gmem_error *e);
enum gmem_status cmd_live(int argc, char **argv, struct gmem_error *e);
enum gmem_status cmd_print(int argc, char **argv, struct gmem_error *e);
enum gmem_status cmd_record(int argc, char **argv, struct gmem_error *e);

struct input;
typedef void (*command_report_fn)(void *ctx, const struct report *r, FILE *out);

/* Reads all records, and writes a report of them by @fn. */
enum gmem_status command_report(struct input *in, FILE *out, command_report_fn fn, void *ctx);

/* Prints @o in one line, and releases it. */
static inline void command_json(struct json_object *o, FILE *out)
{
	fprintf(out, "%s\n", json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
	json_object_put(o);
}

#endif /* GMEMTRACE_COMMAND_H */
