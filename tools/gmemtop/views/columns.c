// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "views/columns.h"

#include <string.h>

#include "ui/ui.h"

const struct column columns[COLUMNS] = {
	{ "vm",				3, 0 },
	{ "pid",			5, 13 },
	{ "name",			7, 2 },
	{ "slot_bytes",			5, 8 },
	{ "private_bytes",		5, 3 },
	{ "shared_bytes",		6, 9 },
	{ "conversions_per_s",		6, 4 },
	{ "converted_bytes_per_s",	7, 11 },
	{ "conversion_p50_ns",		6, 12 },
	{ "conversion_p99_ns",		6, 5 },
	{ "conversion_max_ns",		6, 10 },
	{ "stall_p99_ns",		6, 6 },
	{ "inflight",			4, 7 },
	{ "unused_bytes",		6, COLUMN_EXTRA },
	{ "populated_bytes",		6, COLUMN_EXTRA + 1 },
	{ "double_backed_private_bytes",	6, COLUMN_EXTRA + 2 },
	{ "double_backed_shared_bytes",	6, COLUMN_EXTRA + 3 },
	{ "extents",			7, COLUMN_EXTRA + 4 },
	{ "mixed_blocks",		6, COLUMN_EXTRA + 5 },
	{ "to_private_count",		6, COLUMN_EXTRA + 6 },
	{ "to_shared_count",		6, COLUMN_EXTRA + 7 },
	{ "punch_count",		6, COLUMN_EXTRA + 8 },
	{ "memory_faults",		6, COLUMN_EXTRA + 9 },
	{ "vcpus",			5, COLUMN_EXTRA + 10 },
	{ "cgroup",			6, COLUMN_EXTRA + 11 },
};

int columns_find(const char *key)
{
	int i = 0;

	while (i < COLUMNS && strcmp(columns[i].key, key))
		i++;
	return i;
}

bool columns_is_on(const struct ui *ui, const struct gmem_metric *m)
{
	switch (ui->columns[m - gmem_metrics]) {
	case UI_COLUMN_ON:
		return true;
	case UI_COLUMN_OFF:
		return false;
	default:
		return columns_find(m->key) < COLUMNS;
	}
}
