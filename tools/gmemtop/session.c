// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "session.h"

#include <stdio.h>
#include <string.h>

#include "batch.h"
#include "recording.h"
#include "tui.h"

/* What goes to the screen goes to the file, too. On failure *source is as it was. */
static enum gmem_status begin_recording(struct gmem_source **source, struct gmem_recording **writer,
					const struct gmemtop_options *o, struct gmem_error *e)
{
	struct gmem_recording_info info;
	enum gmem_status status;
	struct gmem_source *tee;

	gmem_recording_host_info(&info, "gmemtop");
	snprintf(info.probes, sizeof(info.probes), "%s", gmem_source_describe(*source));
	snprintf(info.command, sizeof(info.command), "gmemtop --record");
	status = gmem_recording_create(writer, o->record, &info, e);
	if (status)
		return status;
	tee = gmem_tee_open(*source, *writer);
	if (!tee) {
		gmem_recording_close(*writer);
		*writer = NULL;
		return gmem_fail(e, GMEM_E_FAILED, NULL, "out of memory");
	}
	*source = tee;
	return GMEM_OK;
}

/* An error of the file is not one of the events. */
static enum gmem_status judge_recording(const struct gmemtop_options *o,
					const struct gmem_recording *writer,
					enum gmem_status status, struct gmem_error *e)
{
	int err = writer ? gmem_recording_error(writer) : 0;

	if (!err)
		return status;
	return gmem_fail(e, GMEM_E_IO, "What was written up to then can be read.",
			 "cannot write to %s: %s", o->record, strerror(-err));
}

enum gmem_status session_run(struct gmem_source *live, const struct gmemtop_options *o,
			     struct gmem_error *e)
{
	struct gmem_recording *writer = NULL;
	struct gmem_source *source = live;
	enum gmem_status status = GMEM_OK;

	if (o->replay)
		status = gmem_recording_open(&source, o->replay, e);
	else if (o->record)
		status = begin_recording(&source, &writer, o, e);
	if (!status) {
		status = o->batch ? batch_run(source, o, e) : tui_run(source, o, e);
		status = judge_recording(o, writer, status, e);
	}
	gmem_source_close(source);
	return status;
}
