// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * HTTP server: answers from the page published last. MHD counts references of responses, so a
 * page is freed when the last client has received it. The lock is held for no longer than it takes to queue a response.
 */
#include <errno.h>
#include <microhttpd.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "live/privileges.h"
#include "serve/serve.h"

/* Limits. A client that sends or reads nothing for TIMEOUT_S is disconnected. */
#define CONNECTIONS	128U
#define PER_ADDRESS	64U
#define TIMEOUT_S	10U
#define REQUEST_BYTES	((size_t)32768)	/* request line and headers */
#define WAIT_MS		200		/* latency of a stop */

enum fixed { FIXED_INDEX, FIXED_NOT_FOUND, FIXED_METHOD, FIXED_RESPONSES };

struct serve_http {
	char *path;
	struct MHD_Daemon *daemon;
	struct MHD_Response *fixed[FIXED_RESPONSES];
	pthread_t thread;
	bool running;
	atomic_bool stops;
	atomic_int failed;	/* -errno of the thread */

	pthread_mutex_t lock;	/* protects the following */
	struct MHD_Response *page[SERVE_FORMATS];
	uint64_t page_ns;
	struct serve_scrapes scrapes;
};

static const char *const content_types[SERVE_FORMATS] = {
	[SERVE_PROMETHEUS] = "text/plain; version=0.0.4; charset=utf-8",
	[SERVE_OPENMETRICS] = "application/openmetrics-text; version=1.0.0; charset=utf-8",
};

/* Returns a response that owns the text, or NULL; the text is freed then. */
static struct MHD_Response *response_of(char *text, size_t len, const char *type)
{
	struct MHD_Response *r = text ? MHD_create_response_from_buffer(len, text, MHD_RESPMEM_MUST_FREE) : NULL;

	if (!r) {
		free(text);
		return NULL;
	}
	if (MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, type) == MHD_YES)
		return r;
	MHD_destroy_response(r);
	return NULL;
}

static enum serve_format wanted_format(struct MHD_Connection *c)
{
	const char *accept = MHD_lookup_connection_value(c, MHD_HEADER_KIND, MHD_HTTP_HEADER_ACCEPT);

	return accept && strstr(accept, "application/openmetrics-text") ? SERVE_OPENMETRICS : SERVE_PROMETHEUS;
}

/* Sets *request to the time of the page, for on_sent(). */
static enum MHD_Result answer_scrape(struct serve_http *h, struct MHD_Connection *c, bool whole, void **request)
{
	enum serve_format format = wanted_format(c);
	enum MHD_Result result;

	pthread_mutex_lock(&h->lock);
	result = MHD_queue_response(c, MHD_HTTP_OK, h->page[format]);
	if (whole && result == MHD_YES)
		*request = (void *)(uintptr_t)h->page_ns;
	pthread_mutex_unlock(&h->lock);
	return result;
}

/* A scrape counts when all of it is sent: a client that gave up before has nothing. */
static void on_sent(void *ctx, struct MHD_Connection *c, void **request, enum MHD_RequestTerminationCode why)
{
	uint64_t page_ns = (uintptr_t)*request;
	struct serve_http *h = ctx;

	(void)c;
	if (!page_ns || why != MHD_REQUEST_TERMINATED_COMPLETED_OK)
		return;
	pthread_mutex_lock(&h->lock);
	h->scrapes.nr++;
	if (page_ns > h->scrapes.newest_ns)
		h->scrapes.newest_ns = page_ns;
	pthread_mutex_unlock(&h->lock);
}

static enum MHD_Result answer(void *ctx, struct MHD_Connection *c, const char *url, const char *method,
			      const char *version, const char *body, size_t *body_size, void **request)
{
	struct serve_http *h = ctx;
	bool get = !strcmp(method, MHD_HTTP_METHOD_GET);

	(void)version;
	(void)body;
	(void)body_size;
	if (!get && strcmp(method, MHD_HTTP_METHOD_HEAD))
		return MHD_queue_response(c, MHD_HTTP_METHOD_NOT_ALLOWED, h->fixed[FIXED_METHOD]);
	if (!strcmp(url, h->path))
		return answer_scrape(h, c, get, request);
	if (!strcmp(url, "/"))
		return MHD_queue_response(c, MHD_HTTP_OK, h->fixed[FIXED_INDEX]);
	return MHD_queue_response(c, MHD_HTTP_NOT_FOUND, h->fixed[FIXED_NOT_FOUND]);
}

static void *serve(void *ctx)
{
	struct serve_http *h = ctx;

	/* Only the collecting thread may have to attach again. */
	atomic_store(&h->failed, gmem_privileges_drop(0));
	if (atomic_load(&h->failed))
		return NULL;
	while (!atomic_load(&h->stops)) {
		if (MHD_run_wait(h->daemon, WAIT_MS) != MHD_YES)
			usleep(WAIT_MS * 1000);
	}
	return NULL;
}

