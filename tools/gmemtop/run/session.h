/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Run of gmemtop by its options: live or replay, on a terminal or in batch, recording or not. */
#ifndef GMEMTOP_SESSION_H
#define GMEMTOP_SESSION_H

#include "base/error.h"
#include "base/source.h"
#include "run/options.h"

/* Runs until the end, and always closes live. live is NULL if o->replay, which is opened here. */
enum gmem_status session_run(struct gmem_source *live, const struct gmemtop_options *o,
			     struct gmem_error *e);

/* Shows the source on this terminal until the user quits; see loop_run(). */
enum gmem_status session_show(struct gmem_source *source, const struct gmemtop_options *o,
			      struct gmem_error *e);

#endif /* GMEMTOP_SESSION_H */
