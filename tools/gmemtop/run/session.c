// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "run/session.h"

#include <stdio.h>
#include <string.h>

#include "recording/recording.h"
#include "run/batch.h"
#include "run/loop.h"
#include "terminal/tui.h"
#include "ui/settings.h"

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

/* Told after the screen is gone; it is no failure of what was asked for. */
static void remember(const struct settings *s, const char *path)
{
	int err = settings_save(s, path);

	if (err)
		fprintf(stderr, "gmemtop: cannot remember settings in %s: %s\n"
			"Use --no-config to have none.\n", path, strerror(-err));
}

/* What the command line says goes before what is remembered, and is not remembered. */
static void override(struct settings *s, const struct gmemtop_options *o)
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
	bool remembers = !o->no_config && settings_path(path, sizeof(path));

	settings_default(&kept);
	if (remembers)
		settings_load(&kept, path);
	begin = kept;
	override(&begin, o);
	end = begin;
	with.settings = &end;
	status = session_show(source, &with, e);
	if (remembers && settings_merge(&kept, &begin, &end))
		remember(&kept, path);
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
		status = judge_recording(o, writer, status, e);
	}
	gmem_source_close(source);
	return status;
}
