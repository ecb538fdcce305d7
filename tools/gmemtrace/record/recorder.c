// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "record/recorder.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "abi/conversion.h"
#include "abi/kinds.h"
#include "live/privileges.h"

/* Renames PATH to PATH.1, PATH.1 to PATH.2 and so on; the oldest is overwritten. */
static int make_room(const struct recorder_options *o)
{
	char from[4096], to[4096];

	for (unsigned int n = o->keep; n > 0; n--) {
		if (n == 1)
			snprintf(from, sizeof(from), "%s", o->path);
		else
			snprintf(from, sizeof(from), "%s.%u", o->path, n - 1);
		snprintf(to, sizeof(to), "%s.%u", o->path, n);
		if (rename(from, to) && errno != ENOENT)
			return -errno;
	}
	return 0;
}

static enum gmem_status save_flight(struct recorder *r, struct gmem_error *e)
{
	struct gmem_recording_stats s = { 0 };
	enum gmem_status status = gmem_flight_save(r->flight, r->o.path, r->info, &s, e);

	if (status)
		return status;
	r->done.bytes += s.bytes;
	r->done.records += s.records;
	return GMEM_OK;
}

enum gmem_status recorder_save(struct recorder *r, struct gmem_error *e)
{
	enum gmem_status status = GMEM_OK;
	int err;

	/* Without these capabilities, permissions of the file apply. */
	gmem_privileges_raise(GMEM_CAPS_FILES);
	err = make_room(&r->o);
	if (err)
		status = gmem_fail(e, GMEM_E_IO, "Check that its folder is writable.", "cannot rename %s: %s",
				   r->o.path, strerror(-err));
	else if (r->flight)
		status = save_flight(r, e);
	else
		status = gmem_recording_create(&r->w, r->o.path, r->info, e);
	gmem_privileges_lower(GMEM_CAPS_FILES);
	r->files += !status;
	return status;
}

enum gmem_status recorder_open(struct recorder *r, const struct recorder_options *o,
			       const struct gmem_recording_info *info, struct gmem_error *e)
{
	memset(r, 0, sizeof(*r));
	r->o = *o;
	r->info = info;
	if (o->last_ns) {
		r->flight = gmem_flight_new(o->last_ns, o->max_bytes);
		if (!r->flight)
			return gmem_fail(e, GMEM_E_FAILED, NULL, "out of memory");
		return GMEM_OK;
	}
	if (o->keep && gmem_state_init(&r->state))
		return gmem_fail(e, GMEM_E_FAILED, NULL, "out of memory");
	return recorder_save(r, e);
}

/* Writes a record that is counted already. */
static inline int write_counted(struct recorder *r, const struct gmem_hdr *rec)
{
	int err;

	if (r->flight)
		return gmem_flight_write(r->flight, rec);
	if (!r->state.model)
		return gmem_recording_write(r->w, rec);
	err = gmem_state_learn(&r->state, rec);
	return err ? err : gmem_recording_write(r->w, rec);
}

int recorder_write(void *recorder, const struct gmem_hdr *rec)
{
	struct recorder *r = recorder;

	if (r->full)
		return 0;
	if (gmem_is_event(rec))
		r->events += 1 + gmem_conversion_events(rec);
	return write_counted(r, rec);
}

int recorder_write_operation(struct recorder *r, const struct gmem_hdr *rec)
{
	if (r->full || rec->flags & GMEM_REC_REPEATED)
		return recorder_write(r, rec);
	r->events += 1 + gmem_conversion_events(rec);
	return write_counted(r, rec);
}

struct gmem_recording_stats recorder_stats(const struct recorder *r)
{
	struct gmem_recording_stats s = r->done, now;

	if (!r->w)
		return s;
	gmem_recording_stats(r->w, &now);
	s.bytes += now.bytes;
	s.records += now.records;
	return s;
}

/* Closes the file, which then counts as done. Returns 0, or the -errno of the first error. */
static int close_file(struct recorder *r)
{
	int err;

	r->done = recorder_stats(r);
	err = gmem_recording_close(r->w);
	r->w = NULL;
	return err;
}

/* Starts the next file with the current state, so that it can be read without those before it. */
static int next_file(struct recorder *r)
{
	struct gmem_error e = { 0 };
	int err = close_file(r);

	if (err)
		return err;
	errno = 0;
	if (recorder_save(r, &e))
		return errno ? -errno : -EIO;
	return gmem_state_emit(&r->state, gmem_recording_write, r->w);
}

int recorder_flush(struct recorder *r)
{
	struct gmem_recording_stats s;
	int err;

	if (r->flight)
		return gmem_flight_flush(r->flight);
	err = gmem_recording_flush(r->w);
	gmem_recording_stats(r->w, &s);
	if (err || !r->o.max_bytes || s.bytes < r->o.max_bytes)
		return err;
	if (r->o.keep)
		return next_file(r);
	r->full = true;
	return 0;
}

int recorder_close(struct recorder *r)
{
	int err = close_file(r);

	gmem_flight_free(r->flight);
	r->flight = NULL;
	gmem_state_free(&r->state);
	return err;
}
