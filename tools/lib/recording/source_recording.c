// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Source that replays a recording. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "abi/kinds.h"
#include "recording/recording.h"
#include "recording/recording_read.h"

struct replay {
	struct gmem_source source;
	struct reader reader;
	const struct gmem_hdr *next;	/* read and not emitted yet */
	uint64_t now_ns;
	uint64_t records;
	uint64_t damage_emitted;
	int err;			/* first error: ends reading */
	struct gmem_lost_rec lost;	/* as last emitted */
};

static struct replay *to_replay(struct gmem_source *s)
{
	return (struct replay *)s;
}

/* Returns the number of lost records; 1 if only damaged blocks or bytes are known. */
static uint64_t lost_count(const struct replay *r)
{
	uint64_t n = r->reader.lost_records;

	return n ? n : r->reader.lost_blocks || r->reader.lost_bytes;
}

static const struct gmem_hdr *damage_record(struct replay *r)
{
	r->damage_emitted = lost_count(r);
	r->lost.lost[GMEM_LOST_DAMAGED] = r->damage_emitted;
	r->lost.h = (struct gmem_hdr){
		.ts_ns = r->now_ns, .kind = GMEM_LOST, .size = sizeof(r->lost),
	};
	return &r->lost.h;
}

/* Adds the damage of the file to a GMEM_LOST of the recording. */
static const struct gmem_hdr *add_damage(struct replay *r)
{
	struct gmem_lost_rec *rec = (struct gmem_lost_rec *)&r->reader.decoder->out;

	rec->lost[GMEM_LOST_DAMAGED] = r->damage_emitted;
	memcpy(&r->lost, rec, sizeof(r->lost));
	return &rec->h;
}

static const struct gmem_hdr *read_next(struct replay *r)
{
	const struct gmem_hdr *rec;

	while (!(rec = reader_next(&r->reader))) {
		int more;

		if (r->reader.decoder->left)
			reader_block_is_bad(&r->reader);
		if (lost_count(r) != r->damage_emitted)
			return damage_record(r);
		more = r->err ? 0 : reader_next_block(&r->reader);
		if (more < 0)
			r->err = more;
		/* Report damage before the block that follows it. */
		if (lost_count(r) != r->damage_emitted)
			return damage_record(r);
		if (more <= 0)
			return NULL;
	}
	return rec->kind == GMEM_LOST ? add_damage(r) : rec;
}

static inline const struct gmem_hdr *peek_record(struct replay *r)
{
	if (!r->next)
		r->next = read_next(r);
	return r->next;
}

static inline int emit_next(struct replay *r, gmem_record_fn fn, void *ctx)
{
	const struct gmem_hdr *rec = r->next;

	r->next = NULL;
	r->records++;
	if (rec->ts_ns > r->now_ns)
		r->now_ns = rec->ts_ns;
	return fn(ctx, rec);
}

/* Most records of one poll, so that the caller can check the clock and signals. */
#define BATCH 4096

static int replay_poll(struct gmem_source *s, int timeout_ms, gmem_record_fn fn, void *ctx)
{
	struct replay *r = to_replay(s);
	const struct gmem_hdr *rec;
	int n, err = 0;

	(void)timeout_ms;
	for (n = 0; n < BATCH && (rec = peek_record(r)) && rec->kind != GMEM_SYNC && !err; n++)
		err = emit_next(r, fn, ctx);
	if (err)
		return err;
	if (!n && !r->next)
		return r->err ? r->err : -ENODATA;
	return n;
}

static int replay_sync(struct gmem_source *s, gmem_record_fn fn, void *ctx)
{
	struct replay *r = to_replay(s);
	const struct gmem_hdr *rec;

	while ((rec = peek_record(r))) {
		bool last = rec->kind == GMEM_SYNC;
		int err = emit_next(r, fn, ctx);

		if (err || last)
			return err;
	}
	return r->err ? r->err : -ENODATA;
}

static const char *replay_describe(const struct gmem_source *s)
{
	return ((const struct replay *)s)->reader.info.probes;
}

static void replay_close(struct gmem_source *s)
{
	reader_close(&to_replay(s)->reader);
	free(s);
}

enum gmem_status gmem_recording_open(struct gmem_source **out, const char *path,
				     struct gmem_error *e)
{
	static const struct gmem_source_ops ops = {
		.poll = replay_poll, .sync = replay_sync, .describe = replay_describe,
		.close = replay_close,
	};
	struct replay *r = calloc(1, sizeof(*r));
	enum gmem_status status;

	if (!r)
		return gmem_fail(e, GMEM_E_FAILED, NULL, "out of memory");
	status = reader_open(&r->reader, path, e);
	if (status) {
		free(r);
		return status;
	}
	r->source.ops = &ops;
	*out = &r->source;
	return GMEM_OK;
}

const struct gmem_recording_info *gmem_recording_info(const struct gmem_source *s)
{
	return &((const struct replay *)s)->reader.info;
}

void gmem_recording_state(const struct gmem_source *s, struct gmem_recording_state *state)
{
	const struct replay *r = (const struct replay *)s;

	*state = (struct gmem_recording_state){
		.now_ns = r->now_ns,
		.records = r->records,
		.lost_records = r->reader.lost_records,
		.lost_blocks = r->reader.lost_blocks,
		.lost_bytes = r->reader.lost_bytes,
		.at_end = r->reader.at_end,
		.ended_early = reader_ended_early(&r->reader),
		.head_damaged = r->reader.head_damaged,
		.read_bytes = r->reader.file_at - (r->reader.have - r->reader.at),
		.file_bytes = reader_file_bytes(&r->reader),
	};
}

int gmem_recording_rewind(struct gmem_source *s)
{
	struct replay *r = to_replay(s);
	int err = reader_rewind(&r->reader);

	if (err)
		return err;
	r->next = NULL;
	r->now_ns = r->records = r->damage_emitted = 0;
	r->err = 0;
	memset(&r->lost, 0, sizeof(r->lost));
	return 0;
}
