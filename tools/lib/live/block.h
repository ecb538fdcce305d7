/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Conversion of a changed block, as the programs emit it, into map records. */
#ifndef GMEM_BLOCK_H
#define GMEM_BLOCK_H

#include "base/source.h"
#include "bpf/gmem_maps.h"

/* Emits the block as one or more GMEM_SCAN_MAP. Returns 0, or what fn returned. */
int block_emit(const struct gmem_raw_block *b, gmem_record_fn fn, void *ctx);

#endif /* GMEM_BLOCK_H */
