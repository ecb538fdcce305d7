/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * A recording as it is watched: the pictures that were recorded, one after the other, when
 * they are due. Knows no clock: it is told what time it is.
 */
#ifndef GMEMTOP_REPLAY_H
#define GMEMTOP_REPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/source.h"
#include "run/picture.h"

struct replay {
	struct gmem_source *source;	/* of gmem_recording_open() */
	double speed;
	char *records;		/* of the next picture, read ahead: then it is known when it is due */
	size_t used;
	size_t max;
	uint64_t next_ns;	/* its time */
	bool ready;		/* it is there */
	bool ended;		/* and there is none after what was shown */
	uint64_t base_ns;	/* this time of the recording .. */
	int64_t base_ms;	/* .. is shown at this time of the clock */
	bool based;
};

void replay_free(struct replay *r);

/* Reads the next picture, if it is not there yet. 0 or -errno. */
int replay_fetch(struct replay *r);

/* When it is due. Only if it is ready. */
int64_t replay_due_ms(const struct replay *r);

/* The next picture, into the model. 0 or -errno. */
int replay_step(struct replay *r, struct picture *p);

/* From here it goes on, now: after a pause, a seek, or at another speed. */
void replay_rebase(struct replay *r, uint64_t shown_ns, int64_t now_ms);

/*
 * To the first picture that is not before ts_ns, or the last one. The model must be new if
 * that is back in time (anew). 0 or -errno.
 */
int replay_seek(struct replay *r, uint64_t ts_ns, bool anew, struct picture *p);

#endif /* GMEMTOP_REPLAY_H */
