// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Perfetto's trace format: packets with track descriptors and track events (perfetto.proto).
 * VMs are processes. Tracks of threads are plain tracks below them: a thread may work for
 * several VMs, which threads of Perfetto cannot.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "export/export.h"
#include "perfetto.pb-c.h"
#include "views/text.h"

typedef Gmem__Perfetto__TracePacket packet;
typedef Gmem__Perfetto__TrackEvent track_event;
typedef Gmem__Perfetto__TrackDescriptor descriptor;
typedef Gmem__Perfetto__DebugAnnotation annotation;

struct perfetto {
	struct export_writer w;
	FILE *out;
};

#define SEQUENCE 1
#define PACKET_MAX 4096		/* names and texts of arguments are bounded */

/* Ids of tracks: those of threads count from 1; those of VMs and counters have the top bit set. */
#define VM_TRACK(vm)		(1ULL << 63 | (vm) << 3)
#define COUNTER_TRACK(vm, i)	(VM_TRACK(vm) + 1 + (i))

/* Writes a trace of one packet: a file is a sequence of these. */
static int write_packet(struct perfetto *p, packet *m)
{
	Gmem__Perfetto__Trace trace = GMEM__PERFETTO__TRACE__INIT;
	uint8_t buf[PACKET_MAX];

	m->has_trusted_packet_sequence_id = 1;
	m->trusted_packet_sequence_id = SEQUENCE;
	trace.n_packet = 1;
	trace.packet = &m;
	if (gmem__perfetto__trace__get_packed_size(&trace) > sizeof(buf))
		return -E2BIG;
	fwrite(buf, 1, gmem__perfetto__trace__pack(&trace, buf), p->out);
	return ferror(p->out) ? -EIO : 0;
}

static int write_descriptor(struct perfetto *p, descriptor *d)
{
	packet m = GMEM__PERFETTO__TRACE_PACKET__INIT;

	d->has_uuid = 1;
	m.track_descriptor = d;
	return write_packet(p, &m);
}

static int perfetto_counters(struct export_writer *w, uint64_t vm)
{
	int err = 0;

	for (int i = 0; i < EXPORT_COUNTERS && !err; i++) {
		Gmem__Perfetto__CounterDescriptor c = GMEM__PERFETTO__COUNTER_DESCRIPTOR__INIT;
		descriptor d = GMEM__PERFETTO__TRACK_DESCRIPTOR__INIT;

		c.has_unit = 1;
		c.unit = GMEM__PERFETTO__COUNTER_DESCRIPTOR__UNIT__UNIT_SIZE_BYTES;
		d.uuid = COUNTER_TRACK(vm, i);
		d.has_parent_uuid = 1;
		d.parent_uuid = VM_TRACK(vm);
		d.name = (char *)export_counter_names[i];
		d.counter = &c;
		err = write_descriptor((struct perfetto *)w, &d);
	}
	return err;
}

static int perfetto_vm(struct export_writer *w, const struct gmem_vm *vm)
{
	char name[4 * GMEM_NAME_LEN], title[5 * GMEM_NAME_LEN];
	Gmem__Perfetto__ProcessDescriptor process = GMEM__PERFETTO__PROCESS_DESCRIPTOR__INIT;
	descriptor d = GMEM__PERFETTO__TRACK_DESCRIPTOR__INIT;

	snprintf(title, sizeof(title), "VM %" PRIu64 " %s (pid %u)", vm->id,
		 gmem_text_name(name, sizeof(name), *vm->name ? vm->name : vm->comm), vm->pid);
	/* The VM's number: with the PID, two VMs of one process would be merged. */
	process.has_pid = 1;
	process.pid = (int32_t)vm->id;
	process.process_name = title;
	d.uuid = VM_TRACK(vm->id);
	d.process = &process;
	return write_descriptor((struct perfetto *)w, &d);
}

static int perfetto_track(struct export_writer *w, const struct export_track *t, const char *name)
{
	descriptor d = GMEM__PERFETTO__TRACK_DESCRIPTOR__INIT;

	d.uuid = t->id;
	d.has_parent_uuid = t->vm != 0;
	d.parent_uuid = VM_TRACK(t->vm);
	d.name = (char *)name;
	return write_descriptor((struct perfetto *)w, &d);
}

