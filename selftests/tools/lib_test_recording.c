// SPDX-License-Identifier: GPL-2.0-only
/* A recording is read as it was written, and snapshots stay separate. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "abi/kinds.h"
#include "recording_make.h"

#define SEED 20261124

/* Comparison of the records read with the same random numbers again. */
struct expected {
	struct rng rng;
	uint64_t now_ns;
	unsigned int kind;	/* 0: any */
	uint64_t n;
};

static void make_next(struct expected *x, union any_record *r)
{
	if (x->kind)
		make_record_of(&x->rng, &x->now_ns, x->kind, r);
	else
		make_record(&x->rng, &x->now_ns, r);
	x->n++;
}

/* Returns the used size: records of maps have no data after their extents. */
static size_t meaningful(const union any_record *r)
{
	switch (r->h.kind) {
	case GMEM_SCAN_MAP:
	case GMEM_PAGES:
	case GMEM_SHARED_PAGES:
	case GMEM_DOUBLE_BACKED:
		return offsetof(struct gmem_map_rec, extents) + r->map.nr * sizeof(*r->map.extents);
	default:
		return r->h.size;
	}
}

static int is_expected(void *ctx, const struct gmem_hdr *rec)
{
	static union any_record want;

	make_next(ctx, &want);
	assert_memory_equal(rec, &want, meaningful(&want));
	return 0;
}

static void write_some(const char *path, struct expected x, unsigned int n)
{
	struct gmem_recording *w = make_create(path);
	static union any_record r;

	while (n--) {
		make_next(&x, &r);
		assert_int_equal(gmem_recording_write(w, &r.h), 0);
	}
	assert_int_equal(gmem_recording_close(w), 0);
}

static void read_some(const char *path, struct expected x, unsigned int n)
{
	struct gmem_source *s = NULL;
	struct gmem_recording_state state;
	struct gmem_error e;
	int got = 0;

	assert_int_equal(gmem_recording_open(&s, path, &e), GMEM_OK);
	while (got >= 0) {
		got = gmem_source_poll(s, 0, is_expected, &x);
		if (!got)
			got = gmem_source_sync(s, is_expected, &x);
	}
	assert_int_equal(got, -ENODATA);
	assert_int_equal(x.n, n);
	gmem_recording_state(s, &state);
	assert_int_equal(state.records, n);
	assert_int_equal(state.lost_records, 0);
	assert_int_equal(state.lost_bytes, 0);
	assert_true(state.at_end);
	assert_false(state.ended_early);
	gmem_source_close(s);
}

static void every_kind_comes_back(void **state)
{
	(void)state;
	make_start();
	for (unsigned int kind = 1; kind < GMEM_KINDS + 3; kind++) {
		struct expected x = { .rng = { SEED + kind }, .kind = kind };

		write_some(make_path("kind"), x, 50);
		read_some(make_path("kind"), x, 50);
	}
	make_done();
}

static void random_records_come_back(void **state)
{
	(void)state;
	make_start();
	for (unsigned int round = 0; round < 10; round++) {
		struct expected x = { .rng = { SEED + round } };

		write_some(make_path("random"), x, 2000);
		read_some(make_path("random"), x, 2000);
	}
	make_done();
}

static void an_empty_one_can_be_read(void **state)
{
	struct expected x = { .rng = { SEED } };

	(void)state;
	make_start();
	write_some(make_path("empty"), x, 0);
	read_some(make_path("empty"), x, 0);
	make_done();
}

static void write_event(struct gmem_recording *w, unsigned int kind, uint64_t ts_ns)
{
	struct gmem_rec r = REC(1, kind, .h.ts_ns = ts_ns);

	assert_int_equal(gmem_recording_write(w, &r.h), 0);
}

/* Writes two snapshots, and events after the last. */
static void write_snapshots(const char *path)
{
	struct gmem_recording *w = make_create(path);

	write_event(w, GMEM_CREATE, 10);
	write_event(w, GMEM_BIND, 11);
	write_event(w, GMEM_SYNC, 12);
	write_event(w, GMEM_RELEASE, 20);
	write_event(w, GMEM_SYNC, 21);
	write_event(w, GMEM_VM_END, 30);
	assert_int_equal(gmem_recording_close(w), 0);
}

static int count_records(void *ctx, const struct gmem_hdr *rec)
{
	(void)rec;
	++*(unsigned int *)ctx;
	return 0;
}

