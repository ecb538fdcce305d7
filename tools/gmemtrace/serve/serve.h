/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Exporter for Prometheus. One loop collects records into a model, and renders a page at each
 * snapshot. Scrapes get the last page, which never changes, from a thread of their own: they neither
 * wait for the collection nor delay it.
 */
#ifndef GMEMTRACE_SERVE_H
#define GMEMTRACE_SERVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "input/input.h"
#include "model/model.h"

struct serve_options {
	struct input in;
	const char *address;	/* HOST:PORT */
	const char *path;	/* of the metrics */
	const char *textfile;	/* to write instead of serving HTTP; NULL: none */
	bool allow_remote;
	unsigned int groups;	/* GMEM_OM_BIT() */
};

/* Serves, or writes the textfile, until a signal, the end of a duration or a command, or an error. */
enum gmem_status serve_run(struct serve_options *o, struct gmem_error *e);

/* Prints all groups and their metrics, for --collect=help. */
void serve_list(void);

/* listen.c */

/* Returns a listening socket that systemd passed, or -1 with e->status 0 if there is none, or set if it is unusable. */
int serve_activated(struct gmem_error *e);

/* Returns a listening socket on HOST:PORT, or -1. An address that is not loopback takes @allow_remote. */
int serve_listen(const char *address, bool allow_remote, struct gmem_error *e);

/* Writes the socket's address as in a URL: "127.0.0.1:9888", or "unix" for another family. */
#define SERVE_NAME 80
const char *serve_socket_name(int fd, char buf[SERVE_NAME]);

/* page.c */

enum serve_format { SERVE_PROMETHEUS, SERVE_OPENMETRICS, SERVE_FORMATS };

struct serve_text {
	char *text;		/* from malloc(); NULL: none */
	size_t len;
};

struct serve_counts {
	uint64_t scrapes;
	uint64_t dropped;	/* VMs that ended and have no series any more */
};

/* Renders all metrics of these groups. Returns 0 or -ENOMEM. The caller frees the text. */
int serve_render(struct serve_text *t, enum serve_format format, const struct gmem_model *m, unsigned int groups,
		 const struct serve_counts *counts);

/* textfile.c */

/* Replaces the file by the text, so that readers see either all of it or what was there before. */
enum gmem_status serve_textfile(const char *path, const struct serve_text *t, struct gmem_error *e);

/* http.c */

struct serve_http;

/* Starts to serve on a listening socket, which it then owns. Returns NULL on failure. Starts a thread without capabilities. */
struct serve_http *serve_http_start(int fd, const char *path, struct gmem_error *e);

/* Publishes the page of a time, not 0, and takes over its texts, on failure too. Returns 0 or -errno, also of the thread that serves. */
int serve_http_publish(struct serve_http *h, struct serve_text texts[SERVE_FORMATS], uint64_t page_ns);

/* Pages that clients have received as a whole. */
struct serve_scrapes {
	uint64_t nr;
	uint64_t newest_ns;	/* time of the newest of these pages, or 0 */
};

struct serve_scrapes serve_http_scrapes(struct serve_http *h);
void serve_http_stop(struct serve_http *h);

#endif /* GMEMTRACE_SERVE_H */
