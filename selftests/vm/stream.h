/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A stream of the command over a link: a source reads a descriptor and sends as much as its
 * credit allows, a sink writes received bytes and returns credit. The same code serves the host and
 * the guest.
 */
#ifndef GMEM_VM_STREAM_H
#define GMEM_VM_STREAM_H

#include <poll.h>
#include <stdbool.h>

#include "link.h"

struct source {
	int fd;			/* -1: ended */
	uint8_t id;
	uint32_t credit;
	bool drained;		/* the last read returned nothing */
};

struct sink {
	int fd;			/* -1: no reader */
	uint8_t id;
	bool ended;		/* EOF received; pending may still hold bytes */
	bool keep;		/* leave the descriptor open at the end */
	size_t step;		/* limit of one write in bytes, 0: none */
	uint32_t unacked;
	struct buf pending;
};

void source_init(struct source *s, uint8_t id, int fd);
bool source_ready(const struct source *s, const struct link *l);
void source_pump(struct source *s, struct link *l);
void source_credit(struct source *s, uint32_t bytes);
/* Ends the source without a message to the other side. */
void source_close(struct source *s);

void sink_init(struct sink *s, uint8_t id, int fd, size_t step);
static inline bool sink_busy(const struct sink *s)
{
	return s->fd >= 0 && s->pending.len;
}
void sink_put(struct sink *s, struct link *l, const char *data, size_t len);
void sink_pump(struct sink *s, struct link *l);
void sink_end(struct sink *s);

/*
 * Return poll entries. A descriptor that is not waited for must not be in the set: its POLLHUP
 * would make the loop spin.
 */
static inline struct pollfd source_poll(const struct source *s, const struct link *l)
{
	return (struct pollfd){ .fd = source_ready(s, l) ? s->fd : -1, .events = POLLIN };
}

static inline struct pollfd sink_poll(const struct sink *s)
{
	return (struct pollfd){ .fd = sink_busy(s) ? s->fd : -1, .events = POLLOUT };
}

#endif
