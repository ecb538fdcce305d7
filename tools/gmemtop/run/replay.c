// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "run/replay.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "recording/recording.h"

void replay_free(struct replay *r)
{
	free(r->records);
	memset(r, 0, sizeof(*r));
}

static bool reserve(struct replay *r, size_t n)
{
	size_t max = r->max ? r->max : 1 << 16;
	char *p;

	while (max < n)
		max *= 2;
	if (max == r->max)
		return true;
	p = realloc(r->records, max);
	if (!p)
		return false;
	r->records = p;
	r->max = max;
	return true;
}

/* Appends a record, padded to 8 bytes so that the next one is aligned. */
static int append_record(void *ctx, const struct gmem_hdr *rec)
{
	size_t size = ((size_t)rec->size + 7) / 8 * 8;
	struct replay *r = ctx;

	if (rec->size < sizeof(*rec))
		return 0;
	if (!reserve(r, r->used + size))
		return -ENOMEM;
	memcpy(r->records + r->used, rec, rec->size);
	r->used += size;
	if (rec->kind == GMEM_SYNC) {
		r->ready = true;
		r->next_ns = rec->ts_ns;
	}
	return 0;
}

static uint64_t last_time(const struct replay *r)
{
	uint64_t ts = 0;

	for (size_t at = 0; at < r->used; ) {
		const struct gmem_hdr *rec = (const struct gmem_hdr *)(r->records + at);

		ts = rec->ts_ns > ts ? rec->ts_ns : ts;
		at += ((size_t)rec->size + 7) / 8 * 8;
	}
	return ts;
}

int replay_fetch(struct replay *r)
{
	int err;

	if (r->ready || r->ended)
		return 0;
	err = gmem_source_sync(r->source, append_record, r);
	if (err != -ENODATA)
		return err;
	/* Records after the last snapshot of a truncated recording count as one more. */
	r->ended = true;
	r->ready = r->used > 0;
	r->next_ns = last_time(r);
	return 0;
}

int64_t replay_due_ms(const struct replay *r)
{
	uint64_t after = r->next_ns > r->base_ns ? r->next_ns - r->base_ns : 0;

	if (!r->based)
		return INT64_MIN;
	return r->base_ms + (int64_t)((double)after / 1e6 / r->speed);
}

int replay_step(struct replay *r, struct consumer *p)
{
	int err = 0;

	for (size_t at = 0; !err && at < r->used; ) {
		const struct gmem_hdr *rec = (const struct gmem_hdr *)(r->records + at);

		err = consumer_apply(p, rec);
		at += ((size_t)rec->size + 7) / 8 * 8;
	}
	r->used = 0;
	r->ready = false;
	return err;
}

void replay_rebase(struct replay *r, uint64_t shown_ns, int64_t now_ms)
{
	r->base_ns = shown_ns;
	r->base_ms = now_ms;
	r->based = true;
}

int replay_seek(struct replay *r, uint64_t ts_ns, bool anew, struct consumer *p)
{
	int err = anew ? gmem_recording_rewind(r->source) : 0;
	unsigned long before = p->syncs;

	if (err)
		return err;
	if (anew) {
		r->used = 0;
		r->ready = r->ended = false;
	}
	do {
		err = replay_fetch(r);
		if (!err && r->ready)
			err = replay_step(r, p);
	} while (!err && !r->ended && (p->model->now_ns < ts_ns || p->syncs == before));
	return err;
}
