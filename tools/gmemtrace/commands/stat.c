// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* gmemtrace stat: the kernel's counters over a time, per interval, or around a command. */
#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "abi/counters.h"
#include "abi/kinds.h"
#include "analysis/analysis.h"
#include "commands/command.h"
#include "input/input.h"
#include "model/metrics.h"
#include "output/output.h"
#include "views/json.h"
#include "views/text.h"

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_CSV };

/* Counters of all VMs together, at a time. */
struct sum {
	uint64_t ts_ns;
	size_t vms;
	size_t uncounted;	/* VMs without counters */
	struct gmem_counters c;
};

struct options {
	struct input in;
	int format;		/* enum format */
	double interval_s;	/* 0: one sum at the end */

	struct gmem_analysis *a;
	FILE *out;
	struct sum before;	/* at the last row */
	__u64 begin_ns;		/* from gmem_first_ns() */
	bool headed;		/* column names are printed */
};

#define AT(member) .at = offsetof(struct options, member)

static const struct option_row rows[] = {
	{ "interval", 'i', "SEC", "Print a row every SEC seconds (default: one sum)", 0, OPTION_NUMBER, AT(interval_s),
	  "invalid interval in seconds:", 0.01, 1e6 },
	{ "json", 0, NULL, "Print a JSON object for each row", 0, OPTION_VALUE, AT(format), .value = FORMAT_JSON },
	{ "csv", 0, NULL, "Print all counters of each row as CSV", 0, OPTION_VALUE, AT(format), .value = FORMAT_CSV },
	{ 0 }
};

static struct sum sum_now(const struct options *o)
{
	struct sum s = { .ts_ns = o->a->model->now_ns };

	for (const struct gmem_vm_stats *vm = o->a->vms; vm; vm = vm->next) {
		struct gmem_counters c;

		if (!gmem_vm_stats_counters(o->a, vm, &c)) {
			s.uncounted++;
			continue;
		}
		gmem_counters_add(&s.c, &c);
		s.vms++;
	}
	return s;
}

static uint64_t value_of(const struct gmem_metric *m, const struct gmem_counters *c)
{
	uint64_t v;

	memcpy(&v, (const char *)c + m->offset, sizeof(v));
	return v;
}

static double seconds_of(const struct options *o, const struct sum *now)
{
	uint64_t from = o->before.ts_ns ? o->before.ts_ns : o->begin_ns;

	return now->ts_ns > from ? (double)(now->ts_ns - from) / 1e9 : 0;
}

static uint64_t mean(uint64_t total, uint64_t n)
{
	return n ? total / n : 0;
}

/* Prints the main counters in a row; JSON and CSV have all of them. */
static void text_row(struct options *o, const struct sum *now, const struct gmem_counters *c)
{
	const struct gmem_op_counters *p = &c->conversion[GMEM_TO_PRIVATE], *s = &c->conversion[GMEM_TO_SHARED];
	uint64_t stalls = c->stall[0].count + c->stall[1].count;
	uint64_t stall_ns = c->stall[0].total_ns + c->stall[1].total_ns;
	char bytes[16], ns[16], stall[16];

	if (!o->headed)
		fprintf(o->out, "%9s %5s %8s %8s %7s %7s %8s %7s %8s\n", "TIME(s)", "VMS", ">PRIV", ">SHRD",
			"BYTES", "MEAN", "STALLS", "MEAN", "PUNCHES");
	o->headed = true;
	fprintf(o->out, "%9.3f %5zu %8" PRIu64 " %8" PRIu64 " %7s %7s %8" PRIu64 " %7s %8" PRIu64 "\n",
		(double)(now->ts_ns - o->begin_ns) / 1e9, now->vms, (uint64_t)p->count, (uint64_t)s->count,
		gmem_text_bytes(bytes, sizeof(bytes), p->bytes + s->bytes),
		gmem_text_ns(ns, sizeof(ns), mean(p->total_ns + s->total_ns, p->count + s->count)), stalls,
		gmem_text_ns(stall, sizeof(stall), mean(stall_ns, stalls)), (uint64_t)c->punch.count);
}

static void text_sum(struct options *o, const struct sum *now, const struct gmem_counters *c)
{
	double s = seconds_of(o, now);

	fprintf(o->out, "Guest memory of %zu %s in %.3f s:\n", now->vms, gmem_text_plural(now->vms, "VM", "VMs"), s);
	if (now->uncounted)
		fprintf(o->out, "(without %zu %s no counters)\n", now->uncounted,
			gmem_text_plural(now->uncounted, "VM that has", "VMs that have"));
	fputc('\n', o->out);
	for (size_t i = 0; i < gmem_nr_metrics; i++) {
		const struct gmem_metric *m = &gmem_metrics[i];
		uint64_t v = value_of(m, c);
		char buf[24], rate[24] = "";

		if (!gmem_metric_is_counter(m) || !gmem_metric_known(m, o->a->model->features) || !v)
			continue;
		if (m->type == GMEM_COUNT && s > 0)
			gmem_text_count(rate, sizeof(rate), (double)v / s);
		fprintf(o->out, *rate ? "%16s  %-30s %8s/s\n" : "%16s  %s\n",
			gmem_text_value(buf, sizeof(buf), m, (struct gmem_value){ .u = v }), m->key, rate);
	}
}

