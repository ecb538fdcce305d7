/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Expansion of a conversion's record into one record per event of the kernel. */
#ifndef GMEMTRACE_UNFOLD_H
#define GMEMTRACE_UNFOLD_H

#include "base/source.h"

/*
 * Hands @rec to @fn. The end of a conversion with phases becomes a GMEM_ATTRIBUTES_PHASE for each
 * phase, whose times are before those of records that came in between, and the end alone.
 * Returns 0 or what @fn returned.
 */
int unfold(const struct gmem_hdr *rec, gmem_record_fn fn, void *ctx);

#endif /* GMEMTRACE_UNFOLD_H */
