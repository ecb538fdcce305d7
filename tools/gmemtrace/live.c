// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* gmemtrace live: a line for every operation that ends, or for every event. */
#include <argp.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "command.h"
#include "json.h"
#include "kinds.h"
#include "line.h"
#include "number.h"
#include "probes.h"
#include "source.h"
#include "stop.h"

enum { OPT_JSON = 256, OPT_RINGBUF, OPT_PROBES, OPT_WAIT };

struct options {
	bool events;
	bool faults;
	bool json;
	bool wait;
	double seconds;
	uint32_t pid;
	uint64_t ringbuf_bytes;
	enum gmem_probe_set set;	/* wish */
	int verbose;
	struct gmem_error *e;
};

struct live {
	const struct options *o;
	struct line_format format;
	uint64_t shown;
	uint64_t events;
	uint64_t lost[GMEM_LOSSES];
};

static const struct argp_option argp_options[] = {
	{ "events", 'e', NULL, 0, "A line for every event, begins too, not for every operation", 0 },
	{ "duration", 'd', "SEC", 0, "End after SEC seconds (default: on Ctrl-C)", 0 },
	{ "pid", 'p', "PID", 0, "Only what this process causes", 0 },
	{ "faults", 'f', NULL, 0, "Faults on private memory, too: there may be very many", 0 },
	{ "json", OPT_JSON, NULL, 0, "One JSON object a line", 0 },
	{ "ringbuf", OPT_RINGBUF, "MIB", 0, "Size of the event buffer (default: by number of CPUs)", 0 },
	{ "probes", OPT_PROBES, "SET", 0, "tracepoints or stock (default: tracepoints where the kernel has them)", 0 },
	{ "wait", OPT_WAIT, NULL, 0, "Where there is no KVM, wait until it is loaded", 0 },
	{ "verbose", 'v', NULL, 0, "Show what libbpf says", 0 },
	{ 0 }
};

static error_t bad_value(struct options *o, const char *what, const char *arg)
{
	gmem_fail(o->e, GMEM_E_USAGE, "See gmemtrace live --help.", "%s '%s'", what, arg);
	return EINVAL;
}

