/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Recordings: the records of a source in a file, to be read again by gmem_recording_open(),
 * which is a source, too. The format is in docs/recording.md.
 */
#ifndef GMEM_RECORDING_H
#define GMEM_RECORDING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/source.h"

/* What a recording says of itself. Texts are NUL-terminated, "" where it is not known. */
struct gmem_recording_info {
	char creator[32];	/* "gmemtrace 0.1" */
	char kernel[128];	/* release of the kernel that was watched */
	char machine[32];	/* "x86_64" */
	char host[128];
	char probes[32];	/* set of probes: "tracepoints", "stock" */
	char groups[64];	/* groups of probes that were on: "base phases" */
	char filters[512];	/* "" : all is in it */
	char command[1024];	/* that was watched, or that recorded */
	uint32_t cpus;
	uint32_t page_bytes;
	uint64_t monotonic_ns;	/* the three at the same time, when it began; clock of all records */
	uint64_t realtime_ns;
	uint64_t boottime_ns;

	/* Of a recording that is read. */
	uint16_t version;	/* of the format */
	uint64_t id;
	uint64_t bytes;		/* of the file, if it was closed */
	bool complete;		/* the following are known, as it was closed */
	bool cut;		/* its writer could not write on: no space */
	uint64_t first_ns;
	uint64_t last_ns;
	uint64_t nr_records;
};

/* Of this host, now: all but probes, groups, filters, command and what is read. */
void gmem_recording_host_info(struct gmem_recording_info *info, const char *creator);

/* Writing. */

struct gmem_recording;

struct gmem_recording_stats {
	uint64_t records;
	uint64_t bytes;		/* in the file */
};

/* Makes the file, or empties it; "-" is stdout. The header is in it when this returns. */
enum gmem_status gmem_recording_create(struct gmem_recording **out, const char *path,
				       const struct gmem_recording_info *info, struct gmem_error *e);

/*
 * 0 or -errno. After an error nothing more is written: the file ends with the last whole
 * block, and all calls give the same error.
 */
int gmem_recording_write(struct gmem_recording *w, const struct gmem_hdr *rec);

/* What was written up to now is in the file, and readable. 0 or -errno. */
int gmem_recording_flush(struct gmem_recording *w);

/* The first error of writing, 0: none. */
int gmem_recording_error(const struct gmem_recording *w);
void gmem_recording_stats(const struct gmem_recording *w, struct gmem_recording_stats *s);

/* Ends the file in order and frees w; NULL is fine. 0, or the first error as -errno. */
int gmem_recording_close(struct gmem_recording *w);

/*
 * A source of what `in` yields, of which all is written on its way. It owns both: closing it
 * closes them. An error of writing ends poll and sync with that error: gmem_recording_error()
 * of w tells it from one of `in`. NULL: no memory, and nothing is closed.
 */
struct gmem_source *gmem_tee_open(struct gmem_source *in, struct gmem_recording *w);

/*
 * The same into a new file, which is said to be of this host and written by creator: *source is
 * then the tee. On failure *source is as it was, and *w NULL.
 */
enum gmem_status gmem_tee_create(struct gmem_source **source, struct gmem_recording **w, const char *path,
				 const char *creator, struct gmem_error *e);

/*
 * Reading. The source yields the records in order. sync() hands over all up to the next
 * GMEM_SYNC and it: one consistent picture, as it was shown when it was recorded. poll() hands
 * over some of those before it, at most: 0 means that sync() is next. Neither waits. At the
 * end both return -ENODATA; a recording that is being written may have more later.
 *
 * Damage is never silent: GMEM_LOST then tells of GMEM_LOST_DAMAGED.
 */
enum gmem_status gmem_recording_open(struct gmem_source **out, const char *path,
				     struct gmem_error *e);

/* The rest is for sources of gmem_recording_open() only. */
const struct gmem_recording_info *gmem_recording_info(const struct gmem_source *s);

/* What has come to light up to now. */
struct gmem_recording_state {
	uint64_t now_ns;		/* latest time of a record that was handed over */
	uint64_t records;		/* handed over */
	uint64_t lost_records;		/* in parts that are damaged or missing */
	uint64_t lost_blocks;
	uint64_t lost_bytes;
	bool at_end;
	bool ended_early;		/* at_end: without having been closed, or after less than it should */
	bool head_damaged;		/* what it says of itself is not to be relied on */
	uint64_t read_bytes;		/* of the file, up to now */
	uint64_t file_bytes;		/* 0: a pipe */
};

void gmem_recording_state(const struct gmem_source *s, struct gmem_recording_state *state);

/* Back to the beginning: the next record is the first. 0 or -errno (-ESPIPE: it is a pipe). */
int gmem_recording_rewind(struct gmem_source *s);

/*
 * Rewinds, and hands over all up to the first picture that is not before ts_ns, or up to the
 * end: for a new model. There is no index: it is read much faster than it was made. 0 or -errno.
 */
int gmem_recording_seek(struct gmem_source *s, uint64_t ts_ns, gmem_record_fn fn, void *ctx);

#endif /* GMEM_RECORDING_H */
