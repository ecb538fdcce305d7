// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Conversion of records to nested slices: a track for each thread of a VM, and another for its
 * invalidation windows, which overlap phases. Owns the tracks and their open slices.
 * Longer than 400 lines because every kind of slice opens and closes what is open on a track.
 */
#define HASH_NONFATAL_OOM 1	/* uthash would exit */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "abi/conversion.h"
#include "abi/kinds.h"
#include "export/export.h"
#include "model/metrics.h"

#define DEPTH 16	/* nested slices; the kernel nests fewer */

#define LOCK_PHASE	0xffff	/* kind of the slice of the phase lock, which no record begins */

const char *const export_counter_names[EXPORT_COUNTERS] = {
	[EXPORT_PRIVATE]	= "private_bytes",
	[EXPORT_SHARED]		= "shared_bytes",
	[EXPORT_POPULATED]	= "populated_bytes",
};

struct track_key {
	uint64_t vm;
	uint32_t tid;
	uint32_t windows;
};

struct track {
	struct track_key key;
	struct export_track t;
	uint64_t now_ns;	/* slices begin and end no earlier */
	uint32_t vcpu;		/* + 1; 0: unknown */
	unsigned int depth;
	uint16_t open[DEPTH];	/* kinds of the open slices */
	uint64_t begin_ns[DEPTH];
	UT_hash_handle hh;
};

struct vm_state {
	uint64_t id;
	uint64_t bytes[EXPORT_COUNTERS];
	bool emitted[EXPORT_COUNTERS];
	UT_hash_handle hh;
};

struct export_trace {
	struct export_writer *w;
	struct gmem_model *model;
	struct track *tracks;
	struct vm_state *vms;
	uint64_t last_id;
	uint64_t unpaired;
};

struct export_trace *export_trace_new(struct export_writer *w)
{
	struct export_trace *t = calloc(1, sizeof(*t));

	if (t)
		t->model = gmem_model_new();
	if (t && t->model) {
		t->w = w;
		return t;
	}
	free(t);
	return NULL;
}

void export_trace_free(struct export_trace *t)
{
	struct track *track, *tmp;
	struct vm_state *vm, *vtmp;

	if (!t)
		return;
	HASH_ITER(hh, t->tracks, track, tmp) {
		HASH_DEL(t->tracks, track);
		free(track);
	}
	HASH_ITER(hh, t->vms, vm, vtmp) {
		HASH_DEL(t->vms, vm);
		free(vm);
	}
	gmem_model_free(t->model);
	t->w->free(t->w);
	free(t);
}

uint64_t export_trace_unpaired(const struct export_trace *t)
{
	return t->unpaired;
}

static int name_track(struct export_trace *t, const struct track *track)
{
	char name[64];

	if (track->key.windows)
		snprintf(name, sizeof(name), "tid %u: invalidation windows", track->key.tid);
	else if (track->vcpu)
		snprintf(name, sizeof(name), "vCPU %u (tid %u)", track->vcpu - 1, track->key.tid);
	else
		snprintf(name, sizeof(name), "tid %u", track->key.tid);
	return t->w->track(t->w, &track->t, name);
}

static struct track *get_track(struct export_trace *t, const struct gmem_hdr *h, bool windows, int *err)
{
	struct track_key key = { h->vm, h->tid, windows };
	struct track *track;

	*err = 0;
	HASH_FIND(hh, t->tracks, &key, sizeof(key), track);
	if (track)
		return track;
	*err = -ENOMEM;
	track = calloc(1, sizeof(*track));
	if (!track)
		return NULL;
	track->key = key;
	track->t = (struct export_track){ h->vm, h->tid, windows, ++t->last_id };
	HASH_ADD(hh, t->tracks, key, sizeof(track->key), track);
	if (!track->hh.tbl) {
		free(track);
		return NULL;
	}
	*err = 0;
	return track;
}

static uint64_t not_before(struct track *track, uint64_t ts_ns)
{
	if (ts_ns > track->now_ns)
		track->now_ns = ts_ns;
	return track->now_ns;
}

static int open_slice(struct export_trace *t, struct track *track, uint16_t kind, uint64_t ts_ns,
		      const char *name, const struct export_args *args)
{
	if (track->depth == DEPTH)
		return 0;
	track->open[track->depth] = kind;
	track->begin_ns[track->depth++] = ts_ns;
	return t->w->begin(t->w, &track->t, ts_ns, name, args);
}

static int close_slice(struct export_trace *t, struct track *track, uint64_t ts_ns,
		       const struct export_args *args)
{
	track->depth--;
	return t->w->end(t->w, &track->t, ts_ns, args);
}

/* Returns the depth of the open slice of that kind, or -1. */
static int find_open(const struct track *track, uint16_t kind)
{
	int i = (int)track->depth - 1;

	while (i >= 0 && track->open[i] != kind)
		i--;
	return i;
}

