/* SPDX-License-Identifier: GPL-2.0-only */
/* Records and recordings for tests: random ones of every kind, and what a reader makes of a file. */
#ifndef RECORDING_MAKE_H
#define RECORDING_MAKE_H

#include "lib_test.h"
#include "recording/recording.h"

/* Any record: 64-bit numbers and text are there, so it is more than its header. */
union any_record {
	struct gmem_hdr h;
	struct gmem_rec rec;
	struct gmem_map_rec map;
	struct gmem_counters_rec counters;
	uint8_t bytes[65536];
};

/* Kind by the random numbers, also such as nobody knows; *now_ns moves on, now and then back. */
void make_record(struct rng *rng, uint64_t *now_ns, union any_record *r);
void make_record_of(struct rng *rng, uint64_t *now_ns, unsigned int kind, union any_record *r);

/* A small file in a new temporary folder, removed by make_done(). */
extern char make_dir[];
void make_start(void);
void make_done(void);
const char *make_path(const char *name);

struct gmem_recording *make_create(const char *path);

/* Counts what is read of it, and checks that all of it is in bounds. */
struct made {
	uint64_t records;
	uint64_t syncs;
	uint64_t lost;		/* GMEM_LOST_DAMAGED, as last told */
	uint64_t sum;		/* of all bytes of records, without those of loss */
	struct gmem_recording_state state;
	int err;		/* how it ended: -ENODATA */
};

/* GMEM_OK, or the status of opening it. */
enum gmem_status make_read(const char *path, struct made *m);

/* Whole files in memory. */
uint8_t *make_slurp(const char *path, size_t *size);
void make_spill(const char *path, const uint8_t *bytes, size_t size);

#endif /* RECORDING_MAKE_H */
