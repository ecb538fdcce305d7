/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Frames over a non-blocking descriptor, queued both ways. Knows the format of
 * a frame, not the meaning of one.
 */
#ifndef GMEM_VM_LINK_H
#define GMEM_VM_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "frame.h"

struct link {
	int fd;
	int err;		/* errno that ended the link, ENOTCONN at its end */
	struct buf in, out;
	size_t shown;		/* bytes of the frame that link_next() gave out */
};

void link_init(struct link *l, int fd);

/* Queues a frame; a failure is kept in l->err. */
void link_send(struct link *l, enum frame_type type, uint8_t stream,
	       const void *payload, size_t len);
void link_send_u32(struct link *l, enum frame_type type, uint8_t stream, uint32_t value);

/* Writes what the descriptor takes, reads what it has. */
void link_flush(struct link *l);
void link_fill(struct link *l);

/* The next whole frame; its payload is valid until the next call for this link. */
bool link_next(struct link *l, struct frame *f, const char **payload);

/* The first number of a payload, 0 when it is too short. */
uint32_t frame_u32(const struct frame *f, const char *payload);

#endif
