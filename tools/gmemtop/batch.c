// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "batch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "json.h"
#include "stop.h"

/* A VM that ended is shown this long, so that its last counts are seen. */
#define LINGER_NS 10000000000ULL

static int apply(void *ctx, const struct gmem_hdr *rec)
{
	int err = gmem_model_apply(ctx, rec);

	return err == -EINVAL ? 0 : err;
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The first refresh waits this long for VMs that are being read: it may be the last. */
#define FIRST_MS 10000

static int wait_inventory(struct gmem_source *s, struct gmem_model *m)
{
	int64_t until = now_ms() + FIRST_MS;
	int n = 0;

	while (n >= 0 && gmem_source_pending(s) && !gmem_stopped() && now_ms() < until)
		n = gmem_source_poll(s, 100, apply, m);
	return n < 0 && n != -EINTR ? n : 0;
}

/* Records are taken in while we wait, so that the buffer never fills. */
static int wait_refresh(struct gmem_source *s, struct gmem_model *m, int64_t until_ms)
{
	int64_t left;

	while (!gmem_stopped() && (left = until_ms - now_ms()) > 0) {
		int n = gmem_source_poll(s, left < 100 ? (int)left : 100, apply, m);

		if (n < 0 && n != -EINTR)
			return n;
	}
	return gmem_source_sync(s, apply, m);
}

static void print_json(const struct gmem_model *m, const char *probes, uint32_t pid)
{
	struct json_object *o = gmem_json_model(m, probes, pid);

	puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
	json_object_put(o);
}

static enum gmem_status fail_source(struct gmem_error *e, int err)
{
	return gmem_fail(e, GMEM_E_FAILED, "Run it again with -v for more.",
			 "cannot read events: %s", strerror(-err));
}

static bool flush_output(void)
{
	return !fflush(stdout) && !ferror(stdout);
}

static enum gmem_status refreshes(struct gmem_source *s, struct gmem_model *m,
				  const struct gmemtop_options *o, struct gmem_error *e)
{
	int64_t next = now_ms();
	bool ended = false;

	for (unsigned long n = 0; !ended && (!o->count || n < o->count); n++) {
		int err;

		next += (int64_t)(o->delay_s * 1000);
		err = wait_refresh(s, m, next);
		if (!err && !n && gmem_source_pending(s)) {
			err = wait_inventory(s, m);
			if (!err)
				err = gmem_source_sync(s, apply, m);
		}
		ended = err == -ENODATA || gmem_stopped();
		if (err && err != -ENODATA)
			return fail_source(e, err);
		if (o->json)
			print_json(m, gmem_source_describe(s), o->pid);
		else
			batch_print_text(m, gmem_source_describe(s), o);
		if (!flush_output())
			return gmem_fail(e, GMEM_E_IO, "Is the disk full, or the reader gone?",
					 "cannot write to stdout: %s", strerror(errno));
		gmem_model_forget(m, m->now_ns > LINGER_NS ? m->now_ns - LINGER_NS : 0);
	}
	return GMEM_OK;
}

enum gmem_status batch_run(struct gmem_source *s, const struct gmemtop_options *o,
			   struct gmem_error *e)
{
	struct gmem_model *m = gmem_model_new();
	enum gmem_status status;

	if (!m)
		return gmem_fail(e, GMEM_E_FAILED, NULL, "out of memory");
	gmem_stop_on_signals();
	status = refreshes(s, m, o, e);
	gmem_model_free(m);
	return status;
}
