// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Files of a folder of results, in order of their names. */
#include <errno.h>
#include <fts.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "dashboard/dashboard.h"

static enum gmem_status no_memory(struct gmem_error *e)
{
	return gmem_fail(e, GMEM_E_IO, NULL, "cannot read results: %s", strerror(ENOMEM));
}

static bool is_result(const FTSENT *f)
{
	const char *end = strrchr(f->fts_name, '.');

	if (!end || (strcmp(end, ".json") && strcmp(end, ".jsonl") && strcmp(end, ".ndjson")))
		return false;
	return strcmp(f->fts_name, "dashboard.json") || f->fts_level > 1;
}

/* Adds a file that cannot be read to the faults. Returns false without memory. */
static bool add_fault(struct dashboard *d, const struct gmem_error *e)
{
	char *what = strdup(e->what);

	if (!what || !gmem_reserve(&d->faults, &d->max_faults, d->nr_faults + 1, sizeof(*d->faults))) {
		free(what);
		return false;
	}
	d->faults[d->nr_faults++].what = what;
	return true;
}

static enum gmem_status read_file(struct dashboard *d, FTS *fts, FTSENT *f, struct gmem_error *e)
{
	struct gmem_error fault;

	if (f->fts_level && *f->fts_name == '.') {
		fts_set(fts, f, FTS_SKIP);
		return GMEM_OK;
	}
	if (f->fts_info == FTS_DNR || f->fts_info == FTS_ERR || f->fts_info == FTS_NS)
		gmem_fail(&fault, GMEM_E_IO, NULL, "cannot read %s: %s", f->fts_path, strerror(f->fts_errno));
	else if (f->fts_info != FTS_F || !is_result(f) || !results_read(&d->results, f->fts_path, &fault))
		return GMEM_OK;
	return add_fault(d, &fault) ? GMEM_OK : no_memory(e);
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static enum gmem_status read_files(struct dashboard *d, const char *folder, struct gmem_error *e)
{
	char *const roots[] = { (char *)folder, NULL };
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, by_name);
	enum gmem_status status = GMEM_OK;
	FTSENT *f;

	if (!fts)
		return gmem_fail(e, GMEM_E_IO, NULL, "cannot read %s: %s", folder, strerror(errno));
	while (!status && (f = fts_read(fts))) {
		if (!f->fts_level && f->fts_info != FTS_D && f->fts_info != FTS_DP)
			status = gmem_fail(e, GMEM_E_IO, "Give the folder with the results: docs/dashboard.md.",
					   "cannot read %s: %s", folder, strerror(f->fts_errno ? f->fts_errno : ENOTDIR));
		else
			status = read_file(d, fts, f, e);
	}
	fts_close(fts);
	return status;
}

enum gmem_status dash_read_folder(struct dashboard *d, const char *folder, const char *config, struct gmem_error *e)
{
	enum gmem_status status = read_files(d, folder, e);
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/dashboard.json", folder);
	if (!status && (config || !access(path, F_OK)))
		status = dash_config_read(&d->config, config ? config : path, e);
	if (status || d->results.nr)
		return status;
	if (d->nr_faults)
		return gmem_fail(e, GMEM_E_IO, "docs/results.md has the format.", "%s", d->faults[0].what);
	return gmem_fail(e, GMEM_E_NOTHING, "Put results there, as *.json or *.jsonl: docs/dashboard.md.",
			 "no results in %s", folder);
}
