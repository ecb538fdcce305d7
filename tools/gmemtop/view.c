// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "view.h"

#include <string.h>

const struct view *const view_table[VIEWS] = {
	[VIEW_OVERVIEW]	= &view_overview,
	[VIEW_VM]	= &view_vm,
	[VIEW_LATENCY]	= &view_latency,
	[VIEW_FILES]	= &view_files,
};

enum view_id view_by_name(const char *name)
{
	int i = 0;

	while (i < VIEWS && strcmp(view_table[i]->name, name))
		i++;
	return (enum view_id)i;
}
