/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Reader of the blocks of a recording file, which may be damaged. */
#ifndef GMEM_RECORDING_READ_H
#define GMEM_RECORDING_READ_H

#include "recording/recording.h"
#include "recording/recording_block.h"

struct reader {
	int fd;
	bool pipe;			/* cannot seek */
	uint64_t file_at;		/* file offset of the end of the buffer */
	uint8_t *buf;			/* READER_ROOM bytes */
	size_t at;			/* unread bytes: [at, have) */
	size_t have;
	struct gmem_recording_info info;
	struct layouts layouts;
	uint64_t end;			/* size of the file, if it was closed */
	bool incomplete;
	bool head_damaged;

	uint64_t next_seq;		/* number of the next block */
	uint64_t seen;			/* records emitted or counted as lost */
	uint64_t announced;			/* least number of records, by the header or a damaged block */
	uint64_t lost_records;
	uint64_t lost_blocks;
	uint64_t lost_bytes;
	uint64_t wasted;		/* bytes checked in damaged blocks */
	bool at_end;
	bool in_snapshot;		/* between GMEM_INFLIGHT and GMEM_SYNC of version 1 */

	ZSTD_DCtx *zstd;
	uint8_t *raw;
	struct decoder *decoder;	/* of the current block */
};

enum gmem_status reader_open(struct reader *r, const char *path, struct gmem_error *e);
void reader_close(struct reader *r);

/* Returns 1 if the decoder has the next block, 0 if there is none (yet), or -errno. */
int reader_next_block(struct reader *r);

/* Returns the next record of the block, valid until the next call; NULL if there is none, or it is bad. */
const struct gmem_hdr *reader_next(struct reader *r);

/* Counts the rest of the block, which the decoder cannot decode, as lost. */
void reader_block_is_bad(struct reader *r);

/* Seeks to the first block. Returns 0 or -errno. */
int reader_rewind(struct reader *r);

/* Returns true at the end of a file that was not closed, or that lacks a part. */
bool reader_ended_early(const struct reader *r);

uint64_t reader_file_bytes(const struct reader *r);

#endif /* GMEM_RECORDING_READ_H */
