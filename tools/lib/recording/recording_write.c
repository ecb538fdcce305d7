// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Writer of recordings: appends blocks, and rewrites the header when it is closed. */
#include "recording/recording.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "recording/recording_block.h"
#include "recording/recording_info.h"

struct gmem_recording {
	int fd;
	int err;		/* first error, as -errno */
	bool pipe;		/* the header cannot be rewritten */
	struct encoder *encoder;
	struct packer *packer;
	uint64_t bytes;		/* written */
	uint64_t first_ns;	/* this and the following describe what is in the file */
	uint64_t last_ns;
	uint64_t nr_records;
	uint64_t nr_blocks;
	uint32_t blocks_at;
	uint8_t head[RECORDING_HEAD_BYTES];
};

static int write_all(int fd, const uint8_t *p, size_t size)
{
	while (size) {
		ssize_t n = write(fd, p, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -EIO;
		p += n;
		size -= (size_t)n;
	}
	return 0;
}

/* Appends bytes to the file; after an error, truncates what was written of them. */
static int append_bytes(struct gmem_recording *w, const uint8_t *p, size_t size)
{
	int err = write_all(w->fd, p, size);

	if (!err)
		w->bytes += size;
	else if (!w->pipe && ftruncate(w->fd, (off_t)w->bytes))
		err = err == -ENOSPC ? err : -errno;
	return err;
}

static void fill_head(struct gmem_recording *w, uint32_t flags)
{
	put_le32(w->head + HEAD_FLAGS, flags);
	put_le64(w->head + HEAD_FIRST_NS, w->first_ns);
	put_le64(w->head + HEAD_LAST_NS, w->last_ns);
	put_le64(w->head + HEAD_RECORDS, w->nr_records);
	put_le64(w->head + HEAD_NR_BLOCKS, w->nr_blocks);
	put_le64(w->head + HEAD_END, w->bytes);
	put_le64(w->head + HEAD_SUM, recording_sum(0, w->head, HEAD_SUM));
}

static int write_head(struct gmem_recording *w, const struct gmem_recording_info *info)
{
	char *meta = malloc(RECORDING_META_MAX);
	size_t n;
	int err;

	if (!meta)
		return -ENOMEM;
	n = recording_info_write(info, meta);
	w->blocks_at = (uint32_t)(RECORDING_HEAD_BYTES + n);
	memcpy(w->head + HEAD_MAGIC, RECORDING_MAGIC, RECORDING_MAGIC_LEN);
	put_le32(w->head + HEAD_BYTE_ORDER, RECORDING_BYTE_ORDER);
	put_le16(w->head + HEAD_VERSION, RECORDING_VERSION);
	put_le16(w->head + HEAD_READER, RECORDING_READER);
	put_le32(w->head + HEAD_BLOCKS_AT, w->blocks_at);
	put_le64(w->head + HEAD_ID, w->packer->id);
	put_le64(w->head + HEAD_META_SUM, recording_sum(w->packer->id, meta, n));
	fill_head(w, RECORDING_INCOMPLETE);
	err = append_bytes(w, w->head, sizeof(w->head));
	if (!err)
		err = append_bytes(w, (const uint8_t *)meta, n);
	free(meta);
	return err;
}

static void free_writer(struct gmem_recording *w)
{
	if (w->fd > STDERR_FILENO)
		close(w->fd);
	packer_free(w->packer);
	free(w->encoder);
	free(w);
}

uint64_t recording_random_id(void)
{
	uint64_t id = 0;

	if (getrandom(&id, sizeof(id), 0) != sizeof(id))
		id ^= (uint64_t)getpid() << 32;
	return id;
}

/* Returns NULL if out of memory. */
static struct gmem_recording *new_writer(uint64_t id)
{
	struct gmem_recording *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->fd = -1;
	w->encoder = malloc(sizeof(*w->encoder));
	w->packer = packer_new(id);
	if (!w->encoder || !w->packer) {
		free_writer(w);
		return NULL;
	}
	encoder_reset(w->encoder);
	return w;
}

static int open_file(struct gmem_recording *w, const char *path)
{
	if (!strcmp(path, "-"))
		w->fd = STDOUT_FILENO;
	else
		w->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (w->fd < 0)
		return -errno;
	w->pipe = lseek(w->fd, 0, SEEK_CUR) != 0;
	return 0;
}

enum gmem_status gmem_recording_create(struct gmem_recording **out, const char *path,
				       const struct gmem_recording_info *info, struct gmem_error *e)
{
	struct gmem_recording *w = new_writer(info->id ? info->id : recording_random_id());
	int err;

	if (!w)
		return gmem_fail(e, GMEM_E_FAILED, NULL, "out of memory");
	err = open_file(w, path);
	if (!err)
		err = write_head(w, info);
	if (err) {
		free_writer(w);
		return gmem_fail(e, GMEM_E_IO, "Check that the folder exists, is writable and has free space.",
				 "cannot write recording %s: %s", path, strerror(-err));
	}
	*out = w;
	return GMEM_OK;
}

/* Appends a packed block, and adds it to the figures of the header. */
static int append_block(struct gmem_recording *w, const uint8_t *block, size_t size)
{
	uint64_t last_ns = get_le64(block + BLOCK_LAST_NS);

	w->err = append_bytes(w, block, size);
	if (w->err)
		return w->err;
	if (!w->nr_blocks++)
		w->first_ns = get_le64(block + BLOCK_FIRST_NS);
	if (last_ns > w->last_ns)
		w->last_ns = last_ns;
	w->nr_records += get_le32(block + BLOCK_RECORDS);
	return 0;
}

static int write_block(struct gmem_recording *w)
{
	if (w->err || !w->encoder->nr)
		return w->err;
	return append_block(w, w->packer->bytes, packer_pack(w->packer, w->encoder));
}

int recording_append_block(struct gmem_recording *w, uint8_t *block, size_t size)
{
	struct packer *p = w->packer;
	int err = write_block(w);

	if (err)
		return err;
	block_renumber(block, p->id, p->seq++, p->before);
	p->before += get_le32(block + BLOCK_RECORDS);
	return append_block(w, block, size);
}

int gmem_recording_write(void *recording, const struct gmem_hdr *rec)
{
	struct gmem_recording *w = recording;

	if (encoder_full(w->encoder))
		write_block(w);
	return w->err ? w->err : encoder_add(w->encoder, rec);
}

int gmem_recording_flush(struct gmem_recording *w)
{
	return write_block(w);
}

int gmem_recording_error(const struct gmem_recording *w)
{
	return w->err;
}

void gmem_recording_stats(const struct gmem_recording *w, struct gmem_recording_stats *s)
{
	s->bytes = w->bytes;
	s->records = w->packer->before + w->encoder->nr;
}

/* Rewrites the header in place, which succeeds on a full disk, too. */
static int finish_head(struct gmem_recording *w)
{
	if (w->pipe)
		return 0;
	fill_head(w, w->err ? RECORDING_CUT : 0);
	return pwrite(w->fd, w->head, sizeof(w->head), 0) == sizeof(w->head) ? 0 : -errno;
}

int gmem_recording_close(struct gmem_recording *w)
{
	int err, head_err;

	if (!w)
		return 0;
	err = write_block(w);
	head_err = finish_head(w);
	if (w->fd > STDERR_FILENO && close(w->fd) && !err)
		err = -errno;
	w->fd = -1;
	free_writer(w);
	return err ? err : head_err;
}
