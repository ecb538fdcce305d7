// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzz target: reads the bytes as a recording or, if they do not begin as one, as the contents of a
 * block, and feeds all records to an analysis.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "abi/kinds.h"
#include "analysis/analysis.h"
#include "recording/recording.h"
#include "recording/recording_decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MOST_RECORDS 20000	/* per input: a small block can have very many */

struct run {
	struct gmem_analysis *analysis;
	unsigned int left;
};

static int on_record(void *ctx, const struct gmem_hdr *rec)
{
	struct run *run = ctx;
	size_t known = gmem_kind_bytes(rec->kind);
	static volatile uint8_t sum;

	if (rec->size < sizeof(*rec) || rec->size < known)
		abort();
	for (size_t i = 0; i < rec->size; i++)
		sum ^= ((const uint8_t *)rec)[i];
	gmem_analysis_apply(run->analysis, rec, true);
	return --run->left ? 0 : -ECANCELED;
}

static void read_all(struct gmem_source *s, struct run *run)
{
	int err = 0;

	while (err >= 0) {
		err = gmem_source_poll(s, 0, on_record, run);
		if (!err)
			err = gmem_source_sync(s, on_record, run);
	}
}

static void read_file(const uint8_t *data, size_t size, struct run *run)
{
	struct gmem_recording_state state;
	struct gmem_source *s = NULL;
	struct gmem_error e = { 0 };
	static int fd = -1;
	char path[64];

	if (fd < 0)
		fd = memfd_create("recording", MFD_CLOEXEC);
	if (fd < 0 || ftruncate(fd, 0) || pwrite(fd, data, size, 0) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (gmem_recording_open(&s, path, &e))
		return;
	read_all(s, run);
	gmem_recording_state(s, &state);
	if (!gmem_recording_rewind(s))
		read_all(s, &(struct run){ run->analysis, 100 });
	gmem_source_close(s);
}

/*
 * Reads the contents of a block. The first two bytes are the number of records, the third the
 * length of a layout that follows.
 */
static void read_block(const uint8_t *data, size_t size, struct run *run)
{
	static struct decoder decoder;
	static struct layouts layouts;
	const struct gmem_hdr *rec;
	uint8_t *padded;
	size_t n;
	char text[65];

	if (size < 3)
		return;
	n = data[2] % 64 < size - 3 ? data[2] % 64 : 0;
	memcpy(text, data + 3, n);
	text[n] = '\0';
	layouts = layouts_here;
	for (unsigned int kind = GMEM_KINDS; n && kind < GMEM_KINDS_MAX; kind++)
		layout_parse(&layouts.kind[kind], text);
	size -= 3 + n;
	padded = calloc(1, size + DECODER_PAD);
	memcpy(padded, data + 3 + n, size);
	decoder_begin(&decoder, &layouts, padded, size, get_le16(data), 0);
	while ((rec = decoder_next(&decoder)) && !on_record(run, rec))
		;
	free(padded);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct run run = { gmem_analysis_new(), MOST_RECORDS };

	if (!run.analysis)
		abort();
	if (size >= 8 && !memcmp(data, "GMEMREC\n", 8))
		read_file(data, size, &run);
	else
		read_block(data, size, &run);
	gmem_analysis_free(run.analysis);
	return 0;
}
