/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Owns: making records of a map of what the programs tell of a block. Must not know where it is from. */
#ifndef GMEM_BLOCK_H
#define GMEM_BLOCK_H

#include "base/source.h"
#include "bpf/gmem_maps.h"

/* Hands over GMEM_SCAN_MAP. 0, or what fn returned. */
int block_tell(const struct gmem_raw_block *b, gmem_record_fn fn, void *ctx);

#endif /* GMEM_BLOCK_H */
