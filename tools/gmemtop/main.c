// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* gmemtop: a top for guest memory. */
#include "error.h"
#include "options.h"
#include "session.h"
#include "source.h"

int main(int argc, char **argv)
{
	struct gmemtop_options o;
	struct gmem_live_opts live = { 0 };
	struct gmem_source *source = NULL;
	struct gmem_error e = { 0 };
	enum gmem_status status;

	status = gmemtop_parse(&o, argc, argv, &e);
	if (!status && !o.replay) {
		live.ringbuf_bytes = o.ringbuf_bytes;
		live.groups = o.groups | (o.batch ? view_table[o.view]->groups : 0);
		live.later = o.batch ? 0 : GMEM_PROBES_ALL;
		live.set = o.set;
		live.inventory = true;
		live.backing_ns = o.backing_ns;
		live.wait = o.wait;
		live.verbose = o.verbose;
		status = gmem_live_open(&source, &live, &e);
	}
	if (!status)
		status = session_run(source, &o, &e);
	return status ? (int)gmem_report("gmemtop", &e) : 0;
}
