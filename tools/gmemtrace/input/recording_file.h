/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Messages on stderr about a recording or live events that a command reads. */
#ifndef GMEMTRACE_RECORDING_FILE_H
#define GMEMTRACE_RECORDING_FILE_H

#include "recording/recording.h"

#define GMEMTRACE_VERSION "gmemtrace 0.1"	/* creator, in the header of recordings */
#define RECORDING_FILE	"gmemtrace.gmem"	/* by default */

/* Prints a line if the recording was made with filters. */
void recording_file_emit_filters(const struct gmem_recording_info *info);

/* Prints a line if the recording ended early, and one if parts are missing. Call it after reading to the end. */
void recording_file_emit_end(const struct gmem_source *source);

/*
 * Warns, once for each change, if the record reports functions whose programs do not run: their
 * events are missing from all that follows.
 */
void blind_warn(const struct gmem_hdr *rec);

#endif /* GMEMTRACE_RECORDING_FILE_H */
