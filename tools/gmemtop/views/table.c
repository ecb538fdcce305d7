// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "views/files.h"
#include "views/latency.h"
#include "views/overview.h"
#include "views/vm.h"

const struct view *const view_table[VIEWS] = {
	[VIEW_OVERVIEW]	= &view_overview,
	[VIEW_VM]	= &view_vm,
	[VIEW_LATENCY]	= &view_latency,
	[VIEW_FILES]	= &view_files,
};
