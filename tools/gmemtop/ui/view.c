// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "ui/view.h"

const struct view *const view_table[VIEWS] = {
	[VIEW_OVERVIEW]	= &view_overview,
	[VIEW_VM]	= &view_vm,
	[VIEW_LATENCY]	= &view_latency,
	[VIEW_FILES]	= &view_files,
};
