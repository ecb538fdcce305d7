/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Owns: making the events of the kernel of a record that tells of several. */
#ifndef GMEMTRACE_UNFOLD_H
#define GMEMTRACE_UNFOLD_H

#include "base/source.h"

/*
 * Hands over what the kernel told, one record for each event: GMEM_ATTRIBUTES_PHASE, of which the
 * times are before those of records that came in between, and the end by itself. Any other
 * record as it is. 0, or what fn returned.
 */
int unfold(const struct gmem_hdr *rec, gmem_record_fn fn, void *ctx);

#endif /* GMEMTRACE_UNFOLD_H */
