/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Where records of `record` go: one file, files that take turns, or memory that is saved on
 * demand. Knows no source and no terminal.
 */
#ifndef GMEMTRACE_RECORDER_H
#define GMEMTRACE_RECORDER_H

#include <stdbool.h>

#include "model/state.h"
#include "record/flight.h"
#include "recording/recording.h"

struct recorder_options {
	const char *path;
	uint64_t max_bytes;	/* of a file, or of memory; 0: any */
	unsigned int keep;	/* older files: PATH.1 .. PATH.keep */
	uint64_t last_ns;	/* keep so much in memory; 0: write into a file at once */
};

struct recorder {
	struct recorder_options o;
	const struct gmem_recording_info *info;
	struct gmem_recording *w;	/* NULL: in memory */
	struct gmem_flight *flight;	/* NULL: in a file */
	struct gmem_state state;	/* for the begin of the next file; no model: there is none */
	struct gmem_recording_stats done;	/* of files before, and of those saved */
	uint64_t events;
	bool telling;			/* of gmem_told_again() */
	unsigned int files;		/* begun, or saved */
	bool full;			/* as big as it may be: no more is written */
};

/* info is the caller's, and stays. On failure recorder_close() is due, too. */
enum gmem_status recorder_open(struct recorder *r, const struct recorder_options *o,
			       const struct gmem_recording_info *info, struct gmem_error *e);

/* 0 or -errno. */
int recorder_write(struct recorder *r, const struct gmem_hdr *rec);

/* After a picture: what was written is safe. May go on to the next file. 0 or -errno. */
int recorder_flush(struct recorder *r);

/* Of memory only. */
enum gmem_status recorder_save(struct recorder *r, struct gmem_error *e);

/* Records and bytes in all files up to now. */
struct gmem_recording_stats recorder_stats(const struct recorder *r);

/* 0 or -errno; of the first error there was. */
int recorder_close(struct recorder *r);

#endif /* GMEMTRACE_RECORDER_H */
