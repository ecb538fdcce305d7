// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "recording/recording_read.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "recording/recording_info.h"

#define READER_ROOM	(2 * (RECORDING_BLOCK_HEAD + RECORDING_STORED_MAX))

_Static_assert(READER_ROOM >= RECORDING_HEAD_BYTES + RECORDING_META_MAX, "header does not fit");

/* Reads until @n bytes are in the buffer. Returns 1, 0 if the file has fewer, or -errno. */
static int fill(struct reader *r, size_t n)
{
	while (r->have - r->at < n) {
		ssize_t got;

		if (READER_ROOM - r->at < n) {
			memmove(r->buf, r->buf + r->at, r->have - r->at);
			r->have -= r->at;
			r->at = 0;
		}
		got = read(r->fd, r->buf + r->have, READER_ROOM - r->have);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got ? -errno : 0;
		r->have += (size_t)got;
		r->file_at += (uint64_t)got;
	}
	return 1;
}

static enum gmem_status fail_no_recording(struct gmem_error *e, const char *path)
{
	return gmem_fail(e, GMEM_E_IO, "Create one with gmemtrace record.",
			 "%s is not a gmem recording", path);
}

/* Reads the fixed part of the header; returns false if it is damaged. */
static bool read_head(struct reader *r, const uint8_t *head)
{
	uint32_t flags = get_le32(head + HEAD_FLAGS);

	r->info.id = get_le64(head + HEAD_ID);
	r->incomplete = true;
	r->info.complete = false;
	if (!RECORDING_IS_FUZZED && get_le64(head + HEAD_SUM) != recording_sum(0, head, HEAD_SUM))
		return false;
	r->info.version = get_le16(head + HEAD_VERSION);
	r->incomplete = flags & RECORDING_INCOMPLETE;
	r->info.cut = flags & RECORDING_CUT;
	r->info.complete = !r->incomplete;
	if (r->incomplete)
		return true;
	r->info.first_ns = get_le64(head + HEAD_FIRST_NS);
	r->info.last_ns = get_le64(head + HEAD_LAST_NS);
	r->info.nr_records = r->announced = get_le64(head + HEAD_RECORDS);
	r->info.bytes = r->end = get_le64(head + HEAD_END);
	return true;
}

/* Reads the lines of the header. Without them, blocks are decoded with this version's layouts. */
static int read_meta(struct reader *r, const uint8_t *head)
{
	uint32_t blocks_at = get_le32(head + HEAD_BLOCKS_AT);
	size_t n = blocks_at - RECORDING_HEAD_BYTES;
	int err;

	r->layouts = layouts_here;
	if (r->head_damaged || blocks_at < RECORDING_HEAD_BYTES || n > RECORDING_META_MAX) {
		r->head_damaged = true;
		return 0;
	}
	err = fill(r, RECORDING_HEAD_BYTES + n);
	if (err < 0)
		return err;
	head = r->buf + r->at;
	if (!err || (!RECORDING_IS_FUZZED && get_le64(head + HEAD_META_SUM) !=
		     recording_sum(r->info.id, head + RECORDING_HEAD_BYTES, n))) {
		r->head_damaged = true;
		return 0;
	}
	recording_info_read(&r->info, &r->layouts, (const char *)head + RECORDING_HEAD_BYTES, n);
	r->at += n;
	return 0;
}

static enum gmem_status read_header(struct reader *r, const char *path, struct gmem_error *e)
{
	int err = fill(r, RECORDING_HEAD_BYTES);
	const uint8_t *head = r->buf + r->at;

	if (err == 0 || (err > 0 && (memcmp(head, RECORDING_MAGIC, RECORDING_MAGIC_LEN) ||
				     get_le32(head + HEAD_BYTE_ORDER) != RECORDING_BYTE_ORDER)))
		return fail_no_recording(e, path);
	if (err > 0) {
		r->head_damaged = !read_head(r, head);
		if (!r->head_damaged && get_le16(head + HEAD_READER) > RECORDING_READER)
			return gmem_fail(e, GMEM_E_IO, "Read it with a newer version of gmem.",
					 "%s has format %u, this version reads up to %u", path,
					 get_le16(head + HEAD_READER), RECORDING_READER);
		err = read_meta(r, head);
	}
	if (err < 0)
		return gmem_fail(e, GMEM_E_IO, NULL, "cannot read recording %s: %s", path,
				 strerror(-err));
	r->at += RECORDING_HEAD_BYTES;
	return GMEM_OK;
}

