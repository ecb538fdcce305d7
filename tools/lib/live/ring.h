/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Reader of a BPF ring buffer (kernel/bpf/ringbuf.c). libbpf has one, too; this one is inlined with the function that
 * takes the records, which saves a sixth of what the recorder executes for a record.
 */
#ifndef GMEM_RING_H
#define GMEM_RING_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ring {
	unsigned long *consumed;	/* position of the reader; NULL: not open */
	const unsigned long *produced;	/* position of the programs */
	const uint8_t *data;		/* mapped twice in a row, so that no record is split */
	size_t size;			/* a power of two */
	int fd;
};

/* Maps the buffer of @size bytes. @fd stays the caller's. Returns 0 or -errno. */
int ring_open(struct ring *r, int fd, size_t size);
void ring_close(struct ring *r);

/* Waits until a program wakes the reader, for at most @timeout_ms. Returns 0 or -errno. */
int ring_wait(const struct ring *r, int timeout_ms);

/* Takes a record. Returns 0 to go on. */
typedef int (*ring_fn)(void *ctx, void *record);

/* Passes complete records to @fn, in order, until there is none. Returns 0, or what @fn returned, after that record. */
static inline __attribute__((always_inline)) int ring_read(const struct ring *r, ring_fn fn, void *ctx)
{
	unsigned long at = *r->consumed;
	int err = 0;

	while (!err && at < __atomic_load_n(r->produced, __ATOMIC_ACQUIRE)) {
		const uint8_t *head = r->data + (at & (r->size - 1));
		uint32_t len = __atomic_load_n((const uint32_t *)head, __ATOMIC_ACQUIRE);

		if (len & BPF_RINGBUF_BUSY_BIT)
			break;
		if (!(len & BPF_RINGBUF_DISCARD_BIT))
			err = fn(ctx, (void *)(uintptr_t)(head + BPF_RINGBUF_HDR_SZ));
		at += ((len & ~BPF_RINGBUF_DISCARD_BIT) + BPF_RINGBUF_HDR_SZ + 7) & ~7U;
		__atomic_store_n(r->consumed, at, __ATOMIC_RELEASE);
	}
	return err;
}

#endif /* GMEM_RING_H */
