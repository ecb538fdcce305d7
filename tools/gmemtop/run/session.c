// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "run/session.h"

#include <stdio.h>
#include <string.h>

#include "recording/recording.h"
#include "run/batch.h"
#include "run/loop.h"
#include "terminal/tui.h"
#include "ui/settings.h"

/* Returns the error of writing the recording, else status. */
static enum gmem_status check_recording(const struct gmemtop_options *o,
					const struct gmem_recording *writer,
					enum gmem_status status, struct gmem_error *e)
{
	int err = writer ? gmem_recording_error(writer) : 0;

	if (!err)
		return status;
	return gmem_fail(e, GMEM_E_IO, "The recording is readable up to the failed write.",
			 "cannot write to %s: %s", o->record, strerror(-err));
}

/* Warns if settings cannot be saved, which does not change the exit status. */
static void save_settings(const struct settings *s, const char *path)
{
	int err = settings_save(s, path);

	if (err)
		fprintf(stderr, "gmemtop: cannot save settings to %s: %s\n"
			"Use --no-config to run without a settings file.\n", path, strerror(-err));
}

/* Options of the command line override settings, and are not saved. */
static void override_settings(struct settings *s, const struct gmemtop_options *o)
{
	if (o->given & GIVEN_SORT)
		s->sort = o->sort;
	if (o->reverse)
		s->reverse = true;
	if (o->given & GIVEN_DELAY)
		s->delay_s = o->delay_s;
	if (o->given & GIVEN_COLORS)
		s->look = (enum ui_look)o->colors;
}

enum gmem_status session_show(struct gmem_source *source, const struct gmemtop_options *o,
			      struct gmem_error *e)
{
	struct display terminal;
	enum gmem_status status = tui_open(&terminal, o->ascii, !o->no_mouse, e);

	if (status)
		return status;
	status = loop_run(source, o, &terminal, e);
	tui_close(&terminal);
	return status;
}

static enum gmem_status run_screen(struct gmem_source *source, const struct gmemtop_options *o,
				   struct gmem_error *e)
{
	struct settings kept, begin, end;
	struct gmemtop_options with = *o;
	enum gmem_status status;
	char path[4096];
	bool persistent = !o->no_config && settings_path(path, sizeof(path));

	settings_default(&kept);
	if (persistent)
		settings_load(&kept, path);
	begin = kept;
	override_settings(&begin, o);
	end = begin;
	with.settings = &end;
	status = session_show(source, &with, e);
	if (persistent && settings_merge(&kept, &begin, &end))
		save_settings(&kept, path);
	return status;
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
		status = gmem_tee_create(&source, &writer, o->record, "gmemtop", e);
	if (!status) {
		status = o->batch ? batch_run(source, o, e) : run_screen(source, o, e);
		status = check_recording(o, writer, status, e);
	}
	gmem_source_close(source);
	return status;
}
