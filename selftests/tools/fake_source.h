/* SPDX-License-Identifier: GPL-2.0-only */
/* Source of made-up VMs: to look at gmemtop and test it without a kernel. */
#ifndef FAKE_SOURCE_H
#define FAKE_SOURCE_H

#include <stdbool.h>

#include "base/source.h"

struct fake_opts {
	unsigned int vms;
	unsigned int conversions;	/* per VM and second */
	uint64_t long_ns;		/* duration of occasional long conversions */
	uint64_t losses;		/* per second */
	uint64_t end_ns;		/* no events after this time; 0: no end */
	/* interval at which a VM ends and a new one starts; 0: never */
	uint64_t churn_ns;
	bool noise;			/* writes to stderr, as a library may */
};

/* Returns NULL if there is no memory. */
struct gmem_source *fake_open(const struct fake_opts *opts);

#endif /* FAKE_SOURCE_H */