static bool alloc_parts(struct reader *r)
{
	r->buf = malloc(READER_ROOM);
	r->raw = malloc(RECORDING_RAW_MAX + DECODER_PAD);
	r->decoder = calloc(1, sizeof(*r->decoder));
	r->zstd = ZSTD_createDCtx();
	return r->buf && r->raw && r->decoder && r->zstd;
}

enum gmem_status reader_open(struct reader *r, const char *path, struct gmem_error *e)
{
	enum gmem_status status;
	struct stat st;

	memset(r, 0, sizeof(*r));
	r->fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
	if (r->fd < 0 || fstat(r->fd, &st))
		status = gmem_fail(e, GMEM_E_IO, "Check that the file exists and is readable.",
				   "cannot read recording %s: %s", path, strerror(errno));
	else if (!alloc_parts(r))
		status = gmem_fail(e, GMEM_E_FAILED, NULL, "out of memory");
	else
		status = read_header(r, path, e);
	if (status) {
		reader_close(r);
		return status;
	}
	r->pipe = !S_ISREG(st.st_mode);
	return GMEM_OK;
}

void reader_close(struct reader *r)
{
	if (r->fd > STDIN_FILENO)
		close(r->fd);
	free(r->buf);
	free(r->raw);
	free(r->decoder);
	ZSTD_freeDCtx(r->zstd);
	memset(r, 0, sizeof(*r));
	r->fd = -1;
}

static void skip_bytes(struct reader *r, size_t n)
{
	r->at += n;
	r->lost_bytes += n;
}

/* Seeks to the next block magic. Returns 1, 0 if there is none up to the end, or -errno. */
static int resync(struct reader *r)
{
	for (;;) {
		const uint8_t *from = r->buf + r->at, *found;
		int more;

		found = memmem(from, r->have - r->at, RECORDING_BLOCK_MAGIC, RECORDING_MAGIC_LEN);
		if (found) {
			skip_bytes(r, (size_t)(found - from));
			return 1;
		}
		/* Keep what may be the begin of a magic. */
		if (r->have - r->at >= RECORDING_MAGIC_LEN)
			skip_bytes(r, r->have - r->at - (RECORDING_MAGIC_LEN - 1));
		more = fill(r, RECORDING_MAGIC_LEN);
		if (more <= 0)
			return more;
	}
}

/* Counts records up to number @upto that were not seen as lost. */
static void count_missing(struct reader *r, uint64_t upto)
{
	if (upto <= r->seen)
		return;
	r->lost_records += upto - r->seen;
	r->seen = upto;
}

/*
 * Returns how many bytes of a damaged block to skip: only its magic, as others may lie inside.
 * After too much wasted work, the whole block: in a crafted file every byte could start a long one.
 */
static size_t damaged_bytes(struct reader *r, const struct block_head *h)
{
	size_t n = RECORDING_BLOCK_HEAD + h->stored, there = r->have - r->at;

	r->wasted += h->stored;
	if (r->wasted > 8 * r->file_at + (64 << 20))
		return n < there ? n : there;
	return RECORDING_MAGIC_LEN;
}

static void skip_damaged_block(struct reader *r, const struct block_head *h)
{
	uint64_t upto = h->before + h->records;

	if (h->seq >= r->next_seq && upto > r->announced && upto >= h->before)
		r->announced = upto;
	skip_bytes(r, damaged_bytes(r, h));
}

static void use_block(struct reader *r, const struct block_head *h)
{
	r->lost_blocks += h->seq - r->next_seq;
	count_missing(r, h->before);
	r->next_seq = h->seq + 1;
	r->seen += h->records;
	r->at += RECORDING_BLOCK_HEAD + h->stored;
	decoder_begin(r->decoder, &r->layouts, r->raw, h->raw, h->records, h->first_ns);
}

/* Ends reading: counts records that the header or a damaged block announced as lost. */
static int end_of_file(struct reader *r)
{
	uint8_t head[RECORDING_HEAD_BYTES];

	/* The writer may have closed it meanwhile. */
	if (!r->pipe && r->incomplete && !r->head_damaged &&
	    pread(r->fd, head, sizeof(head), 0) == sizeof(head))
		read_head(r, head);
	if (!r->incomplete)
		count_missing(r, r->announced);
	r->at_end = true;
	return 0;
}

