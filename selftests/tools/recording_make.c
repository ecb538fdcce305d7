// SPDX-License-Identifier: GPL-2.0-only
#include "recording_make.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abi/kinds.h"

char make_dir[64];

static size_t random_size(struct rng *rng, unsigned int kind)
{
	size_t known = gmem_kind_bytes(kind);

	if (!known)
		return sizeof(struct gmem_hdr) + rng_below(rng, 300);
	if (kind == GMEM_ATTRIBUTES_END && rng_below(rng, 2))
		known = sizeof(struct gmem_conversion_rec);
	/* Sometimes a kind of a later version. */
	return known + (rng_below(rng, 8) ? 0 : rng_below(rng, 40));
}

static void fill_numbers(struct rng *rng, uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t v = rng_below(rng, 3) ? rng_magnitude(rng) : 0;

		memcpy(p + 8 * i, &v, 8);
	}
}

void make_record_of(struct rng *rng, uint64_t *now_ns, unsigned int kind, union any_record *r)
{
	size_t size = random_size(rng, kind);

	memset(r, 0, sizeof(*r));
	fill_numbers(rng, r->bytes + sizeof(r->h), (size - sizeof(r->h)) / 8);
	for (size_t i = size - (size - sizeof(r->h)) % 8; i < size; i++)
		r->bytes[i] = (uint8_t)rng_next(rng);
	*now_ns += rng_below(rng, 20) ? rng_below(rng, 5000) : rng_magnitude(rng) >> 20;
	r->h.ts_ns = *now_ns - (rng_below(rng, 10) ? 0 : rng_below(rng, 3000));
	r->h.vm = rng_below(rng, 4);
	r->h.tgid = (uint32_t)(r->h.vm * 100);
	r->h.tid = r->h.tgid + (uint32_t)rng_below(rng, 3);
	r->h.cpu = (uint32_t)rng_below(rng, 2);
	r->h.kind = (uint16_t)kind;
	r->h.size = (uint16_t)size;
	if (kind == GMEM_LOST)
		((struct gmem_lost_rec *)r)->lost[GMEM_LOST_DAMAGED] = 0;
	if (kind == GMEM_SCAN_MAP || kind == GMEM_PAGES || kind == GMEM_SHARED_PAGES ||
	    kind == GMEM_DOUBLE_BACKED)
		r->map.nr = rng_below(rng, GMEM_MAP_EXTENTS + 1);
}

void make_record(struct rng *rng, uint64_t *now_ns, union any_record *r)
{
	static const unsigned int strange[] = { 0, 63, 64, 126, 127, 128, 65535 };
	unsigned int kind = 1 + (unsigned int)rng_below(rng, GMEM_KINDS - 1);

	if (!rng_below(rng, 30))
		kind = strange[rng_below(rng, 7)];
	make_record_of(rng, now_ns, kind, r);
}

void make_start(void)
{
	strcpy(make_dir, "/tmp/gmem-recording-XXXXXX");
	assert_non_null(mkdtemp(make_dir));
}

void make_done(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", make_dir);
	assert_int_equal(system(command), 0);
}

const char *make_path(const char *name)
{
	static char path[2][128];
	static int n;

	n = !n;
	snprintf(path[n], sizeof(path[n]), "%s/%s", make_dir, name);
	return path[n];
}

struct gmem_recording *make_create(const char *path)
{
	struct gmem_recording_info info = { .creator = "test", .probes = "made up", .id = 42 };
	struct gmem_recording *w = NULL;
	struct gmem_error e = { 0 };

	assert_int_equal(gmem_recording_create(&w, path, &info, &e), GMEM_OK);
	return w;
}

static int on_record(void *ctx, const struct gmem_hdr *rec)
{
	const uint8_t *p = (const uint8_t *)rec;
	struct made *m = ctx;

	assert_true(rec->size >= sizeof(*rec));
	if (gmem_kind(rec->kind))
		assert_true(rec->size >= gmem_kind_bytes(rec->kind));
	if (rec->kind == GMEM_LOST) {
		m->lost = ((const struct gmem_lost_rec *)rec)->lost[GMEM_LOST_DAMAGED];
		return 0;
	}
	m->records++;
	m->syncs += rec->kind == GMEM_SYNC;
	for (size_t i = 0; i < rec->size; i++)
		m->sum = (m->sum ^ p[i]) * 0x100000001b3;
	return 0;
}

enum gmem_status make_read(const char *path, struct made *m)
{
	struct gmem_source *s = NULL;
	struct gmem_error e = { 0 };
	enum gmem_status status = gmem_recording_open(&s, path, &e);

	memset(m, 0, sizeof(*m));
	if (status)
		return status;
	while (m->err >= 0) {
		m->err = gmem_source_poll(s, 0, on_record, m);
		if (!m->err)
			m->err = gmem_source_sync(s, on_record, m);
	}
	gmem_recording_state(s, &m->state);
	gmem_source_close(s);
	return GMEM_OK;
}

uint8_t *make_slurp(const char *path, size_t *size)
{
	uint8_t *bytes = malloc(8 << 20);
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	assert_non_null(bytes);
	*size = fread(bytes, 1, 8 << 20, f);
	fclose(f);
	return bytes;
}

void make_spill(const char *path, const uint8_t *bytes, size_t size)
{
	FILE *f;

	/*
	 * Remove the file first: one that is truncated and rewritten would be flushed to disk at
	 * once.
	 */
	unlink(path);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, size, f), size);
	assert_int_equal(fclose(f), 0);
}
