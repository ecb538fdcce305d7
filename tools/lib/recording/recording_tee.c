// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Tee: a source that passes on the records of another and writes them to a recording. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clocks.h"
#include "recording/recording.h"

struct tee {
	struct gmem_source source;
	struct gmem_source *in;
	struct gmem_recording *w;
	struct gmem_clocks clocks;
	gmem_record_fn fn;	/* of the current call */
	void *ctx;
};

static int write_and_pass_on(void *ctx, const struct gmem_hdr *rec)
{
	struct tee *t = ctx;
	int err = gmem_recording_write(t->w, rec);

	return err ? err : t->fn(t->ctx, rec);
}

static int tee_poll(struct gmem_source *s, int timeout_ms, gmem_record_fn fn, void *ctx)
{
	struct tee *t = (struct tee *)s;

	t->fn = fn;
	t->ctx = ctx;
	return gmem_source_poll(t->in, timeout_ms, write_and_pass_on, t);
}

static int tee_sync(struct gmem_source *s, gmem_record_fn fn, void *ctx)
{
	struct tee *t = (struct tee *)s;
	int err, flush_err;

	t->fn = fn;
	t->ctx = ctx;
	err = gmem_clocks_emit(&t->clocks, gmem_recording_write, t->w);
	if (!err)
		err = gmem_source_sync(t->in, write_and_pass_on, t);
	flush_err = gmem_recording_flush(t->w);
	return err ? err : flush_err;
}

static const char *tee_describe(const struct gmem_source *s)
{
	return gmem_source_describe(((const struct tee *)s)->in);
}

static size_t tee_pending(const struct gmem_source *s)
{
	return gmem_source_pending(((const struct tee *)s)->in);
}

static int tee_enable(struct gmem_source *s, unsigned int groups)
{
	return gmem_source_enable(((struct tee *)s)->in, groups);
}

static void tee_close(struct gmem_source *s)
{
	struct tee *t = (struct tee *)s;

	gmem_source_close(t->in);
	gmem_recording_close(t->w);
	free(t);
}

struct gmem_source *gmem_tee_open(struct gmem_source *in, struct gmem_recording *w)
{
	static const struct gmem_source_ops ops = {
		.poll = tee_poll, .sync = tee_sync, .describe = tee_describe,
		.pending = tee_pending, .enable = tee_enable, .close = tee_close,
	};
	struct tee *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	*t = (struct tee){ .source.ops = &ops, .in = in, .w = w };
	return &t->source;
}

enum gmem_status gmem_tee_create(struct gmem_source **source, struct gmem_recording **w, const char *path,
				 const char *creator, struct gmem_error *e)
{
	struct gmem_recording_info info;
	enum gmem_status status;
	struct gmem_source *tee;

	gmem_recording_host_info(&info, creator);
	snprintf(info.probes, sizeof(info.probes), "%s", gmem_source_describe(*source));
	*w = NULL;
	status = gmem_recording_create(w, path, &info, e);
	if (status)
		return status;
	tee = gmem_tee_open(*source, *w);
	if (!tee) {
		gmem_recording_close(*w);
		*w = NULL;
		return gmem_fail(e, GMEM_E_FAILED, NULL, "out of memory");
	}
	*source = tee;
	return GMEM_OK;
}