static error_t parse_opt(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;
	double v;

	switch (key) {
	case 'e':
		o->events = true;
		return 0;
	case 'f':
		o->faults = true;
		return 0;
	case 'd':
		return gmem_parse_number(arg, 0.001, 1e9, &o->seconds) ? 0 :
			bad_value(o, "no duration in seconds:", arg);
	case 'p':
		if (!gmem_parse_number(arg, 1, 4194304, &v) || v != (double)(uint32_t)v)
			return bad_value(o, "there can be no process", arg);
		o->pid = (uint32_t)v;
		return 0;
	case OPT_WAIT:
		o->wait = true;
		return 0;
	case OPT_PROBES:
		o->set = gmem_set_by_name(arg);
		return o->set != GMEM_SETS ? 0 : bad_value(o, "no set of probes:", arg);
	case OPT_RINGBUF:
		if (!gmem_parse_number(arg, 0.0625, 1024, &v))
			return bad_value(o, "the event buffer has 0.0625 to 1024 MiB, not", arg);
		o->ringbuf_bytes = (uint64_t)(v * 1048576);
		return 0;
	case OPT_JSON:
		o->json = true;
		return 0;
	case 'v':
		o->verbose++;
		return 0;
	case ARGP_KEY_ARG:
		return bad_value(o, "unexpected argument", arg);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static bool wanted(const struct live *l, const struct gmem_hdr *rec, const struct gmem_kind_info *k)
{
	if (l->o->pid && rec->tgid != l->o->pid)
		return false;
	if (rec->kind == GMEM_VM)
		return true;
	return k->phase != GMEM_META && (l->o->events || k->phase != GMEM_BEGIN);
}

static int print_json(const struct gmem_hdr *rec)
{
	struct json_object *o = gmem_json_record(rec);

	if (o)
		puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
	json_object_put(o);
	return ferror(stdout) ? -EIO : 0;
}

static int on_record(void *ctx, const struct gmem_hdr *rec)
{
	const struct gmem_kind_info *k = gmem_kind(rec->kind);
	struct live *l = ctx;
	char line[LINE_SIZE];

	if (!k)
		return 0;
	if (rec->kind == GMEM_LOST)
		memcpy(l->lost, ((const struct gmem_lost_rec *)rec)->lost, sizeof(l->lost));
	l->events += k->phase != GMEM_META;
	if (!wanted(l, rec, k))
		return 0;
	l->shown++;
	if (l->o->json)
		return print_json(rec);
	puts(line_of(&l->format, rec, line, sizeof(line)));
	return ferror(stdout) ? -EIO : 0;
}

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int follow(struct gmem_source *s, struct live *l)
{
	double end = now_s() + l->o->seconds;
	int n = 0;

	while (!gmem_stopped() && (!l->o->seconds || now_s() < end)) {
		n = gmem_source_poll(s, 100, on_record, l);
		if (n < 0 && n != -EINTR)
			return n;
		if (fflush(stdout))
			return -errno;
	}
	n = gmem_source_sync(s, on_record, l);
	return fflush(stdout) ? -errno : n;
}

/* Always said, also when nothing was lost: silence would not tell. */
static void print_summary(const struct live *l)
{
	fprintf(stderr, "gmemtrace: %llu lines, %llu events, lost", (unsigned long long)l->shown,
		(unsigned long long)l->events);
	for (int i = 0; i < GMEM_LOSSES; i++)
		fprintf(stderr, "%s %s %llu", i ? "," : "", gmem_loss_names[i],
			(unsigned long long)l->lost[i]);
	fputc('\n', stderr);
}

static enum gmem_status run(struct gmem_source *s, const struct options *o, struct gmem_error *e)
{
	struct live l = { .o = o };
	int err;

	gmem_stop_on_signals();
	fprintf(stderr, "gmemtrace: probes: %s; Ctrl-C ends\n", gmem_source_describe(s));
	if (!o->json)
		puts(line_header());
	err = fflush(stdout) ? -errno : follow(s, &l);
	print_summary(&l);
	if (err == -EIO || err == -ENOSPC || err == -EPIPE)
		return gmem_fail(e, GMEM_E_IO, "Is the disk full, or the reader gone?",
				 "cannot write to stdout: %s", strerror(-err));
	if (err)
		return gmem_fail(e, GMEM_E_FAILED, "Run it again with -v for more.",
				 "cannot read events: %s", strerror(-err));
	return GMEM_OK;
}

enum gmem_status cmd_live(int argc, char **argv, struct gmem_error *e)
{
	static const struct argp argp = {
		argp_options, parse_opt, NULL,
		"Prints one line for every operation on guest memory when it ends, with its latency.",
		NULL, NULL, NULL
	};
	static char name[] = "gmemtrace live";
	struct options o = { .set = GMEM_SET_ANY, .e = e };
	struct gmem_live_opts live = { 0 };
	struct gmem_source *source = NULL;
	enum gmem_status status;

	argv[0] = name;
	argp_err_exit_status = GMEM_E_USAGE;
	if (argp_parse(&argp, argc, argv, 0, NULL, &o))
		return e->status ? e->status : GMEM_E_USAGE;
	live.ringbuf_bytes = o.ringbuf_bytes;
	live.set = o.set;
	live.wait = o.wait;
	live.verbose = o.verbose;
	live.groups = GMEM_PROBES_EVENTS | GMEM_PROBES_INVALIDATIONS |
		      (o.events ? GMEM_PROBES_PHASES : 0) | (o.faults ? GMEM_PROBES_FAULTS : 0);
	status = gmem_live_open(&source, &live, e);
	if (!status)
		status = run(source, &o, e);
	gmem_source_close(source);
	return status;
}