/* Returns 1 if the block is used, 0 to search on, -ENODATA if it is cut by the end, or -errno. */
static int try_block(struct reader *r, const struct block_head *h)
{
	const uint8_t *stored;
	int more = fill(r, RECORDING_BLOCK_HEAD + h->stored);

	if (more < 0)
		return more;
	stored = r->buf + r->at + RECORDING_BLOCK_HEAD;
	if (!more) {
		size_t have = r->have - r->at - RECORDING_MAGIC_LEN;

		/* The block was not written completely. If others follow, it is damaged. */
		if (!memmem(stored - RECORDING_BLOCK_HEAD + RECORDING_MAGIC_LEN, have,
			    RECORDING_BLOCK_MAGIC, RECORDING_MAGIC_LEN))
			return -ENODATA;
	}
	/* A block that repeats or is older is in the wrong place: damage. */
	if (more && h->seq >= r->next_seq && h->before >= r->seen &&
	    block_unpack(h, stored, r->info.id, r->zstd, r->raw)) {
		use_block(r, h);
		return 1;
	}
	skip_damaged_block(r, h);
	return 0;
}

int reader_next_block(struct reader *r)
{
	struct block_head h;
	int more;

	r->at_end = false;
	for (;;) {
		more = fill(r, RECORDING_BLOCK_HEAD);
		if (more < 0)
			return more;
		if (!more)
			return end_of_file(r);
		if (block_head_read(&h, r->buf + r->at, r->info.id)) {
			more = try_block(r, &h);
			if (more == -ENODATA)
				return end_of_file(r);
			if (more)
				return more;
		} else {
			skip_bytes(r, 1);
		}
		more = resync(r);
		if (more <= 0)
			return more ? more : end_of_file(r);
	}
}

/*
 * Marks what a snapshot repeats. Version 1 has no flags in headers: begins between GMEM_INFLIGHT and GMEM_SYNC
 * are repeats. A recording whose header is damaged may be of version 1.
 */
static void mark_repeated(struct reader *r, struct gmem_hdr *h)
{
	const struct gmem_kind_info *k = gmem_kind(h->kind);

	if (h->kind == GMEM_INFLIGHT || h->kind == GMEM_SYNC)
		r->in_snapshot = h->kind == GMEM_INFLIGHT;
	if (r->in_snapshot && k && k->phase == GMEM_BEGIN)
		h->flags |= GMEM_REC_REPEATED;
}

const struct gmem_hdr *reader_next(struct reader *r)
{
	struct decoder *d = r->decoder;

	if (!decoder_next(d))
		return NULL;
	if (r->info.version < 2)
		mark_repeated(r, &d->out.hdr);
	return &d->out.hdr;
}

void reader_block_is_bad(struct reader *r)
{
	r->lost_blocks++;
	r->lost_records += r->decoder->left;
	r->decoder->left = 0;
}

int reader_rewind(struct reader *r)
{
	uint64_t to = RECORDING_HEAD_BYTES;
	uint8_t head[RECORDING_HEAD_BYTES];

	if (r->pipe)
		return -ESPIPE;
	if (!r->head_damaged && pread(r->fd, head, sizeof(head), 0) == sizeof(head))
		to = get_le32(head + HEAD_BLOCKS_AT);
	if (lseek(r->fd, (off_t)to, SEEK_SET) < 0)
		return -errno;
	r->file_at = to;
	r->at = r->have = 0;
	r->next_seq = r->seen = 0;
	r->in_snapshot = false;
	r->lost_records = r->lost_blocks = r->lost_bytes = 0;
	r->at_end = false;
	r->decoder->left = 0;
	r->decoder->bad = false;
	return 0;
}

bool reader_ended_early(const struct reader *r)
{
	return r->at_end && (r->incomplete || r->info.cut || r->have != r->at ||
			     r->file_at < r->end);
}

uint64_t reader_file_bytes(const struct reader *r)
{
	struct stat st;

	return !r->pipe && !fstat(r->fd, &st) ? (uint64_t)st.st_size : 0;
}
