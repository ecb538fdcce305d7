/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Flight recorder: the last blocks of a recording, in bounded memory, and the state before them,
 * to be saved on a trigger.
 */
#ifndef GMEM_FLIGHT_H
#define GMEM_FLIGHT_H

#include "recording/recording.h"

struct gmem_flight;

/* Keeps blocks that are at most @last_ns old, and at most @max_bytes. Returns NULL if out of memory. */
struct gmem_flight *gmem_flight_new(uint64_t last_ns, uint64_t max_bytes);
void gmem_flight_free(struct gmem_flight *f);

/* Adds a record. Returns 0 or -errno. */
int gmem_flight_write(struct gmem_flight *f, const struct gmem_hdr *rec);

/* Packs the records added so far into a block, and drops old blocks. Returns 0 or -errno. */
int gmem_flight_flush(struct gmem_flight *f);

/* Writes a recording of what is kept to @path. Records may be added after that. */
enum gmem_status gmem_flight_save(struct gmem_flight *f, const char *path,
				  const struct gmem_recording_info *info,
				  struct gmem_recording_stats *stats, struct gmem_error *e);

#endif /* GMEM_FLIGHT_H */
