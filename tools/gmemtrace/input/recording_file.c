// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "input/recording_file.h"

#include <stdio.h>
#include <string.h>

#include "views/text.h"

void recording_file_emit_filters(const struct gmem_recording_info *info)
{
	char text[4 * sizeof(info->filters)];

	if (*info->filters)
		fprintf(stderr, "gmemtrace: recorded with filters: %s; maps are complete\n",
			gmem_text_name(text, sizeof(text), info->filters));
}

static const char *why(const struct gmem_recording_state *state, const struct gmem_recording_info *info)
{
	if (info->cut)
		return "there was no room left to write it";
	return state->head_damaged || info->complete ? "its end is missing" :
		"it is being written, or its writer died";
}

void recording_file_emit_end(const struct gmem_source *source)
{
	typedef unsigned long long ull;
	struct gmem_recording_state state;

	gmem_recording_state(source, &state);
	if (state.ended_early)
		fprintf(stderr, "gmemtrace: the recording was not closed: %s\n",
			why(&state, gmem_recording_info(source)));
	if (state.lost_records || state.lost_blocks || state.lost_bytes)
		fprintf(stderr, "gmemtrace: the recording is damaged: lost %llu %s, %llu %s, %llu %s\n",
			(ull)state.lost_records, gmem_text_plural(state.lost_records, "record", "records"),
			(ull)state.lost_blocks, gmem_text_plural(state.lost_blocks, "block", "blocks"),
			(ull)state.lost_bytes, gmem_text_plural(state.lost_bytes, "byte", "bytes"));
	if (state.head_damaged)
		fprintf(stderr, "gmemtrace: its header is damaged: its host, probes and filters are unknown\n");
}

void blind_warn(const struct gmem_hdr *rec)
{
	static char last[GMEM_BLIND_LEN];
	const struct gmem_probes_rec *p = (const struct gmem_probes_rec *)rec;
	char now[GMEM_BLIND_LEN], text[GMEM_BLIND_LEN * 4];

	if (rec->kind != GMEM_PROBES || rec->size < sizeof(*p))
		return;
	memcpy(now, p->blind, sizeof(now));
	now[sizeof(now) - 1] = '\0';
	if (*now && strcmp(now, last))
		fprintf(stderr, "gmemtrace: blind: programs on %s do not run: their events are missing\n"
			"See docs/truth.md, \"Does every probe fire?\".\n", gmem_text_name(text, sizeof(text), now));
	memcpy(last, now, sizeof(last));
}
