// SPDX-License-Identifier: GPL-2.0-only
/*
 * A stream that begins in the middle gives the same state as the whole one; and the flight
 * recorder.
 */
#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "model/state.h"
#include "record/flight.h"
#include "recording_make.h"
#include "views/json.h"

#define GFNS 100000	/* enough for extents of more than one record */

/* Random operations of VMs, and snapshots. */
struct world {
	struct rng rng;
	uint64_t now_ns;
	gmem_record_fn fn;
	void *ctx;
	uint64_t counts[4];
};

static void emit(struct world *w, void *rec, unsigned int kind, size_t size)
{
	struct gmem_hdr *h = rec;

	h->kind = (uint16_t)kind;
	h->size = (uint16_t)size;
	h->ts_ns = w->now_ns += 1 + rng_below(&w->rng, 1000);
	h->tgid = (uint32_t)h->vm * 10;
	if (!h->tid)
		h->tid = h->tgid;
	assert_int_equal(w->fn(w->ctx, h), 0);
}

static void begin(struct world *w)
{
	struct gmem_probes_rec probes = { .features = 0x1ff, .set = "made up" };

	w->now_ns = 1000000;
	emit(w, &probes, GMEM_PROBES, sizeof(probes));
	for (uint64_t vm = 1; vm < 4; vm++) {
		struct gmem_vm_rec r = { .h.vm = vm, .start_ns = 5, .vcpus = 2, .comm = "vmm",
					 .flags = vm == 3 ? GMEM_VM_SCANNED : 0 };
		struct gmem_name_rec name = { .h.vm = vm, .name = "web", .cgroup = "/a" };

		emit(w, &r, GMEM_VM, sizeof(r));
		emit(w, &name, GMEM_NAME, sizeof(name));
		emit(w, &REC(vm, 0, .ino = vm * 7, .end = GFNS), GMEM_CREATE, sizeof(struct gmem_rec));
		emit(w, &REC(vm, 0, .ino = vm * 7, .start = 16, .end = GFNS + 16, .aux = 1),
		     GMEM_BIND, sizeof(struct gmem_rec));
	}
}

static void one_event(struct world *w)
{
	uint64_t vm = 1 + rng_below(&w->rng, 3), start = rng_below(&w->rng, GFNS);
	struct gmem_rec r = REC(vm, 0, .h.tid = (uint32_t)(vm * 10 + rng_below(&w->rng, 3)),
				.start = start, .end = start + 1 + rng_below(&w->rng, 64),
				.arg = rng_below(&w->rng, 2) * TEST_PRIVATE);

	if (rng_below(&w->rng, 2)) {
		emit(w, &r, GMEM_ATTRIBUTES_BEGIN, sizeof(r));
		return;
	}
	r.dur_ns = rng_below(&w->rng, 10000);
	r.aux = 1;
	w->counts[vm]++;
	emit(w, &r, GMEM_ATTRIBUTES_END, sizeof(r));
}

static void snapshot(struct world *w)
{
	struct gmem_lost_rec lost = { .lost = { w->now_ns / 1000000 } };

	for (uint64_t vm = 1; vm < 4; vm++) {
		struct gmem_counters_rec r = { .h.vm = vm, .c.conversion[0].count = w->counts[vm] };

		emit(w, &r, GMEM_COUNTERS, sizeof(r));
	}
	emit(w, &lost, GMEM_LOST, sizeof(lost));
	emit(w, &REC(0, 0, .ret = 0), GMEM_SYNC, sizeof(struct gmem_rec));
}

static void run_rounds(struct world *w, unsigned int snapshots)
{
	while (snapshots--) {
		for (int n = 0; n < 50; n++)
			one_event(w);
		snapshot(w);
	}
}

/* Returns the model as JSON, without the number of events. */
static char *shown(struct gmem_model *m)
{
	struct json_object *o;
	char *text;

	m->nr_events = 0;
	o = gmem_json_model(m, "made up", 0);
	text = strdup(json_object_to_json_string(o));
	json_object_put(o);
	return text;
}

static void assert_shows(struct gmem_model *a, struct gmem_model *b)
{
	char *x = shown(a), *y = shown(b);

	assert_string_equal(x, y);
	free(x);
	free(y);
}