static bool is_phase(uint16_t kind)
{
	return kind == GMEM_ATTRIBUTES_PHASE || kind == LOCK_PHASE;
}

/* Closes the slices above @depth: their ends were lost. */
static int close_above(struct export_trace *t, struct track *track, int depth, uint64_t ts_ns)
{
	int err = 0;

	while (!err && (int)track->depth > depth) {
		t->unpaired += !is_phase(track->open[track->depth - 1]);
		err = close_slice(t, track, ts_ns, NULL);
	}
	return err;
}

static const char *slice_name(const struct gmem_rec *r, const struct gmem_kind_info *k)
{
	switch (r->h.kind) {
	case GMEM_ATTRIBUTES_BEGIN:
	case GMEM_ATTRIBUTES_END:
		return gmem_rec_direction(r) == GMEM_TO_PRIVATE ? "convert to private" : "convert to shared";
	case GMEM_FALLOCATE_BEGIN:
	case GMEM_FALLOCATE_END:
		return gmem_rec_punches(r) ? "punch" : "allocate";
	case GMEM_INVALIDATE_BEGIN:
	case GMEM_INVALIDATE_END:
		return r->ino ? "invalidate guest_memfd" : "invalidate gfns";
	default:
		return k->op;
	}
}

static int begin_operation(struct export_trace *t, struct track *track, const struct gmem_rec *r,
		  const struct gmem_kind_info *k)
{
	uint64_t ts = not_before(track, r->h.ts_ns);
	int at = find_open(track, r->h.kind), err = 0;
	struct export_args args;

	if (at >= 0 && r->h.flags & GMEM_REC_REPEATED)
		return 0;
	if (at >= 0)
		err = close_above(t, track, at, ts);
	export_args_of(&args, &r->h);
	return err ? err : open_slice(t, track, r->h.kind, ts, slice_name(r, k), &args);
}

/* Begins a phase. The first one that is reported also ends the slice of the lock, which is not. @at: of the conversion. */
static int begin_phase(struct export_trace *t, struct track *track, int at, uint64_t phase, uint64_t ts_ns)
{
	uint64_t ts = not_before(track, ts_ns);
	int err = 0;

	if (at < 0 || phase < GMEM_PHASE_CHECK || phase >= GMEM_PHASES)
		return 0;
	if ((int)track->depth == at + 1 && phase == GMEM_PHASE_CHECK)
		err = open_slice(t, track, LOCK_PHASE, track->begin_ns[at],
				 gmem_phase_names[GMEM_PHASE_LOCK], NULL);
	if (!err)
		err = close_above(t, track, at + 1, ts);
	return err ? err : open_slice(t, track, GMEM_ATTRIBUTES_PHASE, ts, gmem_phase_names[phase], NULL);
}

/* Begins the phases that the record of the end has, if any. */
static int begin_phases(struct export_trace *t, struct track *track, int at, const struct gmem_rec *r)
{
	const struct gmem_conversion_rec *c = gmem_conversion(&r->h);
	unsigned int phase = GMEM_PHASE_LOCK;
	uint64_t begin_ns;
	int err = 0;

	while (c && !err && gmem_conversion_next(c, &phase, &begin_ns))
		err = begin_phase(t, track, at, phase, begin_ns);
	return err;
}

/* Returns true if a slice for the whole operation, whose begin was missed, would overlap no other. */
static bool fits(const struct track *track, const struct gmem_rec *r)
{
	return r->dur_ns && r->dur_ns <= r->h.ts_ns && r->h.ts_ns - r->dur_ns >= track->now_ns && !track->depth;
}

/* Ends an operation. If its begin was missed, emits a slice by its duration, or else an instant. */
static int end_operation(struct export_trace *t, struct track *track, const struct gmem_rec *r,
		const struct gmem_kind_info *k)
{
	int at = find_open(track, k->begin), err = 0;
	struct export_args args;
	uint64_t ts;

	export_args_of(&args, &r->h);
	if (at < 0) {
		t->unpaired++;
		if (!fits(track, r))
			return t->w->instant(t->w, &track->t, not_before(track, r->h.ts_ns), k->name, &args);
		at = 0;
		err = open_slice(t, track, k->begin, r->h.ts_ns - r->dur_ns, slice_name(r, k), NULL);
	}
	if (!err)
		err = begin_phases(t, track, at, r);
	ts = not_before(track, r->h.ts_ns);
	if (!err)
		err = close_above(t, track, at + 1, ts);
	return err ? err : close_slice(t, track, ts, &args);
}

static int emit_instant(struct export_trace *t, struct track *track, const struct gmem_rec *r,
		   const struct gmem_kind_info *k)
{
	struct export_args args;

	export_args_of(&args, &r->h);
	return t->w->instant(t->w, &track->t, not_before(track, r->h.ts_ns), k->name, &args);
}

