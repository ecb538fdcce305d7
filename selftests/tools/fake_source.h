/* SPDX-License-Identifier: GPL-2.0-only */
/* A source that makes up VMs: to look at gmemtop, and to test it, without a kernel. */
#ifndef FAKE_SOURCE_H
#define FAKE_SOURCE_H

#include <stdbool.h>

#include "base/source.h"

struct fake_opts {
	unsigned int vms;
	unsigned int conversions;	/* of each VM a second */
	uint64_t long_ns;		/* now and then one takes that long */
	uint64_t losses;		/* a second */
	uint64_t end_ns;		/* there are no more events after that; 0: no end */
	uint64_t churn_ns;		/* a VM ends and a new one starts that often; 0: never */
	bool noise;			/* writes to stderr, as a library may */
};

/* NULL if there is no memory. */
struct gmem_source *fake_open(const struct fake_opts *opts);

#endif /* FAKE_SOURCE_H */
