/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Dashboard of results: trends, their change points, and what people say of these. Trends are computed
 * from results alone, and page and summary are written from trends alone.
 */
#ifndef GMEMTRACE_DASHBOARD_H
#define GMEMTRACE_DASHBOARD_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "analysis/changepoints.h"
#include "base/error.h"
#include "results/results.h"

#define DASH_SCHEMA "gmem.dashboard/1"

enum dash_state {
	DASH_OPEN,		/* nobody has said anything */
	DASH_INVESTIGATING,
	DASH_INVALID,		/* not real: a machine that was busy, for example */
	DASH_ACCEPTED,
	DASH_FIXED,		/* computed: the level is again what it was before */
	DASH_STATES
};

extern const char *const dash_state_names[DASH_STATES];

/* dashboard.json; texts belong to the document. */
struct dash_series_rule {
	const char *match;		/* fnmatch() of SCENARIO/SERIES */
	double threshold;		/* < 0: not set */
	bool has_baseline;
	double baseline;
	const char *baseline_commit;	/* or NULL */
	int higher;			/* is better; -1: as the results say */
};

struct dash_change_rule {
	const char *commit;		/* or its beginning */
	const char *match;
	enum dash_state state;
	const char *note;
};

struct dash_config {
	struct json_object *document;
	const char *title;
	const char *link_commit;	/* URL with one %s, or NULL */
	struct gmem_change_rules rules;
	size_t nr_series, nr_changes;
	struct dash_series_rule *series;
	struct dash_change_rule *changes;
};

void dash_config_default(struct dash_config *c);
enum gmem_status dash_config_read(struct dash_config *c, const char *path, struct gmem_error *e);
void dash_config_free(struct dash_config *c);

/* Checks the form of a URL for commits: http or https, with one %s and no other %. */
bool dash_is_link(const char *url);

struct dash_point {
	const struct results_run *run;
	const struct results_series *series;
	double value;			/* median of the repeats */
};

struct dash_change {
	struct gmem_change_point point;
	bool worse;
	enum dash_state state;
	const char *note;		/* or NULL */
};

/* Series of one scenario, variant, set of parameters and machine, in order of time. */
struct dash_trend {
	size_t nr;
	struct dash_point *points;
	bool higher;			/* is better */
	double threshold;
	bool has_baseline, off_baseline;	/* off: worse than the baseline by more than the threshold */
	double baseline;
	double level;			/* present: of the last runs since the last change */
	size_t nr_changes;
	struct dash_change *changes;
};

/* Changes at one commit. */
struct dash_group {
	const struct results_run *run;	/* the first with the change */
	size_t nr, max;
	struct dash_mark { size_t trend, change; } *marks;
};

struct dash_fault {
	char *what;
};

struct dashboard {
	struct results results;		/* runs sorted by time */
	struct dash_config config;
	struct dash_point *points;	/* of all trends */
	size_t nr_trends, max_trends;
	struct dash_trend *trends;
	size_t nr_groups, max_groups;
	struct dash_group *groups;	/* newest first */
	size_t nr_faults, max_faults;
	struct dash_fault *faults;	/* files that could not be read */
	const char *folder;
	const char *recordings;		/* folder of the results, seen from the page, with a slash at the end */
	const char *version;		/* of gmemtrace */
};

/* Reads all results below the folder; files that fail are added to the faults. */
enum gmem_status dash_read_folder(struct dashboard *d, const char *folder, const char *config, struct gmem_error *e);

/* Computes trends and groups from results and config. Returns 0 or -ENOMEM. */
int dash_compute(struct dashboard *d);

void dash_free(struct dashboard *d);

/* Returns true if the change has to be dealt with: a regression that is open or under investigation. */
bool dash_is_alert(const struct dash_change *c);

/* Returns the number of changes that are alerts, and of trends that are off their baselines. */
size_t dash_alerts(const struct dashboard *d);

/* Returns "SCENARIO/SERIES" in @buf. */
char *dash_key(char *buf, size_t size, const struct dash_trend *t);

/* Returns what a change is attributed to: the commit of the run, or its kernel if that is not known. */
const char *dash_culprit(const struct results_run *run);

/* Returns the run before the change: its commit is the last one that is known to be good. */
const struct results_run *dash_before(const struct dash_trend *t, const struct dash_change *c);

void dash_page(const struct dashboard *d, FILE *out);
void dash_data(const struct dashboard *d, FILE *out);	/* JSON that may stand in a page */
void dash_summary(const struct dashboard *d, FILE *out);

#endif /* GMEMTRACE_DASHBOARD_H */
