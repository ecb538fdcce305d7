/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Comparison of runs: metrics of each run by name, and a verdict on each difference. Reads no
 * files but the rules.
 */
#ifndef GMEMTRACE_COMPARE_H
#define GMEMTRACE_COMPARE_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "analysis/analysis.h"
#include "base/error.h"

#define CMP_KEY 96
#define CMP_BATCHES 10

enum cmp_side { CMP_BASE, CMP_NEW, CMP_SIDES };

/* Value of a metric in one run. */
struct cmp_value {
	double value;
	uint64_t count;			/* operations that were measured */
	unsigned int nr_batches;	/* consecutive parts of the run, each with a value of its own; 0: unknown */
	double batches[CMP_BATCHES];
};

enum cmp_judged {
	CMP_LESS_IS_BETTER,
	CMP_MORE_IS_BETTER,
	CMP_NOT_JUDGED,		/* an amount of work, neither good nor bad */
};

struct cmp_metric {
	char key[CMP_KEY];	/* "to_shared.4K.zap.p50_ns" */
	enum cmp_judged judged;
	bool measured;		/* of a results document: values are repeats in @unit, not operations in ns */
	char unit[16];
	size_t nr[CMP_SIDES];
	struct cmp_value *values[CMP_SIDES];	/* one per run that has the metric */
};

struct cmp_set {
	struct cmp_metric *metrics;
	size_t nr;
	size_t nr_runs[CMP_SIDES];
};

void cmp_set_free(struct cmp_set *s);

/* Adds the value of one more run. Returns 0 or -ENOMEM. */
int cmp_set_add(struct cmp_set *s, enum cmp_side side, const char *key, enum cmp_judged judged,
		const struct cmp_value *v);

/* Returns the metric of that key, or NULL. */
struct cmp_metric *cmp_set_find(const struct cmp_set *s, const char *key);

/* Durations of a run's operations: a bounded number of samples for each metric. */
struct cmp_samples;

struct cmp_samples *cmp_samples_new(void);
void cmp_samples_free(struct cmp_samples *s);

/* Adds a value; a gmem_value_fn whose ctx is struct cmp_samples. */
void cmp_samples_value(void *samples, const struct gmem_vm_stats *vm, enum gmem_series_id series,
		       enum gmem_direction direction, uint64_t pages, uint64_t ns);

/* Adds the run to @side. Returns 0, or -ENOMEM, also if a sample was dropped for lack of memory. */
int cmp_samples_add_run(struct cmp_samples *s, const struct gmem_analysis *a, struct cmp_set *to,
			enum cmp_side side);

/* Adds a result of selftests/bench/run.sh --json. Returns 0, -EINVAL if it is not one, or -ENOMEM. */
int cmp_bench_add_run(struct json_object *bench, struct cmp_set *to, enum cmp_side side);

/* Adds the runs of results documents. Returns 0 or -ENOMEM. */
struct results;
int cmp_documents_add(const struct results *r, struct cmp_set *to, enum cmp_side side);

/* Threshold for the metrics that match a pattern: docs/compare.md. */
struct cmp_rule {
	char pattern[CMP_KEY];	/* fnmatch() of keys */
	double min_change;	/* < 0: the metric is ignored */
};

struct cmp_rules {
	double alpha;		/* probability that a comparison of equal runs finds a difference */
	double min_change;	/* smaller changes count as none, with several runs per side; 0.03: 3 % */
	double min_change_single;	/* the same if a side has only one run */
	double min_ns;		/* smaller differences count as none, too */
	double min_samples;	/* least operations of a run, for a median */
	double min_samples_p99;
	size_t nr;
	struct cmp_rule *rules;	/* the last match applies */
};

void cmp_rules_default(struct cmp_rules *r);
void cmp_rules_free(struct cmp_rules *r);
enum gmem_status cmp_rules_read(struct cmp_rules *r, const char *path, struct gmem_error *e);

enum cmp_verdict {
	CMP_WORSE,
	CMP_BETTER,
	CMP_UNSURE,		/* undecided: the data allows worse and same */
	CMP_FEW,		/* too few operations or runs */
	CMP_SAME,
	CMP_ONE_SIDE,		/* only one side has the metric */
	CMP_INFO,		/* not judged */
	CMP_VERDICTS
};

extern const char *const cmp_verdict_names[CMP_VERDICTS];

struct cmp_result {
	const struct cmp_metric *metric;
	enum cmp_verdict verdict;
	double base;		/* median of the runs */
	double now;
	double change;		/* now / base - 1; infinite if base is 0 */
	double low;		/* confidence interval of the change; both 0 if there is none */
	double high;
	double min_change;	/* threshold that was applied */
};

struct cmp_results {
	struct cmp_result *results;	/* worse first, larger changes first */
	size_t nr;
	size_t by_verdict[CMP_VERDICTS];
	bool single;			/* a side has only one run */
	size_t nr_runs[CMP_SIDES];
	double alpha;			/* per metric */
};

/* Judges all metrics. Returns 0 or -ENOMEM. @s must outlive @r. */
int cmp_judge(struct cmp_results *r, const struct cmp_set *s, const struct cmp_rules *rules);
void cmp_results_free(struct cmp_results *r);

/* Prints the results; with @all, not only metrics that are worse or better. */
void cmp_text(const struct cmp_results *r, bool all, FILE *out);
struct json_object *cmp_json(const struct cmp_results *r);

#endif /* GMEMTRACE_COMPARE_H */
