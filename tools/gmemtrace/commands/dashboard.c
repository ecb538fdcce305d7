// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* gmemtrace dashboard: page and summary of a folder of results. */
#include "dashboard/dashboard.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cli/args.h"
#include "commands/command.h"
#include "input/options.h"
#include "input/recording_file.h"
#include "output/output.h"

struct options {
	const char *folder;
	const char *output;
	const char *config;
	const char *link;
	bool summary;
};

static error_t parse_link(const struct option_row *row, void *base, char *arg, const struct argp_state *state)
{
	struct options *o = base;

	if (!dash_is_link(arg))
		return gmem_args_bad(state, row->bad, arg);
	o->link = arg;
	return 0;
}

static error_t parse_rest(int key, char *arg, struct argp_state *state, void *ctx)
{
	struct options *o = ctx;

	(void)state;
	if (key != ARGP_KEY_ARG || o->folder)
		return ARGP_ERR_UNKNOWN;
	o->folder = arg;
	return 0;
}

#define AT(member) .at = offsetof(struct options, member)

static const struct option_row rows[] = {
	{ "output", 'o', "FILE", "Write the page to FILE (default: stdout)", 0, OPTION_TEXT, AT(output) },
	{ "summary", 's', NULL, "Print a summary as Markdown; exit with 1 on a regression", 0, OPTION_FLAG, AT(summary) },
	{ "config", 0, "FILE", "Read baselines and states from FILE (default: DIR/dashboard.json)", 0, OPTION_TEXT, AT(config) },
	{ "link-commit", 0, "URL", "Link commits to URL, in which %s is the commit", 0, OPTION_OTHER,
	  .bad = "a link is http:// or https:// with one %s, not", .parse = parse_link },
	{ 0 }
};

static enum gmem_status write_page(void *dashboard, FILE *out)
{
	dash_page(dashboard, out);
	return GMEM_OK;
}

static enum gmem_status write_summary(void *dashboard, FILE *out)
{
	dash_summary(dashboard, out);
	return GMEM_OK;
}

/*
 * Sets @to to the folder as seen from the page, with a slash at its end. It is relative if the page is a file:
 * both can be moved together.
 */
static void path_from_page(char *to, size_t size, const char *folder, const char *page)
{
	char dir[PATH_MAX], from[PATH_MAX], copy[PATH_MAX];
	size_t same = 0, up = 0, n = 0;

	snprintf(copy, sizeof(copy), "%s", page && strcmp(page, "-") ? page : "./x");
	if (!realpath(folder, dir) || !realpath(dirname(copy), from)) {
		snprintf(to, size, "%s/", folder);
		return;
	}
	/* The length of what both share, up to a slash or the end of either. */
	for (size_t i = 0; dir[i] == from[i] || !dir[i] || !from[i]; i++) {
		if ((!dir[i] || dir[i] == '/') && (!from[i] || from[i] == '/'))
			same = i;
		if (!dir[i] || !from[i])
			break;
	}
	for (const char *p = from + same; *p; p++)
		up += *p == '/' && p[1];
	*to = '\0';
	for (; up && n < size; up--)
		n += (size_t)snprintf(to + n, size - n, "../");
	if (n < size && dir[same] && dir[same + 1])
		snprintf(to + n, size - n, "%s/", dir + same + 1);
}

static enum gmem_status write_all(struct dashboard *d, const struct options *o, struct gmem_error *e)
{
	enum gmem_status status = GMEM_OK;

	if (o->output || !o->summary)
		status = output_write(o->output, write_page, d, e);
	if (!status && o->summary)
		status = output_write(NULL, write_summary, d, e);
	return status;
}

/* Reports files that could not be read; they must not go unnoticed, though the rest was written. */
static enum gmem_status report_faults(const struct dashboard *d, struct gmem_error *e)
{
	for (size_t i = 0; i + 1 < d->nr_faults; i++)
		fprintf(stderr, "gmemtrace: %s\n", d->faults[i].what);
	if (!d->nr_faults)
		return GMEM_OK;
	return gmem_fail(e, GMEM_E_IO, "The others were used. docs/results.md has the format.", "%s",
			 d->faults[d->nr_faults - 1].what);
}

static enum gmem_status make_dashboard(struct dashboard *d, const struct options *o, struct gmem_error *e)
{
	enum gmem_status status = dash_read_folder(d, o->folder, o->config, e);
	char path[PATH_MAX];

	if (status)
		return status;
	path_from_page(path, sizeof(path), o->folder, o->output);
	d->folder = o->folder;
	d->recordings = path;
	d->version = GMEMTRACE_VERSION;
	if (o->link)
		d->config.link_commit = o->link;
	if (dash_compute(d))
		return gmem_fail(e, GMEM_E_IO, NULL, "cannot compute trends: %s", strerror(ENOMEM));
	return write_all(d, o, e);
}

/* Returns the status of a page that was written. */
static enum gmem_status judge(const struct dashboard *d, const struct options *o, struct gmem_error *e)
{
	enum gmem_status status = report_faults(d, e);

	if (!o->summary || !dash_alerts(d))
		return status;
	if (status)
		gmem_report("gmemtrace", e);
	*e = (struct gmem_error){ 0 };
	return GMEM_E_FAILED;
}

/* Maps errors of status 1 to another status, as exit status 1 means a regression. */
enum gmem_status cmd_dashboard(int argc, char **argv, struct gmem_error *e)
{
	struct options o = { 0 };
	const struct option_set set = {
		.usage = "DIR",
		.doc = "Draws the results in DIR (docs/results.md) over commits, as one HTML page, and marks where they changed. "
		"Exit status: 0 done; 1 with --summary, a regression is not accepted; others: error.",
		.tables = { { rows, &o } }, .rest = parse_rest, .ctx = &o,
	};
	struct dashboard d = { 0 };
	enum gmem_status status;

	options_parse(&set, argc, argv);
	if (!o.folder)
		return gmem_fail(e, GMEM_E_USAGE, "Give the folder with the results: docs/dashboard.md.", "no folder given");
	dash_config_default(&d.config);
	status = make_dashboard(&d, &o, e);
	if (status == GMEM_E_FAILED)
		status = e->status = GMEM_E_IO;
	if (!status)
		status = judge(&d, &o, e);
	dash_free(&d);
	return status;
}
