// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* gmemtrace compare: comparison of runs, from recordings, results documents, or results of the bench. */
#include "compare/compare.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/args.h"
#include "commands/command.h"
#include "input/input.h"
#include "output/output.h"
#include "results/results.h"
#include "views/text.h"

#define RUNS_MAX 64	/* per side */

struct options {
	const char *files[CMP_SIDES][RUNS_MAX];
	size_t nr[CMP_SIDES];
	int nr_args;
	bool json;
	bool all;
	bool worse;	/* result: at least one metric is worse */
	const char *rules;
	const char *output;
	struct gmem_error *e;
};

static error_t add_file(struct options *o, enum cmp_side side, const char *file, const struct argp_state *state)
{
	if (!*file || o->nr[side] == RUNS_MAX)
		return gmem_args_bad(state, *file ? "too many files of one side:" : "empty file name:", file);
	o->files[side][o->nr[side]++] = file;
	return 0;
}

/* Adds the files of a comma-separated list, which is cut in place. */
static error_t add_files(struct options *o, enum cmp_side side, char *list, const struct argp_state *state)
{
	error_t err = 0;
	char *next;

	for (; list && !err; list = next) {
		next = strchr(list, ',');
		if (next)
			*next++ = '\0';
		err = add_file(o, side, list, state);
	}
	return err;
}

static error_t parse_file(const struct option_row *row, void *o, char *arg, const struct argp_state *state)
{
	return add_file(o, row->value, arg, state);
}

static error_t parse_rest(int key, char *arg, struct argp_state *state, void *ctx)
{
	struct options *o = ctx;

	if (key != ARGP_KEY_ARG || o->nr_args == CMP_SIDES)
		return ARGP_ERR_UNKNOWN;
	return add_files(o, o->nr_args++, arg, state);
}

#define AT(member) .at = offsetof(struct options, member)

static const struct option_row rows[] = {
	{ "base", 0, "FILE", "Add a run to BASE", 0, OPTION_OTHER, .value = CMP_BASE, .parse = parse_file },
	{ "new", 0, "FILE", "Add a run to NEW", 0, OPTION_OTHER, .value = CMP_NEW, .parse = parse_file },
	{ "all", 'a', NULL, "Show unchanged and undecided metrics, too", 0, OPTION_FLAG, AT(all) },
	{ "rules", 0, "FILE", "Read thresholds from FILE (docs/compare.md)", 0, OPTION_TEXT, AT(rules) },
	{ "json", 0, NULL, "Print one JSON object", 0, OPTION_FLAG, AT(json) },
	{ "output", 'o', "FILE", "Write to FILE (default: stdout)", 0, OPTION_TEXT, AT(output) },
	{ 0 }
};

static int on_record(void *ctx, const struct gmem_hdr *rec, bool selected)
{
	return gmem_analysis_apply(ctx, rec, selected);
}

static enum gmem_status read_recording(struct cmp_set *set, enum cmp_side side, const char *file,
				       struct gmem_error *e)
{
	struct cmp_samples *samples = cmp_samples_new();
	struct gmem_analysis *a = gmem_analysis_new();
	enum gmem_status status = GMEM_OK;
	struct input in = { .file = file, .e = e };
	int err = samples && a ? 0 : -ENOMEM;

	if (!err) {
		a->on_value = cmp_samples_value;
		a->ctx = samples;
		status = input_run(&in, on_record, a);
	}
	if (!err && !status)
		err = cmp_samples_add_run(samples, a, set, side);
	if (!err && !status && a->model->lost[GMEM_LOST_RINGBUF])
		fprintf(stderr, "gmemtrace: %s lost %llu %s: figures cover only the others\n", file,
			(unsigned long long)a->model->lost[GMEM_LOST_RINGBUF],
			gmem_text_plural(a->model->lost[GMEM_LOST_RINGBUF], "record", "records"));
	gmem_analysis_free(a);
	cmp_samples_free(samples);
	return err ? gmem_fail(e, GMEM_E_IO, NULL, "cannot read %s: %s", file, strerror(-err)) : status;
}

static enum gmem_status read_bench(struct cmp_set *set, enum cmp_side side, const char *file,
				   struct json_object *o, struct gmem_error *e)
{
	int err = cmp_bench_add_run(o, set, side);

	return err ? gmem_fail(e, GMEM_E_IO, "Create results with selftests/bench/run.sh --json FILE.",
			       "cannot read the results in %s: %s", file,
			       err == -EINVAL ? "not JSON of the bench" : strerror(-err)) : GMEM_OK;
}

