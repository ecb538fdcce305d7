/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Where records come from: the running kernel, a recording, a generator. All
 * are read the same way, so that every view works on each of them.
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
	size_t (*pending)(const struct gmem_source *s);	/* NULL: never */
	int (*want)(struct gmem_source *s, unsigned int groups);	/* NULL: it has what it has */
	void (*stop)(struct gmem_source *s);	/* NULL: it ends by itself */
	void (*close)(struct gmem_source *s);
};

struct gmem_source {
	const struct gmem_source_ops *ops;
};

/*
 * Waits for records up to timeout_ms and hands over what there is. Returns how
 * many there were, 0 when the time is over, -EINTR on a signal, -ENODATA at the
 * end of a source that has one, another -errno on errors or from fn.
 */
static inline int gmem_source_poll(struct gmem_source *s, int timeout_ms, gmem_record_fn fn,
				   void *ctx)
{
	return s->ops->poll(s, timeout_ms, fn, ctx);
}

/*
 * Hands over all records that wait, then the counters of every VM that did something since the
 * last time or the time before, losses as of now, and GMEM_SYNC. What a view shows after it is consistent. 0 or -errno.
 */
static inline int gmem_source_sync(struct gmem_source *s, gmem_record_fn fn, void *ctx)
{
	return s->ops->sync(s, fn, ctx);
}

/* The probe set in use, in a few words. */
static inline const char *gmem_source_describe(const struct gmem_source *s)
{
	return s->ops->describe(s);
}

/* VMs whose state is still being read: a view that ends after one look waits for them. */
static inline size_t gmem_source_pending(const struct gmem_source *s)
{
	return s->ops->pending ? s->ops->pending(s) : 0;
}

/*
 * From now on these groups of probes (enum gmem_probe_group) are needed, and no others: each
 * has its cost, so a view asks for what it shows. Of those that were not named at open only
 * what is there is there. GMEM_PROBES then tells of it. 0 or -errno.
 */
static inline int gmem_source_want(struct gmem_source *s, unsigned int groups)
{
	return s->ops->want ? s->ops->want(s, groups) : 0;
}

/*
 * Nothing is counted or emitted any more: after one more gmem_source_sync(), counters and records
 * are of the same time.
 */
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
