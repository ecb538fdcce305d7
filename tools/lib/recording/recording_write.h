/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Internal interface of the writer, for other parts of recordings. */
#ifndef GMEM_RECORDING_WRITE_H
#define GMEM_RECORDING_WRITE_H

#include "recording/recording.h"
#include "recording/recording_block.h"

/*
 * Appends a block that was packed for a recording with the same id, and numbers it. Returns 0 or
 * -errno, as gmem_recording_write().
 */
int recording_append_block(struct gmem_recording *w, uint8_t *block, size_t size);

uint64_t recording_random_id(void);

#endif /* GMEM_RECORDING_WRITE_H */