static void csv_row(struct options *o, const struct sum *now, const struct gmem_counters *c)
{
	if (!o->headed) {
		fputs("ts_ns,duration_s,vms,vms_uncounted", o->out);
		for (size_t i = 0; i < gmem_nr_metrics; i++) {
			if (gmem_metric_is_counter(&gmem_metrics[i]))
				fprintf(o->out, ",%s", gmem_metrics[i].key);
		}
		fputc('\n', o->out);
	}
	o->headed = true;
	fprintf(o->out, "%" PRIu64 ",%.6f,%zu,%zu", now->ts_ns, seconds_of(o, now), now->vms,
		now->uncounted);
	for (size_t i = 0; i < gmem_nr_metrics; i++) {
		if (!gmem_metric_is_counter(&gmem_metrics[i]))
			continue;
		fputc(',', o->out);
		if (gmem_metric_known(&gmem_metrics[i], o->a->model->features))
			fprintf(o->out, "%" PRIu64, value_of(&gmem_metrics[i], c));
	}
	fputc('\n', o->out);
}

static void json_row(struct options *o, const struct sum *now, const struct gmem_counters *c)
{
	struct json_object *row = json_object_new_object();

	json_object_object_add(row, "version", json_object_new_int(GMEM_JSON_VERSION));
	json_object_object_add(row, "type", json_object_new_string("stat"));
	json_object_object_add(row, "ts_ns", json_object_new_uint64(now->ts_ns));
	json_object_object_add(row, "duration_ns", json_object_new_uint64((uint64_t)(seconds_of(o, now) * 1e9)));
	json_object_object_add(row, "vms", json_object_new_uint64(now->vms));
	json_object_object_add(row, "vms_uncounted", json_object_new_uint64(now->uncounted));
	json_object_object_add(row, "lost_records", json_object_new_uint64(c->lost_records));
	for (size_t i = 0; i < gmem_nr_metrics; i++) {
		const struct gmem_metric *m = &gmem_metrics[i];

		if (gmem_metric_is_counter(m))
			json_object_object_add(row, m->key, gmem_metric_known(m, o->a->model->features) ?
					       json_object_new_uint64(value_of(m, c)) : NULL);
	}
	command_json(row, o->out);
}

/* Prints the difference to the last row. */
static void print_row(struct options *o)
{
	struct sum now = sum_now(o);
	struct gmem_counters c = now.c;

	gmem_counters_sub(&c, &o->before.c);
	if (o->format == FORMAT_JSON)
		json_row(o, &now, &c);
	else if (o->format == FORMAT_CSV)
		csv_row(o, &now, &c);
	else if (o->interval_s > 0)
		text_row(o, &now, &c);
	else
		text_sum(o, &now, &c);
	o->before = now;
}

/* Prints rows at snapshots only, where counters are current; at most 10 % of the interval early. */
static int on_record(void *ctx, const struct gmem_hdr *rec, bool selected)
{
	struct options *o = ctx;
	int err = gmem_analysis_apply(o->a, rec, selected);
	uint64_t from;

	gmem_first_ns(&o->begin_ns, rec);
	if (err || rec->kind != GMEM_SYNC || o->interval_s <= 0)
		return err;
	from = o->before.ts_ns ? o->before.ts_ns : o->begin_ns;
	if ((double)(rec->ts_ns - from) < o->interval_s * 0.9e9)
		return 0;
	print_row(o);
	fflush(o->out);
	return ferror(o->out) ? -EIO : 0;
}

static enum gmem_status check_filters(const struct options *o)
{
	struct filter_options f = o->in.filter;
	char text[512];

	f.vm = NULL;
	f.pid = 0;
	if (!*filter_text(&f, text, sizeof(text)))
		return GMEM_OK;
	return gmem_fail(o->in.e, GMEM_E_USAGE, "Use gmemtrace report, which takes all filters.",
			 "the kernel counts by VM: only --vm and -p apply");
}

static enum gmem_status count_and_print(void *ctx, FILE *out)
{
	struct options *o = ctx;
	enum gmem_status status;

	o->out = out;
	o->a = gmem_analysis_new();
	if (!o->a)
		return gmem_fail(o->in.e, GMEM_E_FAILED, NULL, "out of memory");
	o->in.interval_s = o->interval_s;
	status = input_run(&o->in, on_record, o);
	/* The rest since the last row, or the only sum. */
	if (!status && (o->interval_s <= 0 || o->before.ts_ns < o->a->model->now_ns))
		print_row(o);
	gmem_analysis_free(o->a);
	return status;
}

enum gmem_status cmd_stat(int argc, char **argv, struct gmem_error *e)
{
	struct options o = { .in.e = e };
	enum gmem_status status;

	input_parse(&o.in, "Counts operations on guest memory: until Ctrl-C, for a time, around a command, or in a "
		    "recording. Counters of the kernel, so lost records do not matter.",
		    (struct option_table){ rows, &o }, argc, argv);
	/* The kernel counts, so records of single operations are not needed. */
	o.in.attach.live.groups &= ~(unsigned int)GMEM_PROBES_EVENTS;
	status = check_filters(&o);
	return status ? status : output_write(o.in.output, count_and_print, &o, e);
}
