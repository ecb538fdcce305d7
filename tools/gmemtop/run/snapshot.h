/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Copy of the model's present state, to be shown while the model is updated. */
#ifndef GMEMTOP_SNAPSHOT_H
#define GMEMTOP_SNAPSHOT_H

#include "model/model.h"

/* Returns a copy that the caller frees with gmem_model_free(), or NULL if out of memory. */
struct gmem_model *snapshot_take(const struct gmem_model *m);

#endif /* GMEMTOP_SNAPSHOT_H */
