/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Filters: options that select records, shared by all commands, and their evaluation.
 * Independent of source and output.
 */
#ifndef GMEMTRACE_FILTER_H
#define GMEMTRACE_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "input/options.h"
#include "model/model.h"

/* Filter options; all 0: every record passes. */
struct filter_options {
	const char *vm;		/* number or name; NULL: any */
	uint32_t pid;
	uint64_t kinds;		/* bit by kind; 0: any */
	unsigned int fallocate;	/* for fallocate kinds, 1: only punches, 2: only allocations; 0, 3: both */
	int direction;		/* 1 + enum gmem_direction; 0: any */
	uint64_t min_bytes;	/* of the range */
	uint64_t max_bytes;	/* 0: any */
	uint64_t longer_ns;
	uint64_t start_gfn;
	uint64_t end_gfn;	/* 0: any */
	int phase;		/* 1 + phase number in the event; 0: any */
};

extern const struct option_row filter_rows[];	/* of struct filter_options */

/* Formats the filters for a recording's header, as "vm=1 longer_ns=100000"; "" if there are none. Returns @buf. */
char *filter_text(const struct filter_options *o, char *buf, size_t size);

struct filter {
	struct filter_options o;
	bool all;			/* every record passes */
	struct gmem_model *model;	/* names and bindings of VMs; NULL: not needed */
	uint64_t snapshot_ns;		/* time of the last snapshot of operations in flight */
};

/* Returns 0 or -ENOMEM. */
int filter_init(struct filter *f, const struct filter_options *o);
void filter_free(struct filter *f);

/* Updates the filter's state. Call it with all records, in order, before any check of them. Returns 0 or -ENOMEM. */
int filter_learn(struct filter *f, const struct gmem_hdr *rec);

/* Returns true if the record's VM passes, or if it belongs to no VM. */
bool filter_wants_vm(const struct filter *f, const struct gmem_hdr *rec);

/* Warns on stderr if a VM or process was given and no VM matched. */
void filter_warn_unmet(const struct filter *f);

/* Returns true if the record passes all filters. */
bool filter_selects(const struct filter *f, const struct gmem_hdr *rec);

/*
 * Returns true if the record must be recorded: it passes all filters, or its VM passes and it
 * changes the state of the VM's memory, as maps must stay true.
 */
bool filter_keeps(const struct filter *f, const struct gmem_hdr *rec);

#endif /* GMEMTRACE_FILTER_H */
