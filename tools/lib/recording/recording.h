/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Recordings: the records of a source in a file. gmem_recording_open() reads it and is a source,
 * too. The format is described in docs/recording.md.
 */
#ifndef GMEM_RECORDING_H
#define GMEM_RECORDING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/source.h"

/* Header of a recording. Texts are NUL-terminated, "" if unknown. */
struct gmem_recording_info {
	char creator[32];	/* "gmemtrace 0.1" */
	char kernel[128];	/* release of the recorded kernel */
	char machine[32];	/* "x86_64" */
	char host[128];
	char probes[32];	/* probe set: "tracepoints", "stock" */
	char groups[64];	/* probe groups that were on: "base phases" */
	char filters[512];	/* "": none, everything was recorded */
	char command[1024];	/* that was run and recorded, or that recorded */
	uint32_t cpus;
	uint32_t page_bytes;
	uint64_t monotonic_ns;	/* three clocks at the begin; this is the one of all records */
	uint64_t realtime_ns;
	uint64_t boottime_ns;

	/* Set by a reader. */
	uint16_t version;	/* of the format */
	uint64_t id;
	uint64_t bytes;		/* of the file, if it was closed */
	bool complete;		/* it was closed: the following are set */
	bool cut;		/* a write failed: no space */
	uint64_t first_ns;
	uint64_t last_ns;
	uint64_t nr_records;
};

/* Fills in the host and the time; not probes, groups, filters, command and what a reader sets. */
void gmem_recording_host_info(struct gmem_recording_info *info, const char *creator);

/* Writing. */

struct gmem_recording;

struct gmem_recording_stats {
	uint64_t records;
	uint64_t bytes;		/* in the file */
};

/* Creates or truncates the file ("-": stdout) and writes the header. */
enum gmem_status gmem_recording_create(struct gmem_recording **out, const char *path,
				       const struct gmem_recording_info *info, struct gmem_error *e);

/*
 * Adds a record; a gmem_record_fn whose ctx is @recording. Returns 0 or -errno. After an error nothing more is written: the file ends with
 * the last whole block, and all further calls return the same error.
 */
int gmem_recording_write(void *recording, const struct gmem_hdr *rec);

/* Writes all records added so far to the file, where they can be read. Returns 0 or -errno. */
int gmem_recording_flush(struct gmem_recording *w);

/* Returns the first write error, or 0. */
int gmem_recording_error(const struct gmem_recording *w);
void gmem_recording_stats(const struct gmem_recording *w, struct gmem_recording_stats *s);

/* Completes the file and frees @w, which may be NULL. Returns 0 or the first error as -errno. */
int gmem_recording_close(struct gmem_recording *w);

/*
 * Returns a source that passes on the records of @in and writes all of them to @w. It owns both:
 * closing it closes them. A write error ends poll and sync with that error; gmem_recording_error()
 * distinguishes it from an error of @in. Returns NULL if out of memory, and closes nothing.
 */
struct gmem_source *gmem_tee_open(struct gmem_source *in, struct gmem_recording *w);

/*
 * Creates a recording of this host by @creator, and replaces *@source by a tee into it. On
 * failure, *@source is unchanged and *@w is NULL.
 */
enum gmem_status gmem_tee_create(struct gmem_source **source, struct gmem_recording **w, const char *path,
				 const char *creator, struct gmem_error *e);

/*
 * Reading. The source yields the records in order. sync() emits all records up to and including
 * the next GMEM_SYNC: one snapshot, as it was shown when it was recorded. poll() emits some of
 * the records before that; 0 means that sync() is next. Neither waits. At the end both return
 * -ENODATA; a recording that is still written may have more later.
 *
 * Damage is reported as GMEM_LOST_DAMAGED in GMEM_LOST.
 */
enum gmem_status gmem_recording_open(struct gmem_source **out, const char *path,
				     struct gmem_error *e);

/* All following functions take sources of gmem_recording_open() only. */
const struct gmem_recording_info *gmem_recording_info(const struct gmem_source *s);

/* Progress and damage up to the current position. */
struct gmem_recording_state {
	uint64_t now_ns;		/* latest time of an emitted record */
	uint64_t records;		/* emitted */
	uint64_t lost_records;		/* in damaged or missing parts */
	uint64_t lost_blocks;
	uint64_t lost_bytes;
	bool at_end;
	bool ended_early;		/* at_end, but the file was not closed, or a part is missing */
	bool head_damaged;		/* the header is unreliable */
	uint64_t read_bytes;		/* of the file, so far */
	uint64_t file_bytes;		/* 0: a pipe */
};

void gmem_recording_state(const struct gmem_source *s, struct gmem_recording_state *state);

/* Rewinds to the first record. Returns 0 or -errno (-ESPIPE: a pipe). */
int gmem_recording_rewind(struct gmem_source *s);

#endif /* GMEM_RECORDING_H */