/* Starts the thread with all signals blocked: they interrupt the thread that collects. */
static int start_thread(struct serve_http *h)
{
	sigset_t all, before;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&h->thread, NULL, serve, h);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	h->running = !err;
	return -err;
}

static int make_fixed(struct serve_http *h)
{
	char *index;

	if (asprintf(&index, "<!DOCTYPE html>\n<html lang=\"en\"><head><title>gmemtrace</title></head>\n"
		     "<body><h1>gmemtrace</h1><p>Guest memory of this host: <a href=\"%s\">metrics</a></p></body></html>\n",
		     h->path) < 0)
		return -ENOMEM;
	h->fixed[FIXED_INDEX] = response_of(index, strlen(index), "text/html; charset=utf-8");
	h->fixed[FIXED_NOT_FOUND] = response_of(strdup("not found\n"), strlen("not found\n"), "text/plain");
	h->fixed[FIXED_METHOD] = response_of(strdup("method not allowed\n"), strlen("method not allowed\n"), "text/plain");
	for (int i = 0; i < FIXED_RESPONSES; i++) {
		if (!h->fixed[i])
			return -ENOMEM;
	}
	return MHD_add_response_header(h->fixed[FIXED_METHOD], MHD_HTTP_HEADER_ALLOW, "GET, HEAD") == MHD_YES ? 0 : -ENOMEM;
}

static int start(struct serve_http *h, int fd)
{
	int err = make_fixed(h);

	if (err)
		return err;
	h->daemon = MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, answer, h,
				     MHD_OPTION_LISTEN_SOCKET, fd,
				     MHD_OPTION_NOTIFY_COMPLETED, on_sent, h,
				     MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS,
				     MHD_OPTION_PER_IP_CONNECTION_LIMIT, PER_ADDRESS,
				     MHD_OPTION_CONNECTION_TIMEOUT, TIMEOUT_S,
				     MHD_OPTION_CONNECTION_MEMORY_LIMIT, REQUEST_BYTES, MHD_OPTION_END);
	return h->daemon ? 0 : -EINVAL;
}

struct serve_http *serve_http_start(int fd, const char *path, struct gmem_error *e)
{
	struct serve_http *h = calloc(1, sizeof(*h));
	int err = -ENOMEM;

	if (h) {
		pthread_mutex_init(&h->lock, NULL);
		h->path = strdup(path);
		if (h->path)
			err = start(h, fd);
	}
	if (!err)
		return h;
	if (h)
		serve_http_stop(h);
	close(fd);
	gmem_fail(e, GMEM_E_FAILED, "Check the limits of open files and of memory (ulimit -a).", "cannot start the HTTP server: %s",
		  strerror(-err));
	return NULL;
}

static void destroy_all(struct MHD_Response **r, int n)
{
	for (int i = 0; i < n; i++) {
		if (r[i])
			MHD_destroy_response(r[i]);
	}
}

int serve_http_publish(struct serve_http *h, struct serve_text texts[SERVE_FORMATS], uint64_t page_ns)
{
	struct MHD_Response *new[SERVE_FORMATS], *old[SERVE_FORMATS];
	bool ok = true;

	for (int i = 0; i < SERVE_FORMATS; i++) {
		new[i] = response_of(texts[i].text, texts[i].len, content_types[i]);
		ok = ok && new[i];
	}
	if (!ok) {
		destroy_all(new, SERVE_FORMATS);
		return -ENOMEM;
	}
	pthread_mutex_lock(&h->lock);
	memcpy(old, h->page, sizeof(old));
	memcpy(h->page, new, sizeof(new));
	h->page_ns = page_ns;
	pthread_mutex_unlock(&h->lock);
	destroy_all(old, SERVE_FORMATS);
	return h->running ? atomic_load(&h->failed) : start_thread(h);
}

struct serve_scrapes serve_http_scrapes(struct serve_http *h)
{
	struct serve_scrapes scrapes;

	pthread_mutex_lock(&h->lock);
	scrapes = h->scrapes;
	pthread_mutex_unlock(&h->lock);
	return scrapes;
}

void serve_http_stop(struct serve_http *h)
{
	atomic_store(&h->stops, true);
	if (h->running)
		pthread_join(h->thread, NULL);
	if (h->daemon)
		MHD_stop_daemon(h->daemon);
	destroy_all(h->page, SERVE_FORMATS);
	destroy_all(h->fixed, FIXED_RESPONSES);
	free(h->path);
	free(h);
}
