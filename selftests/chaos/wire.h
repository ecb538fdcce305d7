/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Orders that the plan sends to the actors (processes and threads that hold descriptors), and their
 * outcomes. A packet has up to BATCH orders; its reply has as many outcomes.
 *
 * A handle is a number that the plan assigns to a descriptor of one actor, which stores the
 * descriptor under it. gfns, pgoffs and lengths are in pages unless an order states bytes.
 */
#ifndef CHAOS_WIRE_H
#define CHAOS_WIRE_H

#include <stdint.h>

#include "rng.h"

#define BATCH		96
#define MAX_HANDLES	8192

enum order_kind {
	O_CREATE_VM,	/* handle; a: type. value: the descriptor */
	O_CREATE_VCPU,	/* handle, for the VM @other; a: id */
	O_CREATE_FILE,	/* handle, for the VM @other; a: bytes, b: flags. value: the descriptor */
	O_ALIAS,	/* handle: the same descriptor as @other, as a child inherits it */
	O_DUP,		/* handle: a duplicate of @other */
	O_CLOSE,	/* handle */
	O_PARK,		/* handle: leaves it in a socket, and nowhere else */
	O_UNPARK,	/* handle: takes out the oldest one */
	O_GIVE,		/* handle: the reply carries the descriptor, which is closed here */
	O_TAKE,		/* handle: the packet carries the descriptor */
	O_MAP,		/* handle: a mapping of the file @other; a: pages */
	O_TOUCH,	/* handle of a mapping; a: first page, b: pages */
	O_UNMAP,	/* handle of a mapping; a: pages */
	O_SLOT,		/* handle of a VM, file @other; arg: slot, a: gfn, b: pages (0: delete), c: pgoff,
			 * d: enum slot_twist */
	/* the same for a slot that exists: deletes it and binds it again, d times */
	O_FLAP,
	O_CONVERT,	/* handle of a VM; a: address, b: size (bytes), c: attributes, d: flags */
	O_COLD,		/* the same, its argument in a page not touched yet */
	O_NO_ARGUMENT,	/* handle; a: enum bad_pointer */
	O_STORM,	/* handle; a: gfn, b: stride, c: conversions of one page, d: attributes */
	O_SHUFFLE,	/* handle; a: gfn, b: pages, c: seed, d: conversions (shuffle_next()) */
	O_FALLOCATE,	/* handle of a file; arg: mode, a: offset, b: length (bytes) */
	O_TOGETHER,	/* the next @arg orders, one thread each, at the same time */
	O_FORK,		/* the packet carries the socket of a new actor; a: enum actor_kind. value: its pid */
	O_RESIGN,	/* closes all descriptors, replies, and ends */
};

enum actor_kind {
	ACTOR_FORKED,	/* a process with memory of its own: it cannot use the parent's VMs */
	ACTOR_TWIN,	/* a process with the parent's memory and descriptors of its own */
	ACTOR_HERMIT,	/* a thread with descriptors of its own */
};

enum slot_twist {
	SLOT_PLAIN,
	SLOT_BAD_FLAGS,
	SLOT_BAD_FD,
	SLOT_ODD_OFFSET,
	SLOT_WRONG_FILE,	/* the descriptor is not a guest_memfd: the VM itself */
};

enum bad_pointer { BAD_NULL, BAD_UNMAPPED, BAD_HALF, BAD_KERNEL };

struct order {
	uint32_t kind;
	uint32_t handle;
	uint32_t other;
	uint32_t arg;
	uint64_t a, b, c, d;
};

/* ret: 0 or -errno; for storms and shuffles, how many requests succeeded. */
struct outcome {
	int64_t ret;
	uint64_t value;
};

#define ATTR_PRIVATE	(1ULL << 3)

/* Draws the next conversion of a shuffle of [@gfn, @gfn + @pages): mostly small ranges. */
static inline void shuffle_next(struct rng *r, uint64_t gfn, uint64_t pages, uint64_t *start,
				uint64_t *n, uint64_t *attributes)
{
	uint64_t most = rng_chance(r, 70) ? 1 : pages;

	*start = gfn + rng_below(r, pages);
	*n = rng_from(r, 1, most);
	if (*start + *n > gfn + pages)
		*n = gfn + pages - *start;
	*attributes = rng_chance(r, 50) ? ATTR_PRIVATE : 0;
}

/*
 * Return the bytes of the packet, or -errno. *@fd: the descriptor to send with it; for
 * wire_receive(), the one received, or -1. Both use system calls only: they run in twins, which
 * have no libc state.
 */
long wire_send(int socket, const void *data, unsigned long bytes, int fd);
long wire_receive(int socket, void *data, unsigned long room, int *fd);

#endif
