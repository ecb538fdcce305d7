// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "columns.h"

const struct column columns[COLUMNS] = {
	{ "vm",				3, 0 },
	{ "pid",			5, 12 },
	{ "name",			7, 2 },
	{ "slot_bytes",			5, 7 },
	{ "private_bytes",		5, 3 },
	{ "shared_bytes",		6, 8 },
	{ "conversions_per_s",		6, 4 },
	{ "converted_bytes_per_s",	7, 9 },
	{ "conversion_p50_ns",		6, 11 },
	{ "conversion_p99_ns",		6, 5 },
	{ "conversion_max_ns",		6, 10 },
	{ "inflight",			4, 6 },
	{ "extents",			7, COLUMN_EXTRA },
	{ "mixed_blocks",		6, COLUMN_EXTRA + 1 },
	{ "to_private_count",		6, COLUMN_EXTRA + 2 },
	{ "to_shared_count",		6, COLUMN_EXTRA + 3 },
	{ "punch_count",		6, COLUMN_EXTRA + 4 },
	{ "memory_faults",		6, COLUMN_EXTRA + 5 },
};
