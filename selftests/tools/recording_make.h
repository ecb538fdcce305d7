/* SPDX-License-Identifier: GPL-2.0-only */
/* Records and recordings for tests: random records of every kind, and checks of a reader. */
#ifndef RECORDING_MAKE_H
#define RECORDING_MAKE_H

#include "lib_test.h"
#include "recording/recording.h"

/* Any record, with room for the largest. */
union any_record {
	struct gmem_hdr h;
	struct gmem_rec rec;
	struct gmem_map_rec map;
	struct gmem_counters_rec counters;
	uint8_t bytes[65536];
};

/*
 * Make a record, of a random kind (also unknown ones) or of @kind; *now_ns moves forward, and
 * sometimes back.
 */
void make_record(struct rng *rng, uint64_t *now_ns, union any_record *r);
void make_record_of(struct rng *rng, uint64_t *now_ns, unsigned int kind, union any_record *r);

/* Creates a temporary folder for a small file; make_done() removes it. */
extern char make_dir[];
void make_start(void);
void make_done(void);
const char *make_path(const char *name);

struct gmem_recording *make_create(const char *path);

/* Totals of a reader, which also checks that all records are in bounds. */
struct made {
	uint64_t records;
	uint64_t syncs;
	uint64_t lost;		/* last value of GMEM_LOST_DAMAGED */
	uint64_t sum;		/* all bytes of records, except those of loss */
	struct gmem_recording_state state;
	int err;		/* result at the end: -ENODATA */
};

/* Returns GMEM_OK, or the status of opening the file. */
enum gmem_status make_read(const char *path, struct made *m);

/* Read or write a whole file. */
uint8_t *make_slurp(const char *path, size_t *size);
void make_spill(const char *path, const uint8_t *bytes, size_t size);

#endif /* RECORDING_MAKE_H */
