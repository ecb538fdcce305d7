/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* gmemtop without a terminal: refreshes as text, JSON or CSV on stdout. */
#ifndef GMEMTOP_BATCH_H
#define GMEMTOP_BATCH_H

#include "base/error.h"
#include "base/source.h"
#include "model/model.h"
#include "run/options.h"
#include "ui/ui.h"

enum gmem_status batch_run(struct gmem_source *s, const struct gmemtop_options *o,
			   struct gmem_error *e);

/* Prints one refresh as the view's screen, without the line of keys. In batch_text.c. */
void batch_print_text(const struct gmem_model *m, const char *probes, struct ui *ui, bool ascii);

/* Prints one refresh, a line for each VM; first: after a line of column names. In batch_csv.c. */
void batch_print_csv(const struct gmem_model *m, const struct gmemtop_options *o, bool first);

#endif /* GMEMTOP_BATCH_H */
