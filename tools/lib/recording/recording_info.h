/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Conversion between struct gmem_recording_info and the lines of the file header. */
#ifndef GMEM_RECORDING_INFO_H
#define GMEM_RECORDING_INFO_H

#include "recording/recording.h"
#include "recording/recording_format.h"
#include "recording/recording_layout.h"

/* Writes the lines into @buf of RECORDING_META_MAX bytes; returns the number of bytes. */
size_t recording_info_write(const struct gmem_recording_info *info, char *buf);

/* Reads the lines; skips unknown ones. */
void recording_info_read(struct gmem_recording_info *info, struct layouts *layouts,
			 const char *buf, size_t size);

#endif /* GMEM_RECORDING_INFO_H */
