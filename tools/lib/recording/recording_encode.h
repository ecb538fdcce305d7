/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Records into the bytes of a block. Owns what is expected of the next record, so that only
 * the differences are written; knows neither compression nor files.
 */
#ifndef GMEM_RECORDING_ENCODE_H
#define GMEM_RECORDING_ENCODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/gmem_abi.h"
#include "recording/recording_format.h"

/* A block is full at BYTES; one more record of any size still fits then. */
#define ENCODER_BYTES	(256 * 1024)
#define ENCODER_ROOM	(ENCODER_BYTES + 96 * 1024)

/* What the last record of a kind had. */
struct record_expect {
	uint64_t ino;
	uint64_t arg;
	uint64_t nr_pages;
	uint32_t aux;
	int32_t ret;
	uint16_t size;		/* 0: there was none */
};

/* Who caused it and where, and the range of the last event there. */
struct record_context {
	uint64_t vm;
	uint32_t tgid;
	uint32_t tid;
	uint32_t cpu;
	uint64_t start;
	uint64_t len;
};

#define ENCODER_BUCKETS	(2 * RECORDING_CONTEXTS)

struct encoder {
	size_t used;			/* bytes */
	uint32_t nr;			/* records */
	uint64_t first_ns;
	uint64_t last_ns;		/* latest of all */
	uint64_t now_ns;		/* of the last record */
	uint32_t nr_contexts;
	uint32_t last_context;
	struct record_expect expect[GMEM_KINDS_MAX];
	struct record_context contexts[RECORDING_CONTEXTS];
	uint16_t buckets[ENCODER_BUCKETS];	/* context + 1; 0: empty */
	uint8_t bytes[ENCODER_ROOM];
};

void encoder_reset(struct encoder *e);

static inline bool encoder_full(const struct encoder *e)
{
	return e->used >= ENCODER_BYTES || e->nr_contexts == RECORDING_CONTEXTS;
}

/* Not when it is full. 0, or -EINVAL for what is no record. */
int encoder_add(struct encoder *e, const struct gmem_hdr *rec);

#endif /* GMEM_RECORDING_ENCODE_H */
