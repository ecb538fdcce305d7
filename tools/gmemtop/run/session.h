/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* From a source and options to what is shown: recording, replaying, on a terminal or in batch. */
#ifndef GMEMTOP_SESSION_H
#define GMEMTOP_SESSION_H

#include "base/error.h"
#include "base/source.h"
#include "run/options.h"

/* live is closed in any case; NULL if o->replay, which is opened here. */
enum gmem_status session_run(struct gmem_source *live, const struct gmemtop_options *o,
			     struct gmem_error *e);

/* Shows the source on this terminal until the user has enough; see loop_run(). */
enum gmem_status session_show(struct gmem_source *source, const struct gmemtop_options *o,
			      struct gmem_error *e);

#endif /* GMEMTOP_SESSION_H */
