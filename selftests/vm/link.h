/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Frames over a non-blocking descriptor, queued in both directions. Independent of the meaning of
 * frames.
 */
#ifndef GMEM_VM_LINK_H
#define GMEM_VM_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "frame.h"

struct link {
	int fd;
	int err;		/* errno that ended the link; ENOTCONN at end of file */
	struct buf in, out;
	size_t shown;		/* size of the frame returned by link_next() */
};

void link_init(struct link *l, int fd);

/* Queues a frame; a failure is stored in l->err. */
void link_send(struct link *l, enum frame_type type, uint8_t stream,
	       const void *payload, size_t len);
void link_send_u32(struct link *l, enum frame_type type, uint8_t stream, uint32_t value);

/* Write queued bytes, and read available ones, without blocking. */
void link_flush(struct link *l);
void link_fill(struct link *l);

/* Returns the next complete frame; its payload is valid until the next call for this link. */
bool link_next(struct link *l, struct frame *f, const char **payload);

/* Returns the first number of a payload, or 0 if it is too short. */
uint32_t frame_u32(const struct frame *f, const char *payload);

#endif