static int learn(void *ctx, const struct gmem_hdr *rec)
{
	return gmem_state_learn(ctx, rec);
}

static int learn_state(void *ctx, const struct gmem_hdr *rec)
{
	assert_false(gmem_is_event(rec));
	return gmem_state_learn(ctx, rec);
}

static void a_state_is_emitted_whole(void **state)
{
	(void)state;
	for (unsigned int n = 0; n < 20; n++) {
		struct gmem_state a, b;
		struct world w = { .rng = { n }, .fn = learn, .ctx = &a }, there;

		assert_int_equal(gmem_state_init(&a), 0);
		assert_int_equal(gmem_state_init(&b), 0);
		begin(&w);
		run_rounds(&w, 5 * n);
		one_event(&w);
		assert_int_equal(gmem_state_emit(&a, learn_state, &b), 0);
		assert_int_equal(b.model->nr_events, 0);
		assert_shows(a.model, b.model);
		/* The rest has the same effect on both. */
		there = w;
		there.ctx = &b;
		run_rounds(&w, 2);
		run_rounds(&there, 2);
		assert_shows(a.model, b.model);
		gmem_state_free(&b);
		gmem_state_free(&a);
	}
}

struct both {
	struct gmem_state all;
	struct gmem_flight *flight;
};

static int into_both(void *ctx, const struct gmem_hdr *rec)
{
	struct both *b = ctx;
	int err = gmem_state_learn(&b->all, rec);

	if (!err)
		err = gmem_flight_write(b->flight, rec);
	if (!err && rec->kind == GMEM_SYNC)
		err = gmem_flight_flush(b->flight);
	return err;
}

static void read_back(const char *path, struct gmem_state *s, uint64_t *first_ns)
{
	struct gmem_source *source = NULL;
	struct gmem_error e;
	int err;

	assert_int_equal(gmem_recording_open(&source, path, &e), GMEM_OK);
	*first_ns = gmem_recording_info(source)->first_ns;
	do
		err = gmem_source_sync(source, learn, s);
	while (!err);
	assert_int_equal(err, -ENODATA);
	assert_int_equal(s->model->lost[GMEM_LOST_DAMAGED], 0);
	gmem_source_close(source);
}

static void the_flight_recorder_keeps_the_end(void **state)
{
	struct gmem_recording_info info = { .creator = "test" };
	struct both b = { .flight = gmem_flight_new(200000, 1 << 20) };
	struct world w = { .rng = { 4 }, .fn = into_both, .ctx = &b };
	struct gmem_recording_stats stats;
	struct gmem_error e;
	uint64_t first_ns;

	(void)state;
	make_start();
	assert_int_equal(gmem_state_init(&b.all), 0);
	begin(&w);
	for (int round = 0; round < 4; round++) {
		struct gmem_state again;

		run_rounds(&w, 20);
		assert_int_equal(gmem_flight_save(b.flight, make_path("flight"), &info, &stats, &e), GMEM_OK);
		assert_true(stats.records > 300 && stats.records < 1000);
		assert_int_equal(gmem_state_init(&again), 0);
		read_back(make_path("flight"), &again, &first_ns);
		assert_shows(b.all.model, again.model);
		gmem_state_free(&again);
	}
	gmem_state_free(&b.all);
	gmem_flight_free(b.flight);
	make_done();
}

static void the_flight_recorder_is_bounded(void **state)
{
	struct gmem_recording_info info = { .creator = "test" };
	struct both b = { .flight = gmem_flight_new(UINT64_MAX, 4096) };
	struct world w = { .rng = { 4 }, .fn = into_both, .ctx = &b };
	struct gmem_recording_stats stats;
	struct gmem_error e;

	(void)state;
	make_start();
	assert_int_equal(gmem_state_init(&b.all), 0);
	begin(&w);
	run_rounds(&w, 100);
	assert_int_equal(gmem_flight_save(b.flight, make_path("flight"), &info, &stats, &e), GMEM_OK);
	assert_true(stats.bytes < 4096 + 8192);
	gmem_state_free(&b.all);
	gmem_flight_free(b.flight);
	make_done();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_state_is_emitted_whole),
	cmocka_unit_test(the_flight_recorder_keeps_the_end),
	cmocka_unit_test(the_flight_recorder_is_bounded),
};

TEST_UNIT(state_unit, tests);