/* Converts @args to annotations in @room, to which @list then points. */
static void annotate(track_event *e, const struct export_args *args, annotation *room, annotation **list)
{
	e->debug_annotations = list;
	for (size_t i = 0; args && i < EXPORT_ARGS; i++) {
		const struct field *f = &args->f.field[i];

		if (!export_has(f))
			continue;
		gmem__perfetto__debug_annotation__init(room);
		room->name = (char *)f->key;
		room->string_value = (char *)f->text;
		room->has_int_value = !f->text && f->is_negative;
		room->int_value = (int64_t)f->number;
		room->has_uint_value = !f->text && !f->is_negative;
		room->uint_value = f->number;
		list[e->n_debug_annotations++] = room++;
	}
}

static int write_event(struct export_writer *w, uint64_t track, uint64_t ts_ns, track_event *e)
{
	packet m = GMEM__PERFETTO__TRACE_PACKET__INIT;

	m.has_timestamp = 1;
	m.timestamp = ts_ns;
	e->has_type = 1;
	e->has_track_uuid = 1;
	e->track_uuid = track;
	m.track_event = e;
	return write_packet((struct perfetto *)w, &m);
}

static int named_event(struct export_writer *w, const struct export_track *t, uint64_t ts_ns, int type,
		       const char *name, const struct export_args *args)
{
	static char category[] = "gmem";
	static char *categories[] = { category };
	track_event e = GMEM__PERFETTO__TRACK_EVENT__INIT;
	annotation room[EXPORT_ARGS], *list[EXPORT_ARGS];

	e.type = type;
	e.name = (char *)name;
	e.n_categories = name ? 1 : 0;
	e.categories = categories;
	annotate(&e, args, room, list);
	return write_event(w, t->id, ts_ns, &e);
}

static int perfetto_begin(struct export_writer *w, const struct export_track *t, uint64_t ts_ns,
			  const char *name, const struct export_args *args)
{
	return named_event(w, t, ts_ns, GMEM__PERFETTO__TRACK_EVENT__TYPE__TYPE_SLICE_BEGIN, name, args);
}

static int perfetto_end(struct export_writer *w, const struct export_track *t, uint64_t ts_ns,
			const struct export_args *args)
{
	return named_event(w, t, ts_ns, GMEM__PERFETTO__TRACK_EVENT__TYPE__TYPE_SLICE_END, NULL, args);
}

static int perfetto_instant(struct export_writer *w, const struct export_track *t, uint64_t ts_ns,
			    const char *name, const struct export_args *args)
{
	return named_event(w, t, ts_ns, GMEM__PERFETTO__TRACK_EVENT__TYPE__TYPE_INSTANT, name, args);
}

static int perfetto_counter(struct export_writer *w, uint64_t vm, enum export_counter which,
			    uint64_t ts_ns, uint64_t bytes)
{
	track_event e = GMEM__PERFETTO__TRACK_EVENT__INIT;

	e.type = GMEM__PERFETTO__TRACK_EVENT__TYPE__TYPE_COUNTER;
	e.has_counter_value = 1;
	e.counter_value = (int64_t)bytes;
	return write_event(w, COUNTER_TRACK(vm, which), ts_ns, &e);
}

static int perfetto_finish(struct export_writer *w)
{
	return ferror(((struct perfetto *)w)->out) ? -EIO : 0;
}

static void perfetto_free(struct export_writer *w)
{
	free(w);
}

struct export_writer *export_perfetto(FILE *out)
{
	struct perfetto *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->out = out;
	p->w = (struct export_writer){
		.vm = perfetto_vm, .track = perfetto_track, .counters = perfetto_counters,
		.begin = perfetto_begin, .end = perfetto_end, .instant = perfetto_instant,
		.counter = perfetto_counter, .finish = perfetto_finish, .free = perfetto_free,
	};
	return &p->w;
}
