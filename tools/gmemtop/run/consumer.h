/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Consumer of records, live or from a recording: applies them to the model, and at each
 * GMEM_SYNC, when the snapshot is consistent, lets views collect. One path for both, so that a
 * replay shows the same as the live screen.
 */
#ifndef GMEMTOP_CONSUMER_H
#define GMEMTOP_CONSUMER_H

#include "base/error.h"
#include "base/source.h"
#include "model/model.h"
#include "ui/ui.h"

struct consumer {
	struct gmem_model *model;
	struct ui *ui;		/* its views collect at each snapshot; NULL: none */
	unsigned long syncs;	/* complete snapshots */
};

/* Applies a record. Skips records that are too short for their kind. Returns 0 or -errno. */
int consumer_apply(struct consumer *p, const struct gmem_hdr *rec);

/*
 * Copies the model as it is now, to be shown while the model goes on. The caller frees it with
 * gmem_model_free(). Returns NULL if out of memory.
 */
struct gmem_model *consumer_snapshot(const struct gmem_model *m);

/* Reports the -errno of a source, or of applying its records. @replay: the recording, or NULL. */
enum gmem_status consumer_fail(struct gmem_error *e, int err, const char *replay);

/*
 * Replay of a recording: one recorded snapshot after the other, each when it is due. Must not
 * read clocks: the caller passes the time.
 */
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

#endif /* GMEMTOP_CONSUMER_H */
