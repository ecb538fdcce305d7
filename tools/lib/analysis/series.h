/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Tables of latency series, of operations and of size classes: names for all views. */
#ifndef GMEM_SERIES_H
#define GMEM_SERIES_H

#include <stdbool.h>
#include <stdint.h>

#include "abi/kinds.h"
#include "bpf/gmem_abi.h"

enum gmem_series_id {
	GMEM_S_CONVERSION,
	GMEM_S_PHASE,		/* + enum gmem_conversion_phase */
	GMEM_S_STALL = GMEM_S_PHASE + GMEM_PHASES,
	GMEM_S_STALL_IOCTL,
	GMEM_S_STALL_DISCARD,
	GMEM_S_STALL_VMM,
	GMEM_S_WINDOW,
	GMEM_S_INVALIDATE,
	GMEM_S_PUNCH,
	GMEM_S_ALLOCATE,
	GMEM_S_FAULT,
	GMEM_S_TOUCH,
	GMEM_S_TOUCH_AGAIN,
	GMEM_S_USER_FAULT,
	GMEM_S_GUEST_FAULT,
	GMEM_S_POPULATE,
	GMEM_SERIES
};

struct gmem_series {
	const char *key;	/* in JSON, CSV, metrics of compare */
	const char *title;	/* row title, at most 14 columns */
	const char *help;
	bool directed;		/* conversions to private and to shared are separate */
	bool per_page;		/* time grows with the size of the range */
};

extern const struct gmem_series gmem_series[GMEM_SERIES];

/* Operations without direction, counted by outcome. */
enum gmem_operation {
	GMEM_O_PUNCH,
	GMEM_O_ALLOCATE,
	GMEM_O_POPULATE,
	GMEM_O_FAULT,
	GMEM_O_USER_FAULT,
	GMEM_O_GUEST_FAULT,
	GMEM_O_CREATE,
	GMEM_O_BIND,
	GMEM_OPERATIONS
};

struct gmem_operation_info {
	const char *key;	/* in JSON */
	const char *title;	/* row title in reports */
	const char *unchanged;	/* "that freed nothing"; NULL: not applicable */
};

extern const struct gmem_operation_info gmem_operations[GMEM_OPERATIONS];

/* Size class of ranges: the first one that is large enough. */
struct gmem_size_class {
	const char *name;	/* "4K": up to 4 KiB */
	uint64_t max_pages;
};

#define GMEM_CLASSES 6

extern const struct gmem_size_class gmem_size_classes[GMEM_CLASSES];

unsigned int gmem_size_class(uint64_t pages);

#endif /* GMEM_SERIES_H */
