// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Chrome's trace events, as JSON. VMs are processes, and their threads are threads. The unit is
 * the microsecond; three decimals keep the nanoseconds.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "export/export.h"
#include "views/text.h"

struct chrome {
	struct export_writer w;
	FILE *out;
	bool any;
};

/* Offset of thread ids for tracks of invalidation windows: larger than any thread's id. */
#define WINDOWS_TID 1000000000ULL

static struct chrome *to_chrome(struct export_writer *w)
{
	return (struct chrome *)w;
}

/* Returns 0, or -EIO after a write error. */
static int write_status(const struct chrome *c)
{
	return ferror(c->out) ? -EIO : 0;
}

void export_put_string(FILE *out, const char *s)
{
	fputc('"', out);
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			fputc('\\', out);
		fputc(*s, out);
	}
	fputc('"', out);
}

static void open_event(struct chrome *c, char type, uint64_t vm, uint64_t tid)
{
	fputs(c->any ? ",\n" : "\n", c->out);
	c->any = true;
	fprintf(c->out, "{\"ph\":\"%c\",\"pid\":%" PRIu64 ",\"tid\":%" PRIu64, type, vm, tid);
}

static void put_time(struct chrome *c, uint64_t ts_ns)
{
	fprintf(c->out, ",\"ts\":%" PRIu64 ".%03u", ts_ns / 1000, (unsigned int)(ts_ns % 1000));
}

static void put_args(struct chrome *c, const struct export_args *args)
{
	const char *comma = "";

	fputs(",\"args\":{", c->out);
	for (size_t i = 0; args && i < EXPORT_ARGS; i++) {
		const struct field *f = &args->f.field[i];

		if (!export_has(f))
			continue;
		fprintf(c->out, "%s\"%s\":", comma, f->key);
		comma = ",";
		/* Integers of JavaScript are exact up to 2^53. */
		if (f->text)
			export_put_string(c->out, f->text);
		else if (f->is_negative)
			fprintf(c->out, "%" PRId64, (int64_t)f->number);
		else if (f->number > 1ULL << 53)
			fprintf(c->out, "\"0x%" PRIx64 "\"", (uint64_t)f->number);
		else
			fprintf(c->out, "%" PRIu64, (uint64_t)f->number);
	}
	fputs("}}", c->out);
}

static uint64_t tid_of(const struct export_track *t)
{
	return t->windows ? WINDOWS_TID + t->tid : t->tid;
}

static int chrome_event(struct export_writer *w, char type, const struct export_track *t, uint64_t ts_ns,
			const char *name, const struct export_args *args)
{
	struct chrome *c = to_chrome(w);

	open_event(c, type, t->vm, tid_of(t));
	put_time(c, ts_ns);
	if (name) {
		fputs(",\"cat\":\"gmem\",\"name\":", c->out);
		export_put_string(c->out, name);
	}
	if (type == 'i')
		fputs(",\"s\":\"t\"", c->out);
	put_args(c, args);
	return write_status(c);
}

static int chrome_name(struct export_writer *w, const char *what, uint64_t vm, uint64_t tid, const char *name)
{
	struct chrome *c = to_chrome(w);

	open_event(c, 'M', vm, tid);
	fprintf(c->out, ",\"name\":\"%s\",\"args\":{\"name\":", what);
	export_put_string(c->out, name);
	fputs("}}", c->out);
	return write_status(c);
}

static int chrome_vm(struct export_writer *w, const struct gmem_vm *vm)
{
	char name[4 * GMEM_NAME_LEN], title[5 * GMEM_NAME_LEN];

	snprintf(title, sizeof(title), "VM %" PRIu64 " %s (pid %u)", vm->id,
		 gmem_text_name(name, sizeof(name), *vm->name ? vm->name : vm->comm), vm->pid);
	return chrome_name(w, "process_name", vm->id, 0, title);
}

static int chrome_track(struct export_writer *w, const struct export_track *t, const char *name)
{
	return chrome_name(w, "thread_name", t->vm, tid_of(t), name);
}

static int chrome_begin(struct export_writer *w, const struct export_track *t, uint64_t ts_ns,
			const char *name, const struct export_args *args)
{
	return chrome_event(w, 'B', t, ts_ns, name, args);
}

static int chrome_end(struct export_writer *w, const struct export_track *t, uint64_t ts_ns,
		      const struct export_args *args)
{
	return chrome_event(w, 'E', t, ts_ns, NULL, args);
}

static int chrome_instant(struct export_writer *w, const struct export_track *t, uint64_t ts_ns,
			  const char *name, const struct export_args *args)
{
	return chrome_event(w, 'i', t, ts_ns, name, args);
}

static int chrome_counter(struct export_writer *w, uint64_t vm, enum export_counter which, uint64_t ts_ns,
			  uint64_t bytes)
{
	struct chrome *c = to_chrome(w);

	open_event(c, 'C', vm, 0);
	put_time(c, ts_ns);
	fprintf(c->out, ",\"name\":\"%s\",\"args\":{\"bytes\":%" PRIu64 "}}", export_counter_names[which],
		bytes);
	return write_status(c);
}

static int chrome_finish(struct export_writer *w)
{
	struct chrome *c = to_chrome(w);

	fputs("\n],\"displayTimeUnit\":\"ns\"}\n", c->out);
	return write_status(c);
}

static void chrome_free(struct export_writer *w)
{
	free(to_chrome(w));
}

struct export_writer *export_chrome(FILE *out)
{
	struct chrome *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->out = out;
	c->w = (struct export_writer){
		.vm = chrome_vm, .track = chrome_track, .begin = chrome_begin, .end = chrome_end,
		.instant = chrome_instant, .counter = chrome_counter, .finish = chrome_finish,
		.free = chrome_free,
	};
	fputs("{\"traceEvents\":[", out);
	return &c->w;
}
