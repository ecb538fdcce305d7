/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Encoder of records into the bytes of a block. It keeps the expected fields of the next record
 * and writes only the differences; compression and files are not its concern.
 */
#ifndef GMEM_RECORDING_ENCODE_H
#define GMEM_RECORDING_ENCODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/gmem_abi.h"
#include "recording/recording_format.h"

/* Limits of a block: it is full at BYTES; in ROOM one more record of any size fits. */
#define ENCODER_BYTES	(256 * 1024)
#define ENCODER_ROOM	(ENCODER_BYTES + 96 * 1024)

/* Fields of the last record of a kind. */
struct record_expect {
	uint64_t ino;
	uint64_t arg;
	uint64_t nr_pages;
	uint32_t aux;
	int32_t ret;
	uint16_t size;		/* 0: there was none */
	bool plain;		/* a record of this size is a struct gmem_rec */
};

/* Task and CPU of events, and the range of the last one. */
struct record_context {
	uint64_t vm;
	uint32_t tgid;
	uint32_t tid;
	uint32_t cpu_flags;	/* header: cpu, and flags << 16 */
	uint64_t start;
	uint64_t len;
};

#define ENCODER_BUCKETS	(2 * RECORDING_CONTEXTS)

struct encoder {
	size_t used;			/* bytes */
	uint32_t nr;			/* records */
	uint64_t first_ns;
	uint64_t last_ns;		/* latest time of all records */
	uint64_t now_ns;		/* time of the last record */
	uint32_t nr_contexts;
	uint32_t last_context;
	struct record_expect expect[GMEM_KINDS_MAX];
	struct record_expect beyond;	/* of kinds that are not in the table */
	struct record_context contexts[RECORDING_CONTEXTS];
	uint16_t buckets[ENCODER_BUCKETS];	/* context + 1; 0: empty */
	uint8_t bytes[ENCODER_ROOM];
};

void encoder_reset(struct encoder *e);

static inline bool encoder_full(const struct encoder *e)
{
	return e->used >= ENCODER_BYTES || e->nr_contexts == RECORDING_CONTEXTS;
}

/* Adds a record; the encoder must not be full. Returns 0, or -EINVAL if the record is too short. */
int encoder_add(struct encoder *e, const struct gmem_hdr *rec);

#endif /* GMEM_RECORDING_ENCODE_H */
