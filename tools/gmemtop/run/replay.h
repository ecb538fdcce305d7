/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Replay of a recording: one recorded snapshot after the other, each when it is due. Must not
 * read clocks: the caller passes the time.
 */
#ifndef GMEMTOP_REPLAY_H
#define GMEMTOP_REPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/source.h"
#include "run/consumer.h"

struct replay {
	struct gmem_source *source;	/* from gmem_recording_open() */
	double speed;
	char *records;		/* up to the next snapshot, read ahead for its time */
	size_t used;
	size_t max;
	uint64_t next_ns;	/* time of the next snapshot */
	bool ready;		/* the next snapshot is in records */
	bool ended;		/* the recording has been read to its end */
	uint64_t base_ns;	/* time in the recording that is shown .. */
	int64_t base_ms;	/* .. at this time of the clock */
	bool based;		/* base_ns and base_ms are set */
};

void replay_free(struct replay *r);

/* Reads the next snapshot unless it is ready. Returns 0 or -errno. */
int replay_fetch(struct replay *r);

/* Returns when the next snapshot is due; valid only if ready. */
int64_t replay_due_ms(const struct replay *r);

/* Applies the next snapshot to the model. Returns 0 or -errno. */
int replay_step(struct replay *r, struct consumer *p);

/* Continues from shown_ns at time now_ms: after a pause or seek, or at another speed. */
void replay_rebase(struct replay *r, uint64_t shown_ns, int64_t now_ms);

/*
 * Goes to the first snapshot at or after ts_ns, or to the last one. anew: rewinds first, for a
 * seek back in time; p->model must be new then. Returns 0 or -errno.
 */
int replay_seek(struct replay *r, uint64_t ts_ns, bool anew, struct consumer *p);

#endif /* GMEMTOP_REPLAY_H */
