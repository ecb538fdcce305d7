// SPDX-License-Identifier: GPL-2.0-only
/*
 * A stream of the command over a link, as a source or as a sink: credit and end of file. The same
 * code runs on both sides.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "stream.h"

/*
 * Limit of the send queue. If it is full, the other side is slow: reading on would only use memory.
 */
#define QUEUE_MAX	FRAME_WINDOW

void source_init(struct source *s, uint8_t id, int fd)
{
	*s = (struct source){ .fd = fd, .id = id, .credit = FRAME_WINDOW };
}

bool source_ready(const struct source *s, const struct link *l)
{
	return s->fd >= 0 && s->credit && l->out.len < QUEUE_MAX;
}

void source_close(struct source *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

void source_credit(struct source *s, uint32_t bytes)
{
	s->credit += bytes;
	if (s->credit > FRAME_WINDOW)
		s->credit = FRAME_WINDOW;
}

void source_pump(struct source *s, struct link *l)
{
	char data[FRAME_CHUNK];
	size_t want = s->credit < sizeof(data) ? s->credit : sizeof(data);
	ssize_t n = read(s->fd, data, want);

	s->drained = n <= 0;
	if (n > 0) {
		s->credit -= n;
		link_send(l, FRAME_DATA, s->id, data, n);
	} else if (!n || (errno != EAGAIN && errno != EINTR)) {
		/* EIO marks the end of a pty master. */
		source_close(s);
		link_send(l, FRAME_EOF, s->id, NULL, 0);
	}
}

void sink_init(struct sink *s, uint8_t id, int fd, size_t step)
{
	*s = (struct sink){ .fd = fd, .id = id, .step = step };
}

static void sink_close(struct sink *s)
{
	if (s->fd >= 0 && !s->keep)
		close(s->fd);
	s->fd = -1;
	buf_free(&s->pending);
}

static void sink_ack(struct sink *s, struct link *l, size_t n)
{
	s->unacked += n;
	if (s->unacked < FRAME_WINDOW / 4 && s->pending.len)
		return;
	link_send_u32(l, FRAME_CREDIT, s->id, s->unacked);
	s->unacked = 0;
}

void sink_pump(struct sink *s, struct link *l)
{
	size_t want = s->pending.len;
	ssize_t n;

	if (s->step && want > s->step)
		want = s->step;
	n = write(s->fd, buf_head(&s->pending), want);
	if (n > 0) {
		buf_drop(&s->pending, n);
		sink_ack(s, l, n);
	} else if (n < 0 && errno != EAGAIN && errno != EINTR) {
		link_send(l, FRAME_CLOSE, s->id, NULL, 0);
		sink_close(s);
	}
	if (s->ended && !s->pending.len)
		sink_close(s);
}

void sink_put(struct sink *s, struct link *l, const char *data, size_t len)
{
	if (s->fd < 0 || s->ended)
		return;
	if (buf_put(&s->pending, data, len))
		l->err = ENOMEM;
}

void sink_end(struct sink *s)
{
	s->ended = true;
	if (!s->pending.len)
		sink_close(s);
}
