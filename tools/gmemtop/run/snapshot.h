/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The model as it is now, to be looked at while the model goes on. */
#ifndef GMEMTOP_SNAPSHOT_H
#define GMEMTOP_SNAPSHOT_H

#include "model/model.h"

/* To be freed with gmem_model_free(); NULL if there is no memory. */
struct gmem_model *snapshot_take(const struct gmem_model *m);

#endif /* GMEMTOP_SNAPSHOT_H */
