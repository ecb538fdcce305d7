/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A whole load as a kernel with the patches would emit it: VMs whose vCPUs convert, by hypercall
 * and by access, with phases, windows, retries, punches and first touches. Deterministic for the
 * same options.
 */
#ifndef SYNTH_LOAD_H
#define SYNTH_LOAD_H

#include "synth.h"

struct synth_load {
	uint64_t seed;
	unsigned int vms;
	unsigned int vcpus;		/* per VM */
	uint64_t conversions;		/* total of all VMs */
	double noise;			/* variation of times, as a share: 0.2 */
	double slower[GMEM_PHASES];	/* extra time in a phase: 0.1 is 10 % */
	double drift;			/* difference of all times of the run, as a share */
	bool ends;			/* emit the ends of the VMs */
	bool state;			/* also emit what is scanned, the tool's cost, and conversions in flight at the end */
	uint64_t lost;			/* records reported as lost, at the end */
	unsigned int lacks;		/* enum gmem_feature bits that the probes do not have */
};

/*
 * Emits all records, from the source's first to its last, GMEM_SYNC. Returns 0, or the result of
 * @fn.
 */
int synth_load(const struct synth_load *o, gmem_record_fn fn, void *ctx);

#endif /* SYNTH_LOAD_H */
