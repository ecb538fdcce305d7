/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Source of records: the running kernel, a recording, or a generator. All have the same interface, so
 * every view works with each of them.
 */
#ifndef GMEM_SOURCE_H
#define GMEM_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/kinds.h"
#include "base/error.h"

struct gmem_source;

struct gmem_source_ops {
	int (*poll)(struct gmem_source *s, int timeout_ms, gmem_record_fn fn, void *ctx);
	int (*sync)(struct gmem_source *s, gmem_record_fn fn, void *ctx);
	const char *(*describe)(const struct gmem_source *s);
	size_t (*pending)(const struct gmem_source *s);	/* NULL: always 0 */
	int (*enable)(struct gmem_source *s, unsigned int groups);	/* NULL: the groups are fixed */
	void (*stop)(struct gmem_source *s);	/* NULL: nothing to stop */
	void (*close)(struct gmem_source *s);
};

struct gmem_source {
	const struct gmem_source_ops *ops;
};

/*
 * Waits for records up to @timeout_ms and passes them to @fn. Returns their number, 0 on a timeout,
 * -EINTR on a signal, -ENODATA at the end of a source that has one, another -errno on errors or from fn.
 */
static inline int gmem_source_poll(struct gmem_source *s, int timeout_ms, gmem_record_fn fn,
				   void *ctx)
{
	return s->ops->poll(s, timeout_ms, fn, ctx);
}

/*
 * Takes a snapshot. Passes on all pending records, then the counters of every VM that was active since the
 * snapshot before the last one, current losses, and GMEM_SYNC. Views are consistent after it. Returns 0 or -errno.
 */
static inline int gmem_source_sync(struct gmem_source *s, gmem_record_fn fn, void *ctx)
{
	return s->ops->sync(s, fn, ctx);
}

/* Returns the probe set in use, in a few words. */
static inline const char *gmem_source_describe(const struct gmem_source *s)
{
	return s->ops->describe(s);
}

/* Returns how many VMs are still being scanned: a view that ends after one snapshot waits until it is 0. */
static inline size_t gmem_source_pending(const struct gmem_source *s)
{
	return s->ops->pending ? s->ops->pending(s) : 0;
}

/*
 * Enables these probe groups (enum gmem_probe_group), and disables others: each has its cost, so a view
 * requests what it shows. Groups that were not named at open are ignored. GMEM_PROBES then reports the
 * result. Returns 0 or -errno.
 */
static inline int gmem_source_enable(struct gmem_source *s, unsigned int groups)
{
	return s->ops->enable ? s->ops->enable(s, groups) : 0;
}

/* Stops counting and emitting. After one more gmem_source_sync() counters and records agree. */
static inline void gmem_source_stop(struct gmem_source *s)
{
	if (s->ops->stop)
		s->ops->stop(s);
}

static inline void gmem_source_close(struct gmem_source *s)
{
	if (s)
		s->ops->close(s);
}

#endif /* GMEM_SOURCE_H */
