/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Finds the blocks in the file of a recording, also in one that is damaged. Knows no source. */
#ifndef GMEM_RECORDING_READ_H
#define GMEM_RECORDING_READ_H

#include "recording/recording.h"
#include "recording/recording_block.h"

struct reader {
	int fd;
	bool pipe;			/* cannot go back */
	uint64_t file_at;		/* offset in the file of what comes after the buffer */
	uint8_t *buf;			/* READER_ROOM bytes */
	size_t at;			/* what was not looked at yet: [at, have) */
	size_t have;
	struct gmem_recording_info info;
	struct layouts layouts;
	uint64_t end;			/* of a file that was closed: its bytes */
	bool incomplete;
	bool head_damaged;

	uint64_t next_seq;		/* of the block that should come */
	uint64_t seen;			/* records handed over or known to be lost */
	uint64_t told;			/* records that there should be at least */
	uint64_t lost_records;
	uint64_t lost_blocks;
	uint64_t lost_bytes;
	uint64_t wasted;		/* bytes that were checked in vain */
	bool at_end;

	ZSTD_DCtx *zstd;
	uint8_t *raw;
	struct decoder *decoder;	/* of the block that was found */
};

enum gmem_status reader_open(struct reader *r, const char *path, struct gmem_error *e);
void reader_close(struct reader *r);

/* 1: the decoder has the next block; 0: there is none (yet); -errno. */
int reader_next_block(struct reader *r);

/* The decoder says that what is left of the block makes no sense. */
void reader_block_is_bad(struct reader *r);

/* To the first block. 0 or -errno. */
int reader_rewind(struct reader *r);

/* At the end: was it not closed, or is something missing? */
bool reader_ended_early(const struct reader *r);

uint64_t reader_file_bytes(const struct reader *r);

#endif /* GMEM_RECORDING_READ_H */
