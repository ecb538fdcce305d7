/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* gmemtop without a terminal: refreshes as text, JSON or CSV on stdout. */
#ifndef GMEMTOP_BATCH_H
#define GMEMTOP_BATCH_H

#include "base/error.h"
#include "base/source.h"
#include "run/options.h"

enum gmem_status batch_run(struct gmem_source *s, const struct gmemtop_options *o,
			   struct gmem_error *e);

#endif /* GMEMTOP_BATCH_H */
