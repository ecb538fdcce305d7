/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Decoder of the bytes of a block, the counterpart of recording_encode.h. Safe for any input. */
#ifndef GMEM_RECORDING_DECODE_H
#define GMEM_RECORDING_DECODE_H

#include "recording/recording_encode.h"
#include "recording/recording_layout.h"

/* Number of zero bytes that must follow the bytes of a block. */
#define DECODER_PAD	256

struct decoder {
	const struct layouts *layouts;
	const uint8_t *p;
	const uint8_t *end;
	uint32_t left;			/* records of the block not decoded yet */
	bool bad;			/* the rest cannot be decoded */
	uint64_t now_ns;
	uint32_t nr_contexts;
	struct record_expect expect[GMEM_KINDS_MAX];
	struct record_context contexts[RECORDING_CONTEXTS];
	union {
		struct gmem_hdr hdr;
		struct gmem_rec rec;
		uint8_t bytes[65536];
	} out;
};

void decoder_begin(struct decoder *d, const struct layouts *layouts, const uint8_t *bytes,
		   size_t size, uint32_t nr, uint64_t first_ns);

/* Returns the next record, valid until the next call, or NULL at the end: see left and bad. */
const struct gmem_hdr *decoder_next(struct decoder *d);

#endif /* GMEM_RECORDING_DECODE_H */
