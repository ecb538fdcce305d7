// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Collection: records into the model, and a page from it at each snapshot. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/stop.h"
#include "serve/serve.h"

/* Longest time for which a VM keeps its series after its end, if nobody scrapes them. */
#define LINGER_NS	60000000000ULL

struct server {
	struct serve_options *o;
	struct gmem_error *e;
	struct gmem_model *model;
	int fd;			/* listening; -1: none, or owned by http */
	struct serve_http *http;
	struct serve_counts counts;
	enum gmem_status failed;	/* reason of -ECANCELED from on_record(), in *e */
};

static void forget(struct server *s, uint64_t ts_ns)
{
	unsigned int before = HASH_COUNT(s->model->vms);

	gmem_model_forget(s->model, ts_ns);
	s->counts.dropped += before - HASH_COUNT(s->model->vms);
}

/* Drops VMs that ended before a page that was scraped: their last counts are in it. */
static void drop_ended(struct server *s)
{
	if (s->http)
		forget(s, serve_http_scrapes(s->http).newest_ns);
	if (s->model->now_ns > LINGER_NS)
		forget(s, s->model->now_ns - LINGER_NS);
}

static enum gmem_status cannot_serve(struct server *s, int err)
{
	return gmem_fail(s->e, GMEM_E_FAILED, "Check the limits of memory and of threads (ulimit -a).", "cannot serve metrics: %s",
			 strerror(-err));
}

static enum gmem_status start_http(struct server *s)
{
	char name[SERVE_NAME];

	if (s->http)
		return GMEM_OK;
	serve_socket_name(s->fd, name);
	s->http = serve_http_start(s->fd, s->o->path, s->e);
	s->fd = -1;
	if (!s->http)
		return s->e->status;
	fprintf(stderr, "gmemtrace: serving http://%s%s\n", name, s->o->path);
	return GMEM_OK;
}

static enum gmem_status publish(struct server *s)
{
	struct serve_text texts[SERVE_FORMATS];
	enum gmem_status status = start_http(s);
	int err;

	if (status)
		return status;
	s->counts.scrapes = serve_http_scrapes(s->http).nr;
	for (int i = 0; i < SERVE_FORMATS; i++)
		serve_render(&texts[i], (enum serve_format)i, s->model, s->o->groups, &s->counts);
	/* Fails without a text. */
	err = serve_http_publish(s->http, texts, s->model->now_ns);
	return err ? cannot_serve(s, err) : GMEM_OK;
}

static enum gmem_status write_textfile(struct server *s)
{
	struct serve_text t;
	enum gmem_status status;

	if (serve_render(&t, SERVE_PROMETHEUS, s->model, s->o->groups, &s->counts))
		return cannot_serve(s, -ENOMEM);
	status = serve_textfile(s->o->textfile, &t, s->e);
	free(t.text);
	return status;
}

static enum gmem_status refresh(struct server *s)
{
	drop_ended(s);
	return s->o->textfile ? write_textfile(s) : publish(s);
}

/* Privileges are dropped before the first record, so threads that start here have none. */
static int on_record(void *ctx, const struct gmem_hdr *rec, bool selected)
{
	struct server *s = ctx;
	int err = gmem_model_apply(s->model, rec);

	(void)selected;
	if (err && err != -EINVAL)
		return err;
	/* What is served of a recording is the state at its end. */
	if (rec->kind != GMEM_SYNC || s->o->in.file)
		return 0;
	s->failed = refresh(s);
	return s->failed ? -ECANCELED : 0;
}

/* Serves the state at the end of a recording until a signal. A textfile is written once. */
static enum gmem_status serve_recorded(struct server *s)
{
	enum gmem_status status = refresh(s);

	while (!status && !s->o->textfile && !gmem_stopped()) {
		/* A signal between the test and the wait is seen at the next one. */
		poll(NULL, 0, 100);
		status = refresh(s);
	}
	return status;
}

static enum gmem_status collect(struct server *s)
{
	enum gmem_status status = input_run(&s->o->in, on_record, s);

	if (status || s->failed)
		return status ? status : s->failed;
	return s->o->in.file && !gmem_stopped() ? serve_recorded(s) : GMEM_OK;
}

/* Opens the socket before privileges are dropped, and before probes are attached in vain. */
static enum gmem_status open_socket(struct server *s)
{
	if (s->o->textfile)
		return GMEM_OK;
	s->fd = serve_activated(s->e);
	if (s->fd < 0 && !s->e->status)
		s->fd = serve_listen(s->o->address, s->o->allow_remote, s->e);
	return s->fd < 0 ? s->e->status : GMEM_OK;
}

enum gmem_status serve_run(struct serve_options *o, struct gmem_error *e)
{
	struct server s = { .o = o, .e = e, .fd = -1 };
	enum gmem_status status = open_socket(&s);

	if (status)
		return status;
	s.model = gmem_model_new();
	status = s.model ? collect(&s) : cannot_serve(&s, -ENOMEM);
	if (s.http)
		serve_http_stop(s.http);
	if (s.fd >= 0)
		close(s.fd);
	if (s.model)
		gmem_model_free(s.model);
	return status;
}
