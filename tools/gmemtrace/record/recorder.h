/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Destination of records: one file, rotated files, or memory that is saved on demand.
 * Independent of source and terminal.
 */
#ifndef GMEMTRACE_RECORDER_H
#define GMEMTRACE_RECORDER_H

#include <stdbool.h>

#include "model/state.h"
#include "record/flight.h"
#include "recording/recording.h"

struct recorder_options {
	const char *path;
	uint64_t max_bytes;	/* of a file, or of memory; 0: unlimited */
	unsigned int keep;	/* older files: PATH.1 .. PATH.keep */
	uint64_t last_ns;	/* time to keep in memory; 0: write to a file at once */
};

struct recorder {
	struct recorder_options o;
	const struct gmem_recording_info *info;
	struct gmem_recording *w;	/* NULL: in memory */
	struct gmem_flight *flight;	/* NULL: in a file */
	struct gmem_state state;	/* written at the begin of the next file; no model: no rotation */
	struct gmem_recording_stats done;	/* of closed files, and of saves */
	uint64_t events;
	unsigned int files;		/* created or saved */
	bool full;			/* maximum size reached: nothing more is written */
};

/* Opens the recorder. @info must outlive it. Call recorder_close() after a failure, too. */
enum gmem_status recorder_open(struct recorder *r, const struct recorder_options *o,
			       const struct gmem_recording_info *info, struct gmem_error *e);

/* Writes a record; a gmem_record_fn whose ctx is @recorder. Returns 0 or -errno. */
int recorder_write(void *recorder, const struct gmem_hdr *rec);

/* The same for a record of gmem_is_operation(), with fewer checks. */
int recorder_write_operation(struct recorder *r, const struct gmem_hdr *rec);

/* Flushes what was written; call it after each snapshot. May start the next file. Returns 0 or -errno. */
int recorder_flush(struct recorder *r);

/* Creates the next file at PATH; a flight recorder saves what it keeps in memory there. */
enum gmem_status recorder_save(struct recorder *r, struct gmem_error *e);

/* Returns records and bytes of all files so far. */
struct gmem_recording_stats recorder_stats(const struct recorder *r);

/* Closes the file. Returns 0, or the -errno of the first error. */
int recorder_close(struct recorder *r);

#endif /* GMEMTRACE_RECORDER_H */
