/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Metrics of VMs in the formats of Prometheus: base units, counters that end in _total, one family
 * after the other. Series have labels for VM, direction and phase; names are in gmem_vm_info only.
 * Recordings (gmemtrace export) and live VMs (gmemtrace serve) share the table of families.
 */
#ifndef GMEM_OPENMETRICS_H
#define GMEM_OPENMETRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "model/model.h"

/* Groups of families. The last one is about the host and the tool: it has no series of VMs. */
enum gmem_om_group {
	GMEM_OM_MEMORY,
	GMEM_OM_CONVERSIONS,
	GMEM_OM_STALLS,
	GMEM_OM_LATENCY,
	GMEM_OM_OPERATIONS,
	GMEM_OM_PHASES,
	GMEM_OM_FAULTS,
	GMEM_OM_INVALIDATIONS,
	GMEM_OM_BACKING,
	GMEM_OM_MAPS,
	GMEM_OM_TOOL,
	GMEM_OM_GROUPS
};

extern const char *const gmem_om_group_names[GMEM_OM_GROUPS + 1];	/* the last is "all" */

#define GMEM_OM_BIT(group)	(1U << (group))
#define GMEM_OM_ALL		(GMEM_OM_BIT(GMEM_OM_GROUPS) - 1)
/* At most 40 series for each VM. */
#define GMEM_OM_DEFAULT		(GMEM_OM_BIT(GMEM_OM_MEMORY) | GMEM_OM_BIT(GMEM_OM_CONVERSIONS) | \
				 GMEM_OM_BIT(GMEM_OM_STALLS) | GMEM_OM_BIT(GMEM_OM_TOOL))

enum gmem_om_type { GMEM_OM_GAUGE, GMEM_OM_COUNTER, GMEM_OM_HISTOGRAM, GMEM_OM_INFO };

/* Labels of a family besides that of the VM. */
enum gmem_om_by { GMEM_OM_BY_VM, GMEM_OM_BY_DIRECTION, GMEM_OM_BY_PHASE };

struct gmem_om_family {
	const char *name;	/* without the suffix of its samples: _total, _info */
	const char *key;	/* of its metric, behind direction and phase; of a histogram: of its count */
	const char *help;	/* NULL: that of the metric */
	enum gmem_om_group group;
	enum gmem_om_by by;
	enum gmem_om_type type;
};

extern const struct gmem_om_family gmem_om_families[];
extern const size_t gmem_om_nr_families;

/* Returns the meaning of a family. */
const char *gmem_om_family_help(const struct gmem_om_family *f);

#define GMEM_OM_VM_HELP "Process, name and cgroup of a VM."

/* Durations in one direction: a bucket counts those up to 2^k - 1 ns, where a slot ends. */
struct gmem_om_hist {
	uint64_t count;
	uint64_t total_ns;
	const __u64 *slots;	/* GMEM_HIST_SLOTS; NULL: unknown */
};

enum gmem_om_hist_id { GMEM_OM_CONVERSION, GMEM_OM_STALL, GMEM_OM_HISTS };

struct gmem_om_vm {
	uint64_t id;
	uint32_t pid;
	const char *comm;
	const char *name;			/* "": none */
	const char *cgroup;			/* "": unknown */
	const struct gmem_vm *now;		/* state; NULL: the VM has ended */
	const struct gmem_counters *c;		/* NULL: unknown */
	struct gmem_om_hist hist[GMEM_OM_HISTS][GMEM_DIRECTIONS];
};

struct gmem_om {
	FILE *out;
	bool openmetrics;		/* OpenMetrics 1.0; else Prometheus' text format 0.0.4 */
	uint64_t bounds;		/* bit k: histograms have the bound 2^k - 1 ns */
	const struct gmem_model *model;
	const struct gmem_om_vm *vms;
	size_t nr;
	const void *own;		/* data of the caller's own families */
};

/* Write what comes before the samples of a family, and a sample: all its labels are in @labels, as a="b",c="d". */
void gmem_om_head(const struct gmem_om *o, const char *name, enum gmem_om_type type, const char *help);
void gmem_om_sample(const struct gmem_om *o, const char *name, enum gmem_om_type type, const char *labels,
		    const char *value);

/* Formats nanoseconds as seconds, exactly. Returns @buf. */
#define GMEM_OM_NUMBER 32
const char *gmem_om_seconds(char buf[GMEM_OM_NUMBER], uint64_t ns);

/* Writes a number without unit. */
void gmem_om_number(const struct gmem_om *o, const char *name, enum gmem_om_type type, const char *labels, uint64_t v);

/* Writes all families of these groups (GMEM_OM_BIT) that are series of VMs. */
void gmem_om_write_vms(const struct gmem_om *o, unsigned int groups);

/* Family about the host or the tool. */
struct gmem_om_host {
	const char *name;
	enum gmem_om_type type;
	const char *labels;	/* for lists: "reason"; "": none */
	const char *help;
	void (*write)(const struct gmem_om *o, const struct gmem_om_host *self);	/* samples */
	size_t offset;		/* for write() */
};

extern const struct gmem_om_host gmem_om_hosts[];	/* families that come from the model */
extern const size_t gmem_om_nr_hosts;

void gmem_om_write_hosts(const struct gmem_om *o, const struct gmem_om_host *rows, size_t n);

/* Returns the name of the family's samples, but that of a histogram: "gmem_lost_total". */
#define GMEM_OM_NAME 64
const char *gmem_om_sample_name(char buf[GMEM_OM_NAME], const char *name, enum gmem_om_type type);
extern const char *const gmem_om_type_names[];	/* by enum gmem_om_type */

/* Ends the output. */
void gmem_om_finish(const struct gmem_om *o);

#endif /* GMEM_OPENMETRICS_H */
