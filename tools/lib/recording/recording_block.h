/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Blocks of a recording, as stored in the file: compressed, numbered, with checksums. */
#ifndef GMEM_RECORDING_BLOCK_H
#define GMEM_RECORDING_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zstd.h>

#include "recording/recording_decode.h"
#include "recording/recording_encode.h"

struct block_head {
	uint32_t stored;
	uint32_t raw;
	uint32_t records;
	uint16_t flags;
	uint64_t seq;
	uint64_t before;
	uint64_t first_ns;
	uint64_t last_ns;
	uint32_t sum;
};

/* Packer: makes blocks from the bytes of an encoder. */
struct packer {
	ZSTD_CCtx *zstd;
	uint64_t id;		/* of the recording */
	uint64_t seq;		/* of the next block */
	uint64_t before;	/* records in earlier blocks */
	uint8_t bytes[RECORDING_BLOCK_HEAD + RECORDING_STORED_MAX];
};

struct packer *packer_new(uint64_t id);
void packer_free(struct packer *p);

/* Packs the bytes of the encoder into p->bytes, empties the encoder and returns the block's size. */
size_t packer_pack(struct packer *p, struct encoder *e);

/* Gives a packed block another position in a recording with the same id. */
void block_renumber(uint8_t *block, uint64_t id, uint64_t seq, uint64_t before);

uint64_t recording_sum(uint64_t seed, const void *bytes, size_t size);

/* Reads a block header. Returns false if there is none of recording @id, or it is damaged or out of limits. */
bool block_head_read(struct block_head *h, const uint8_t *bytes, uint64_t id);

/*
 * Checks and uncompresses the bytes behind the header into @raw, which has room for
 * RECORDING_RAW_MAX + DECODER_PAD bytes. Returns false if they are damaged.
 */
bool block_unpack(const struct block_head *h, const uint8_t *stored, uint64_t id, ZSTD_DCtx *zstd,
		  uint8_t *raw);

/*
 * Appends a block that was packed for a recording with the same id, and numbers it. Returns 0 or
 * -errno, as gmem_recording_write().
 */
struct gmem_recording;
int recording_append_block(struct gmem_recording *w, uint8_t *block, size_t size);

uint64_t recording_random_id(void);

#endif /* GMEM_RECORDING_BLOCK_H */
