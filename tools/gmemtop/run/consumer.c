// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "run/consumer.h"

#include <errno.h>
#include <string.h>

#include "base/array.h"
#include "recording/recording.h"

/* Time for which an ended VM stays on the screen, with its last counts. */
#define LINGER_NS	10000000000ULL

int consumer_apply(struct consumer *p, const struct gmem_hdr *rec)
{
	int err = gmem_model_apply(p->model, rec);

	if (err && err != -EINVAL)
		return err;
	if (rec->kind != GMEM_SYNC)
		return 0;
	p->syncs++;
	if (p->model->now_ns > LINGER_NS)
		gmem_model_forget(p->model, p->model->now_ns - LINGER_NS);
	return p->ui && !ui_collect(p->ui, p->model) ? -ENOMEM : 0;
}

enum gmem_status consumer_fail(struct gmem_error *e, int err)
{
	if (err == -ENOMEM)
		return gmem_fail(e, GMEM_E_FAILED, "Free some memory, or raise the limit.",
				 "cannot show guest memory: %s", strerror(-err));
	if (err == -ESPIPE)
		return gmem_fail(e, GMEM_E_IO, "Replay a file to go back in it.",
				 "cannot seek in a pipe");
	return gmem_fail(e, GMEM_E_FAILED, "Run again with -v for details.",
			 "cannot read events: %s", strerror(-err));
}

/* Returns the size of a record in the buffer: padded to 8 bytes so that the next one is aligned. */
static size_t padded(const struct gmem_hdr *rec)
{
	return ((size_t)rec->size + 7) / 8 * 8;
}

static int append_record(void *ctx, const struct gmem_hdr *rec)
{
	struct replay *r = ctx;

	if (rec->size < sizeof(*rec))
		return 0;
	if (!gmem_reserve(&r->records, &r->max, r->used + padded(rec), 1))
		return -ENOMEM;
	memcpy(r->records + r->used, rec, rec->size);
	r->used += padded(rec);
	r->ready |= rec->kind == GMEM_SYNC;
	if (r->ready || rec->ts_ns > r->next_ns)
		r->next_ns = rec->ts_ns;
	return 0;
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
		at += padded(rec);
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
		r->next_ns = 0;
		r->ready = r->ended = false;
	}
	do {
		err = replay_fetch(r);
		if (!err && r->ready)
			err = replay_step(r, p);
	} while (!err && !r->ended && (p->model->now_ns < ts_ns || p->syncs == before));
	return err;
}