static enum gmem_status read_documents(struct cmp_set *set, enum cmp_side side, const char *file, struct gmem_error *e)
{
	struct results results = { 0 };
	enum gmem_status status = results_read(&results, file, e);

	if (!status && cmp_documents_add(&results, set, side))
		status = gmem_fail(e, GMEM_E_IO, NULL, "cannot read %s: %s", file, strerror(ENOMEM));
	results_free(&results);
	return status;
}

static enum gmem_status read_json(struct cmp_set *set, enum cmp_side side, const char *file, struct gmem_error *e)
{
	struct json_object *o = json_object_from_file(file);
	enum gmem_status status;

	if (json_object_is_type(o, json_type_object) && json_object_object_get(o, "figures"))
		status = read_bench(set, side, file, o, e);
	else
		status = read_documents(set, side, file, e);
	json_object_put(o);
	return status;
}

/* Returns true if the file begins like JSON, as no recording does. */
static bool is_json(const char *file)
{
	FILE *f = fopen(file, "r");
	int c = f ? getc(f) : EOF;

	while (c == ' ' || c == '\t' || c == '\r' || c == '\n')
		c = getc(f);
	if (f)
		fclose(f);
	return c == '{' || c == '[';
}

static enum gmem_status read_all(struct cmp_set *set, const struct options *o)
{
	enum gmem_status status = GMEM_OK;

	for (int side = 0; side < CMP_SIDES; side++) {
		for (size_t i = 0; i < o->nr[side] && !status; i++) {
			const char *file = o->files[side][i];

			status = is_json(file) ? read_json(set, side, file, o->e) :
				 read_recording(set, side, file, o->e);
		}
	}
	return status;
}

static enum gmem_status judge_and_print(const struct cmp_set *set, const struct cmp_rules *rules,
			      struct options *o, FILE *out)
{
	struct cmp_results r;

	if (cmp_judge(&r, set, rules))
		return gmem_fail(o->e, GMEM_E_IO, NULL, "out of memory");
	o->worse = r.by_verdict[CMP_WORSE];
	if (r.nr == r.by_verdict[CMP_ONE_SIDE] + r.by_verdict[CMP_INFO]) {
		cmp_results_free(&r);
		return gmem_fail(o->e, GMEM_E_NOTHING, "Compare runs of the same kind that are long enough.",
				 "BASE and NEW have no metric in common that can be compared");
	}
	if (o->json)
		command_json(cmp_json(&r), out);
	else
		cmp_text(&r, o->all, out);
	cmp_results_free(&r);
	return GMEM_OK;
}

static enum gmem_status compare_runs(void *ctx, FILE *out)
{
	struct options *o = ctx;
	struct cmp_set set = { .nr = 0 };
	struct cmp_rules rules;
	enum gmem_status status = GMEM_OK;

	cmp_rules_default(&rules);
	if (o->rules)
		status = cmp_rules_read(&rules, o->rules, o->e);
	if (!status)
		status = read_all(&set, o);
	if (!status)
		status = judge_and_print(&set, &rules, o, out);
	cmp_set_free(&set);
	cmp_rules_free(&rules);
	return status;
}

/* Maps errors of status 1 to another status, as exit status 1 means worse. */
enum gmem_status cmd_compare(int argc, char **argv, struct gmem_error *e)
{
	struct options o = { .e = e };
	const struct option_set set = {
		.usage = "BASE[,FILE..] NEW[,FILE..]",
		.doc = "Reports what became slower or faster from BASE to NEW: recordings, or results (docs/results.md). "
		"Several files of a side are repeated runs. Exit status: 0 same, better or undecided; "
		"1 worse; others: error.",
		.tables = { { rows, &o } }, .rest = parse_rest, .ctx = &o,
	};
	enum gmem_status status;

	options_parse(&set, argc, argv);
	if (!o.nr[CMP_BASE] || !o.nr[CMP_NEW])
		return gmem_fail(e, GMEM_E_USAGE, "Give two recordings, or two files of results (docs/results.md).",
				 "nothing to compare %s", o.nr[CMP_BASE] ? "with" : "given");
	status = output_write(o.output, compare_runs, &o, e);
	if (status == GMEM_E_FAILED)
		status = e->status = GMEM_E_IO;
	return status ? status : o.worse ? GMEM_E_FAILED : GMEM_OK;
}
