// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "record/flight.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/state.h"
#include "recording/recording_block.h"

struct block {
	struct block *next;
	size_t size;
	uint64_t last_ns;
	uint8_t bytes[];
};

struct gmem_flight {
	uint64_t last_ns;
	uint64_t max_bytes;
	struct encoder *encoder;
	struct packer *packer;
	struct block *first;		/* oldest */
	struct block **end;
	uint64_t bytes;			/* of all blocks */
	struct gmem_state before;	/* state before the oldest block */
	ZSTD_DCtx *zstd;		/* unpacks blocks that are dropped */
	uint8_t *raw;
	struct decoder *decoder;
};

void gmem_flight_free(struct gmem_flight *f)
{
	while (f && f->first) {
		struct block *b = f->first;

		f->first = b->next;
		free(b);
	}
	if (!f)
		return;
	gmem_state_free(&f->before);
	free(f->encoder);
	packer_free(f->packer);
	ZSTD_freeDCtx(f->zstd);
	free(f->raw);
	free(f->decoder);
	free(f);
}

static bool get_memory(struct gmem_flight *f)
{
	f->encoder = malloc(sizeof(*f->encoder));
	f->packer = packer_new(recording_random_id());
	f->zstd = ZSTD_createDCtx();
	f->raw = malloc(RECORDING_RAW_MAX + DECODER_PAD);
	f->decoder = calloc(1, sizeof(*f->decoder));
	return f->encoder && f->packer && f->zstd && f->raw && f->decoder &&
	       !gmem_state_init(&f->before);
}

struct gmem_flight *gmem_flight_new(uint64_t last_ns, uint64_t max_bytes)
{
	struct gmem_flight *f = calloc(1, sizeof(*f));

	if (!f || !get_memory(f)) {
		gmem_flight_free(f);
		return NULL;
	}
	f->last_ns = last_ns;
	f->max_bytes = max_bytes;
	f->end = &f->first;
	encoder_reset(f->encoder);
	return f;
}

/* Applies a block that is dropped to the state before the oldest block. */
static int apply_block(struct gmem_flight *f, const struct block *b)
{
	const struct gmem_hdr *rec;
	struct block_head h;
	int err = 0;

	if (!block_head_read(&h, b->bytes, f->packer->id) ||
	    !block_unpack(&h, b->bytes + RECORDING_BLOCK_HEAD, f->packer->id, f->zstd, f->raw))
		return -EINVAL;
	decoder_begin(f->decoder, &layouts_here, f->raw, h.raw, h.records, h.first_ns);
	while (!err && (rec = decoder_next(f->decoder)))
		err = gmem_state_learn(&f->before, rec);
	return err;
}

static int drop_old(struct gmem_flight *f, uint64_t now_ns)
{
	int err = 0;

	/* The newest block is always kept. */
	while (!err && f->first->next &&
	       (f->bytes > f->max_bytes || now_ns - f->first->last_ns > f->last_ns)) {
		struct block *b = f->first;

		err = apply_block(f, b);
		f->first = b->next;
		f->bytes -= b->size;
		free(b);
	}
	return err;
}

int gmem_flight_flush(struct gmem_flight *f)
{
	uint64_t last_ns = f->encoder->last_ns;
	struct block *b;
	size_t size;

	if (!f->encoder->nr)
		return 0;
	size = packer_pack(f->packer, f->encoder);
	b = malloc(sizeof(*b) + size);
	if (!b)
		return -ENOMEM;
	memcpy(b->bytes, f->packer->bytes, size);
	b->next = NULL;
	b->size = size;
	b->last_ns = last_ns;
	*f->end = b;
	f->end = &b->next;
	f->bytes += size;
	return drop_old(f, last_ns);
}

int gmem_flight_write(struct gmem_flight *f, const struct gmem_hdr *rec)
{
	int err = encoder_full(f->encoder) ? gmem_flight_flush(f) : 0;

	return err ? err : encoder_add(f->encoder, rec);
}

static int write_all(struct gmem_flight *f, struct gmem_recording *w)
{
	int err = gmem_flight_flush(f);

	if (!err)
		err = gmem_state_emit(&f->before, gmem_recording_write, w);
	for (struct block *b = f->first; b && !err; b = b->next)
		err = recording_append_block(w, b->bytes, b->size);
	return err;
}

enum gmem_status gmem_flight_save(struct gmem_flight *f, const char *path,
				  const struct gmem_recording_info *info,
				  struct gmem_recording_stats *stats, struct gmem_error *e)
{
	struct gmem_recording_info with_id = *info;
	struct gmem_recording *w = NULL;
	enum gmem_status status;
	int err, close_err;

	with_id.id = f->packer->id;
	status = gmem_recording_create(&w, path, &with_id, e);
	if (status)
		return status;
	err = write_all(f, w);
	gmem_recording_stats(w, stats);
	close_err = gmem_recording_close(w);
	err = err ? err : close_err;
	if (err)
		return gmem_fail(e, GMEM_E_IO, "Records from before the error are in it.", "cannot write recording %s: %s",
				 path, strerror(-err));
	return GMEM_OK;
}