/* Takes the vCPU's number of a thread from its stalls. */
static void learn_vcpu(struct track *track, const struct gmem_rec *r)
{
	if (r->h.kind == GMEM_STALL_BEGIN)
		track->vcpu = r->vcpu + 1;
}

static int emit_event(struct export_trace *t, const struct gmem_rec *r, const struct gmem_kind_info *k)
{
	bool window = r->h.kind == GMEM_INVALIDATE_BEGIN || r->h.kind == GMEM_INVALIDATE_END;
	struct track *track;
	int err;

	track = get_track(t, &r->h, window, &err);
	if (err)
		return err;
	learn_vcpu(track, r);
	if (r->h.kind == GMEM_ATTRIBUTES_PHASE)
		return begin_phase(t, track, find_open(track, GMEM_ATTRIBUTES_BEGIN),
				   r->phase + GMEM_PHASE_CHECK, r->h.ts_ns);
	switch (k->phase) {
	case GMEM_BEGIN:
		return begin_operation(t, track, r, k);
	case GMEM_END:
		return end_operation(t, track, r, k);
	default:
		return emit_instant(t, track, r, k);
	}
}

static struct vm_state *get_vm(struct export_trace *t, uint64_t id, int *err)
{
	struct vm_state *vm;

	*err = 0;
	HASH_FIND(hh, t->vms, &id, sizeof(id), vm);
	if (vm)
		return vm;
	*err = -ENOMEM;
	vm = calloc(1, sizeof(*vm));
	if (!vm)
		return NULL;
	vm->id = id;
	HASH_ADD(hh, t->vms, id, sizeof(vm->id), vm);
	if (!vm->hh.tbl) {
		free(vm);
		return NULL;
	}
	*err = t->w->counters ? t->w->counters(t->w, id) : 0;
	return *err ? NULL : vm;
}

static bool changes_bytes(unsigned int kind)
{
	switch (kind) {
	case GMEM_ATTRIBUTES_END:
	case GMEM_BIND:
	case GMEM_UNBIND:
	case GMEM_RELEASE:
	case GMEM_SCAN_FILE:
	case GMEM_SCAN_END:
		return true;
	default:
		return false;
	}
}

static int emit_counters(struct export_trace *t, const struct gmem_hdr *h)
{
	const struct gmem_vm *vm = gmem_model_vm(t->model, h->vm);
	static const char *const keys[EXPORT_COUNTERS] = {
		[EXPORT_PRIVATE] = "private_bytes", [EXPORT_SHARED] = "shared_bytes",
		[EXPORT_POPULATED] = "populated_bytes",
	};
	struct gmem_value values[EXPORT_COUNTERS];
	struct vm_state *state;
	int err;

	if (!vm)
		return 0;
	state = get_vm(t, h->vm, &err);
	if (!state)
		return err;
	for (int i = 0; i < EXPORT_COUNTERS; i++)
		values[i] = gmem_metric_get(gmem_metric(keys[i]), vm, t->model);
	for (int i = 0; i < EXPORT_COUNTERS && !err; i++) {
		/* Tracks cannot show unknown values: they begin with the first known one. */
		if (values[i].unknown || values[i].partial ||
		    (state->emitted[i] && state->bytes[i] == values[i].u))
			continue;
		if (i == EXPORT_POPULATED && !state->emitted[i] && h->kind != GMEM_SCAN_FILE)
			continue;	/* a new file counts as empty until it is scanned: wait for that */
		state->emitted[i] = true;
		state->bytes[i] = values[i].u;
		err = t->w->counter(t->w, h->vm, i, h->ts_ns, values[i].u);
	}
	return err;
}

int export_trace_record(struct export_trace *t, const struct gmem_hdr *rec, bool selected)
{
	const struct gmem_kind_info *k = gmem_kind(rec->kind);
	int err;

	if (!k || rec->size < gmem_kind_bytes(rec->kind))
		return 0;
	err = gmem_model_apply(t->model, rec);
	if (err)
		return err;
	if (k->phase != GMEM_META && selected)
		err = emit_event(t, (const struct gmem_rec *)rec, k);
	if (!err && rec->vm && changes_bytes(rec->kind))
		err = emit_counters(t, rec);
	return err;
}

/*
 * Emits names last, and once: vCPUs of threads and names of VMs become known late, and the engine
 * of ui.perfetto.dev keeps the first name that it reads.
 */
static int name_all(struct export_trace *t)
{
	struct track *track, *tmp;
	struct gmem_vm *vm, *vtmp;
	int err = 0;

	HASH_ITER(hh, t->model->vms, vm, vtmp) {
		if (!err)
			err = t->w->vm(t->w, vm);
	}
	HASH_ITER(hh, t->tracks, track, tmp) {
		if (!err)
			err = name_track(t, track);
	}
	return err;
}

/* Finishes the trace. Open slices stay open: viewers draw them to the end. */
int export_trace_finish(struct export_trace *t)
{
	int err = name_all(t);

	return err ? err : t->w->finish(t->w);
}
