/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Phases of a conversion, as stored in the record of its end: the ring buffer and recordings
 * hold one record for all of them.
 */
#ifndef GMEM_CONVERSION_H
#define GMEM_CONVERSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/gmem_abi.h"

/* Returns NULL if the record is not the end of a conversion, or has no phases. */
static inline const struct gmem_conversion_rec *gmem_conversion(const struct gmem_hdr *rec)
{
	const struct gmem_conversion_rec *c = (const struct gmem_conversion_rec *)rec;

	if (rec->kind != GMEM_ATTRIBUTES_END || rec->size < sizeof(*c))
		return NULL;
	return c->r.dur_ns && c->phases ? c : NULL;
}

/* Returns the phases that were reached, without the first, which begins with the conversion. */
static inline uint64_t gmem_conversion_phases(const struct gmem_conversion_rec *c)
{
	return c->phases & ((1U << GMEM_PHASES) - 1) & ~(1U << GMEM_PHASE_LOCK);
}

/* Returns the number of phase events that the record stands for, beside its own event. */
static inline unsigned int gmem_conversion_events(const struct gmem_hdr *rec)
{
	const struct gmem_conversion_rec *c = gmem_conversion(rec);
	unsigned int n = 0;

	for (uint64_t phases = c ? gmem_conversion_phases(c) : 0; phases; phases &= phases - 1)
		n++;
	return n;
}

/*
 * Advances @phase to the next one that the conversion reached, and sets @begin_ns to its begin.
 * Returns false after the last. Start with GMEM_PHASE_LOCK.
 */
bool gmem_conversion_next(const struct gmem_conversion_rec *c, unsigned int *phase, uint64_t *begin_ns);

#endif /* GMEM_CONVERSION_H */
