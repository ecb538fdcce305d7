/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Flight recorder: the last blocks of a recording in memory, and what was known before them,
 * to be saved when something happens. Memory is bounded.
 */
#ifndef GMEM_FLIGHT_H
#define GMEM_FLIGHT_H

#include "recording/recording.h"

struct gmem_flight;

/* Keeps what is not older than last_ns, and not more than max_bytes. NULL: no memory. */
struct gmem_flight *gmem_flight_new(uint64_t last_ns, uint64_t max_bytes);
void gmem_flight_free(struct gmem_flight *f);

/* 0 or -errno. */
int gmem_flight_write(struct gmem_flight *f, const struct gmem_hdr *rec);

/* What was written up to now can be dropped or saved. 0 or -errno. */
int gmem_flight_flush(struct gmem_flight *f);

/* A recording of what is kept; more may be written after that. */
enum gmem_status gmem_flight_save(struct gmem_flight *f, const char *path,
				  const struct gmem_recording_info *info,
				  struct gmem_recording_stats *stats, struct gmem_error *e);

#endif /* GMEM_FLIGHT_H */
