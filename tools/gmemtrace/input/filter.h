/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Which records are wanted: options that live, print and record share, and the decision.
 * Knows no source and no output.
 */
#ifndef GMEMTRACE_FILTER_H
#define GMEMTRACE_FILTER_H

#include <argp.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/model.h"

/* What was asked for. All 0: everything. */
struct filter_options {
	const char *vm;		/* number or name; NULL: any */
	uint32_t pid;
	uint64_t kinds;		/* bit by kind; 0: any */
	unsigned int fallocate;	/* of these kinds only 1: punches, 2: allocations; 0, 3: both */
	int direction;		/* 1 + enum gmem_direction */
	uint64_t min_bytes;	/* of the range */
	uint64_t max_bytes;	/* 0: any */
	uint64_t longer_ns;
	uint64_t start_gfn;
	uint64_t end_gfn;	/* 0: any */
	int phase;		/* 1 + number in the event */
};

/* For argp_child: the input is struct filter_options. */
extern const struct argp filter_argp;

/* "vm=1 longer=100us": for a recording; "" if everything is wanted. */
char *filter_text(const struct filter_options *o, char *buf, size_t size);

struct filter {
	struct filter_options o;
	bool all;			/* nothing is left out */
	struct gmem_model *model;	/* names of VMs and their bindings; NULL: not needed */
	bool telling;			/* what now begins is in flight: gmem_told_again() */
	uint64_t told_ns;		/* as of then */
};

/* 0 or -ENOMEM. */
int filter_init(struct filter *f, const struct filter_options *o);
void filter_free(struct filter *f);

/* To be told of all records, in order, before it is asked of them. 0 or -ENOMEM. */
int filter_learn(struct filter *f, const struct gmem_hdr *rec);

/* Is it of a VM that is wanted? True for what is of no VM. */
bool filter_wants_vm(const struct filter *f, const struct gmem_hdr *rec);

/* Says on stderr if a VM was asked for, and none like that was seen. */
void filter_tell_unmet(const struct filter *f);

/* An event that is wanted in all respects. */
bool filter_wants(const struct filter *f, const struct gmem_hdr *rec);

/*
 * To be recorded: what is wanted, and of VMs that are wanted all that changes what is known
 * of their memory, as maps must be true.
 */
bool filter_keeps(const struct filter *f, const struct gmem_hdr *rec);

#endif /* GMEMTRACE_FILTER_H */
