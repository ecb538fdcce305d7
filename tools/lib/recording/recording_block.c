// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "recording/recording_block.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

/* Compression level: the fastest, as the recorder must keep up with the events. */
#define LEVEL 1

_Static_assert(RECORDING_RAW_MAX >= ENCODER_ROOM, "block larger than readers accept");
_Static_assert(RECORDING_STORED_MAX >= ZSTD_COMPRESSBOUND(RECORDING_RAW_MAX), "stored block does not fit");

uint64_t recording_sum(uint64_t seed, const void *bytes, size_t size)
{
	return XXH64(bytes, size, seed);
}

struct packer *packer_new(uint64_t id)
{
	struct packer *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->id = id;
	p->zstd = ZSTD_createCCtx();
	if (p->zstd)
		return p;
	free(p);
	return NULL;
}

void packer_free(struct packer *p)
{
	if (p)
		ZSTD_freeCCtx(p->zstd);
	free(p);
}

static void put_head(uint8_t *to, const struct block_head *h, uint64_t id)
{
	memcpy(to + BLOCK_MAGIC, RECORDING_BLOCK_MAGIC, RECORDING_MAGIC_LEN);
	put_le32(to + BLOCK_STORED, h->stored);
	put_le32(to + BLOCK_RAW, h->raw);
	put_le32(to + BLOCK_RECORDS, h->records);
	put_le32(to + BLOCK_FLAGS, h->flags);
	put_le64(to + BLOCK_SEQ, h->seq);
	put_le64(to + BLOCK_BEFORE, h->before);
	put_le64(to + BLOCK_FIRST_NS, h->first_ns);
	put_le64(to + BLOCK_LAST_NS, h->last_ns);
	put_le32(to + BLOCK_HEAD_SUM, (uint32_t)recording_sum(id, to, BLOCK_HEAD_SUM));
	put_le32(to + BLOCK_SUM, h->sum);
}

size_t packer_pack(struct packer *p, struct encoder *e)
{
	uint8_t *stored = p->bytes + RECORDING_BLOCK_HEAD;
	struct block_head h = {
		.raw = (uint32_t)e->used, .records = e->nr, .flags = BLOCK_ZSTD,
		.seq = p->seq++, .before = p->before,
		.first_ns = e->first_ns, .last_ns = e->last_ns,
	};
	size_t n = ZSTD_compressCCtx(p->zstd, stored, RECORDING_STORED_MAX, e->bytes, e->used, LEVEL);

	if (ZSTD_isError(n) || n >= e->used) {
		memcpy(stored, e->bytes, e->used);
		n = e->used;
		h.flags = 0;
	}
	h.stored = (uint32_t)n;
	h.sum = (uint32_t)recording_sum(p->id, stored, n);
	put_head(p->bytes, &h, p->id);
	p->before += e->nr;
	encoder_reset(e);
	return RECORDING_BLOCK_HEAD + n;
}

void block_renumber(uint8_t *block, uint64_t id, uint64_t seq, uint64_t before)
{
	put_le64(block + BLOCK_SEQ, seq);
	put_le64(block + BLOCK_BEFORE, before);
	put_le32(block + BLOCK_HEAD_SUM, (uint32_t)recording_sum(id, block, BLOCK_HEAD_SUM));
}

bool block_head_read(struct block_head *h, const uint8_t *bytes, uint64_t id)
{
	if (memcmp(bytes, RECORDING_BLOCK_MAGIC, RECORDING_MAGIC_LEN))
		return false;
	h->stored = get_le32(bytes + BLOCK_STORED);
	h->raw = get_le32(bytes + BLOCK_RAW);
	h->records = get_le32(bytes + BLOCK_RECORDS);
	h->flags = get_le16(bytes + BLOCK_FLAGS);
	h->seq = get_le64(bytes + BLOCK_SEQ);
	h->before = get_le64(bytes + BLOCK_BEFORE);
	h->first_ns = get_le64(bytes + BLOCK_FIRST_NS);
	h->last_ns = get_le64(bytes + BLOCK_LAST_NS);
	h->sum = get_le32(bytes + BLOCK_SUM);
	if (!RECORDING_IS_FUZZED &&
	    get_le32(bytes + BLOCK_HEAD_SUM) != (uint32_t)recording_sum(id, bytes, BLOCK_HEAD_SUM))
		return false;
	return h->stored <= RECORDING_STORED_MAX && h->raw <= RECORDING_RAW_MAX &&
	       h->seq < RECORDING_NUMBER_MAX && h->before < RECORDING_NUMBER_MAX;
}

bool block_unpack(const struct block_head *h, const uint8_t *stored, uint64_t id, ZSTD_DCtx *zstd,
		  uint8_t *raw)
{
	size_t n = h->raw;

	if (!RECORDING_IS_FUZZED && h->sum != (uint32_t)recording_sum(id, stored, h->stored))
		return false;
	if (h->flags & BLOCK_ZSTD)
		n = ZSTD_decompressDCtx(zstd, raw, RECORDING_RAW_MAX, stored, h->stored);
	else if (h->stored == h->raw)
		memcpy(raw, stored, h->stored);
	else
		return false;
	if (n != h->raw)
		return false;
	memset(raw + n, 0, DECODER_PAD);
	return true;
}
