/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The phases that the record of a conversion's end tells of: the ring buffer and recordings hold
 * one record for all of them.
 */
#ifndef GMEM_CONVERSION_H
#define GMEM_CONVERSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/gmem_abi.h"

/* NULL: it is no end of a conversion, or tells no phases. */
static inline const struct gmem_conversion_rec *gmem_conversion(const struct gmem_hdr *rec)
{
	const struct gmem_conversion_rec *c = (const struct gmem_conversion_rec *)rec;

	if (rec->kind != GMEM_ATTRIBUTES_END || rec->size < sizeof(*c))
		return NULL;
	return c->r.dur_ns && c->phases ? c : NULL;
}

/* How many events of the kernel are in the record beside its own: begins of phases. */
unsigned int gmem_conversion_events(const struct gmem_hdr *rec);

/* The next after phase that it came to, and when that began; false: there is none. From GMEM_PHASE_LOCK. */
bool gmem_conversion_next(const struct gmem_conversion_rec *c, unsigned int *phase, uint64_t *begin_ns);

#endif /* GMEM_CONVERSION_H */
