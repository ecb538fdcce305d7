// SPDX-License-Identifier: GPL-2.0-only
/* Frames over a non-blocking descriptor, queued in both directions. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "link.h"

#define FILL_CHUNK	(64u << 10)

void link_init(struct link *l, int fd)
{
	memset(l, 0, sizeof(*l));
	l->fd = fd;
}

void link_send(struct link *l, enum frame_type type, uint8_t stream,
	       const void *payload, size_t len)
{
	struct frame f = { .type = type, .stream = stream, .len = len };

	if (l->err)
		return;
	if (buf_put(&l->out, &f, sizeof(f)) || buf_put(&l->out, payload, len))
		l->err = ENOMEM;
}

void link_send_u32(struct link *l, enum frame_type type, uint8_t stream, uint32_t value)
{
	link_send(l, type, stream, &value, sizeof(value));
}

void link_flush(struct link *l)
{
	ssize_t n;

	while (!l->err && l->out.len) {
		n = write(l->fd, buf_head(&l->out), l->out.len);
		if (n > 0)
			buf_drop(&l->out, n);
		else if (n < 0 && errno == EINTR)
			continue;
		else if (n < 0 && errno != EAGAIN && errno != ENOMEM)
			l->err = errno;
		else
			break;
	}
}

void link_fill(struct link *l)
{
	ssize_t n;
	char *room;

	if (l->err)
		return;
	room = buf_room(&l->in, FILL_CHUNK);
	if (!room) {
		l->err = ENOMEM;
		return;
	}
	n = read(l->fd, room, FILL_CHUNK);
	if (n > 0)
		buf_added(&l->in, n);
	else if (!n)
		l->err = ENOTCONN;
	else if (errno != EAGAIN && errno != EINTR)
		l->err = errno;
}

bool link_next(struct link *l, struct frame *f, const char **payload)
{
	buf_drop(&l->in, l->shown);
	l->shown = 0;
	if (l->in.len < sizeof(*f))
		return false;
	memcpy(f, buf_head(&l->in), sizeof(*f));
	if (f->len > FRAME_PAYLOAD_MAX) {
		l->err = EPROTO;
		return false;
	}
	if (l->in.len < sizeof(*f) + f->len)
		return false;
	*payload = buf_head(&l->in) + sizeof(*f);
	l->shown = sizeof(*f) + f->len;
	return true;
}

uint32_t frame_u32(const struct frame *f, const char *payload)
{
	uint32_t value = 0;

	if (f->len >= sizeof(value))
		memcpy(&value, payload, sizeof(value));
	return value;
}