static void nothing_is_emitted_beyond_a_snapshot(void **state)
{
	struct gmem_source *s = NULL;
	struct gmem_error e;
	unsigned int n = 0;

	(void)state;
	make_start();
	write_snapshots(make_path("snapshots"));
	assert_int_equal(gmem_recording_open(&s, make_path("snapshots"), &e), GMEM_OK);
	assert_int_equal(gmem_source_poll(s, 0, count_records, &n), 2);
	assert_int_equal(gmem_source_poll(s, 0, count_records, &n), 0);
	assert_int_equal(gmem_source_poll(s, 0, count_records, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(gmem_source_sync(s, count_records, &n), 0);
	assert_int_equal(n, 3);
	assert_int_equal(gmem_source_sync(s, count_records, &n), 0);
	assert_int_equal(n, 5);
	assert_int_equal(gmem_source_sync(s, count_records, &n), -ENODATA);
	assert_int_equal(n, 6);
	assert_int_equal(gmem_source_poll(s, 0, count_records, &n), -ENODATA);
	assert_int_equal(n, 6);
	gmem_source_close(s);
	make_done();
}

/* After any number of snapshots, a rewind leads to the first one. */
static void it_rewinds(void **state)
{
	static const unsigned int records[] = { 0, 3, 5, 6 };
	struct gmem_source *s = NULL;
	struct gmem_error e;

	(void)state;
	make_start();
	write_snapshots(make_path("snapshots"));
	assert_int_equal(gmem_recording_open(&s, make_path("snapshots"), &e), GMEM_OK);
	for (size_t i = 0; i < sizeof(records) / sizeof(*records); i++) {
		unsigned int n = 0;

		for (size_t k = 0; k < i; k++)
			gmem_source_sync(s, count_records, &n);
		assert_int_equal(n, records[i]);
		assert_int_equal(gmem_recording_rewind(s), 0);
	}
	gmem_source_close(s);
	make_done();
}

static void it_tells_what_it_is(void **state)
{
	const struct gmem_recording_info *info;
	struct gmem_source *s = NULL;
	struct gmem_error e;

	(void)state;
	make_start();
	write_snapshots(make_path("snapshots"));
	assert_int_equal(gmem_recording_open(&s, make_path("snapshots"), &e), GMEM_OK);
	info = gmem_recording_info(s);
	assert_string_equal(info->creator, "test");
	assert_string_equal(gmem_source_describe(s), "made up");
	assert_int_equal(info->id, 42);
	assert_int_equal(info->nr_records, 6);
	assert_int_equal(info->first_ns, 10);
	assert_int_equal(info->last_ns, 30);
	assert_true(info->complete);
	gmem_source_close(s);
	make_done();
}

static void what_is_flushed_can_be_read(void **state)
{
	struct gmem_recording *w;
	struct made m;

	(void)state;
	make_start();
	w = make_create(make_path("open"));
	write_event(w, GMEM_CREATE, 10);
	assert_int_equal(gmem_recording_flush(w), 0);
	write_event(w, GMEM_BIND, 11);
	assert_int_equal(make_read(make_path("open"), &m), GMEM_OK);
	assert_int_equal(m.records, 1);
	assert_true(m.state.ended_early);
	assert_int_equal(m.lost, 0);
	assert_int_equal(gmem_recording_close(w), 0);
	assert_int_equal(make_read(make_path("open"), &m), GMEM_OK);
	assert_int_equal(m.records, 2);
	assert_false(m.state.ended_early);
	make_done();
}

static void more_may_come_after_the_end(void **state)
{
	struct gmem_source *s = NULL;
	struct gmem_recording *w;
	struct gmem_error e;
	unsigned int n = 0;

	(void)state;
	make_start();
	w = make_create(make_path("open"));
	write_event(w, GMEM_CREATE, 10);
	assert_int_equal(gmem_recording_flush(w), 0);
	assert_int_equal(gmem_recording_open(&s, make_path("open"), &e), GMEM_OK);
	assert_int_equal(gmem_source_poll(s, 0, count_records, &n), 1);
	assert_int_equal(gmem_source_poll(s, 0, count_records, &n), -ENODATA);
	write_event(w, GMEM_BIND, 11);
	assert_int_equal(gmem_recording_close(w), 0);
	assert_int_equal(gmem_source_poll(s, 0, count_records, &n), 1);
	assert_int_equal(gmem_source_poll(s, 0, count_records, &n), -ENODATA);
	gmem_source_close(s);
	make_done();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(every_kind_comes_back),
	cmocka_unit_test(random_records_come_back),
	cmocka_unit_test(an_empty_one_can_be_read),
	cmocka_unit_test(nothing_is_emitted_beyond_a_snapshot),
	cmocka_unit_test(it_rewinds),
	cmocka_unit_test(it_tells_what_it_is),
	cmocka_unit_test(what_is_flushed_can_be_read),
	cmocka_unit_test(more_may_come_after_the_end),
};

TEST_UNIT(recording_unit, tests);
