/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A whole load as the kernel with the patches would tell of it: VMs whose vCPUs convert, by
 * hypercall and by access, with phases, windows, retries, punches and first touches. The
 * same numbers for the same options.
 */
#ifndef SYNTH_LOAD_H
#define SYNTH_LOAD_H

#include "synth.h"

struct synth_load {
	uint64_t seed;
	unsigned int vms;
	unsigned int vcpus;		/* of each */
	uint64_t conversions;		/* of all VMs */
	double noise;			/* times vary by up to so much of them: 0.2 */
	double slower[GMEM_PHASES];	/* more time in that phase: 0.1 is 10 % */
	double drift;			/* of a whole run: all times differ by that */
	bool ends;			/* the VMs end */
	uint64_t lost;			/* records that are told to be lost, at the end */
};

/* The source's first record to its last, GMEM_SYNC. 0, or what fn answered. */
int synth_load(const struct synth_load *o, gmem_record_fn fn, void *ctx);

#endif /* SYNTH_LOAD_H */
