// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "attach_options.h"

#include <errno.h>
#include <stdio.h>

#include "number.h"

enum { OPT_RINGBUF = 768, OPT_PROBES, OPT_WAIT, OPT_PHASES };

static const struct argp_option options[] = {
	{ "duration", 'd', "SEC", 0, "End after SEC seconds (default: on Ctrl-C)", 2 },
	{ "faults", 'f', NULL, 0, "Faults on private memory, too: there may be very many", 2 },
	{ "phases", OPT_PHASES, NULL, 0, "Phases of conversions, too: five more events for each", 2 },
	{ "ringbuf", OPT_RINGBUF, "MIB", 0, "Size of the event buffer (default: by number of CPUs)", 2 },
	{ "probes", OPT_PROBES, "SET", 0, "tracepoints or stock (default: tracepoints where the kernel has them)", 2 },
	{ "wait", OPT_WAIT, NULL, 0, "Where there is no KVM, wait until it is loaded", 2 },
	{ "verbose", 'v', NULL, 0, "Show what libbpf says", 2 },
	{ 0 }
};

static error_t bad(const struct attach_input *in, const char *what, const char *arg)
{
	char hint[80];

	snprintf(hint, sizeof(hint), "See gmemtrace %s --help.", in->command);
	gmem_fail(in->e, GMEM_E_USAGE, hint, "%s '%s'", what, arg);
	return EINVAL;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	const struct attach_input *in = state->input;
	struct attach_options *o = in ? in->options : NULL;
	double v;

	switch (key) {
	case 'd':
		return gmem_parse_number(arg, 0.001, 1e9, &o->seconds) ? 0 :
			bad(in, "no duration in seconds:", arg);
	case 'f':
		o->faults = true;
		return 0;
	case OPT_PHASES:
		o->phases = true;
		return 0;
	case OPT_WAIT:
		o->wait = true;
		return 0;
	case OPT_PROBES:
		o->set = gmem_set_by_name(arg);
		return o->set != GMEM_SETS ? 0 : bad(in, "no set of probes:", arg);
	case OPT_RINGBUF:
		if (!gmem_parse_number(arg, 0.0625, 1024, &v))
			return bad(in, "the event buffer has 0.0625 to 1024 MiB, not", arg);
		o->ringbuf_bytes = (uint64_t)(v * 1048576);
		return 0;
	case 'v':
		o->verbose++;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp attach_argp = { options, parse, NULL, NULL, NULL, NULL, NULL };

struct gmem_live_opts attach_live_opts(const struct attach_options *o)
{
	return (struct gmem_live_opts){
		.ringbuf_bytes = o->ringbuf_bytes,
		.set = o->set,
		.wait = o->wait,
		.verbose = o->verbose,
		.groups = GMEM_PROBES_EVENTS | GMEM_PROBES_INVALIDATIONS |
			  (o->phases ? GMEM_PROBES_PHASES : 0) | (o->faults ? GMEM_PROBES_FAULTS : 0),
	};
}
