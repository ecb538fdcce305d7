/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What commands that read a recording tell of it on stderr. */
#ifndef GMEMTRACE_RECORDING_FILE_H
#define GMEMTRACE_RECORDING_FILE_H

#include "recording/recording.h"

#define GMEMTRACE_VERSION "gmemtrace 0.1"	/* recordings tell it of who made them */
#define RECORDING_FILE	"gmemtrace.gmem"	/* where no other is named */

/* A line, if not all was recorded. */
void recording_file_tell_filters(const struct gmem_recording_info *info);

/* A line for each: it ended early; parts of it are missing. To be called at the end of it. */
void recording_file_tell_end(const struct gmem_source *source);

#endif /* GMEMTRACE_RECORDING_FILE_H */
