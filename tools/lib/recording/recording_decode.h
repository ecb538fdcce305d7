/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The bytes of a block into records: the other side of recording_encode.h. Any bytes are safe. */
#ifndef GMEM_RECORDING_DECODE_H
#define GMEM_RECORDING_DECODE_H

#include "recording/recording_encode.h"
#include "recording/recording_layout.h"

/* Behind the bytes of a block there must be so many zeros. */
#define DECODER_PAD	256

struct decoder {
	const struct layouts *layouts;
	const uint8_t *p;
	const uint8_t *end;
	uint32_t left;			/* records that the block still has */
	bool bad;			/* it has fewer: the rest makes no sense */
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

/* The next record, valid until the next call; NULL: there is none, see left and bad. */
const struct gmem_hdr *decoder_next(struct decoder *d);

#endif /* GMEM_RECORDING_DECODE_H */
