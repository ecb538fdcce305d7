// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* gmemtop: like top, for the guest_memfd memory of VMs. */
#include "base/error.h"
#include "live/live.h"
#include "run/options.h"
#include "run/session.h"

int main(int argc, char **argv)
{
	struct gmemtop_options o;
	struct gmem_source *source = NULL;
	struct gmem_error e = { 0 };
	struct gmem_live_opts live;
	enum gmem_status status = GMEM_OK;

	gmemtop_parse(&o, argc, argv);
	live = o.live;
	live.inventory = true;
	live.groups |= o.batch ? view_table[o.view]->groups : 0;
	live.later = o.batch ? 0 : GMEM_PROBES_ALL;
	if (!o.replay)
		status = gmem_live_open(&source, &live, &e);
	if (!status)
		status = session_run(source, &o, &e);
	return status ? (int)gmem_report("gmemtop", &e) : 0;
}
