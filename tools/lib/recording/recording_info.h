/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What a recording says of itself: between struct gmem_recording_info and the file's header. */
#ifndef GMEM_RECORDING_INFO_H
#define GMEM_RECORDING_INFO_H

#include "recording/recording.h"
#include "recording/recording_format.h"
#include "recording/recording_layout.h"

/* Writes lines into buf of RECORDING_META_MAX bytes; returns how many bytes. */
size_t recording_info_write(const struct gmem_recording_info *info, char *buf);

/* Reads them. What it does not know is passed over. */
void recording_info_read(struct gmem_recording_info *info, struct layouts *layouts,
			 const char *buf, size_t size);

#endif /* GMEM_RECORDING_INFO_H */
