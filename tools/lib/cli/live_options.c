// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "cli/live_options.h"

#include "base/number.h"
#include "cli/args.h"

enum { OPT_RINGBUF = 768, OPT_PROBES, OPT_WAIT, OPT_PHASES };

static const struct argp_option options[] = {
	{ NULL, 0, NULL, 0, "Event collection:", GMEM_LIVE_GROUP },
	{ "faults", 'f', NULL, 0, "Record faults on private memory, too (may be very many)", GMEM_LIVE_GROUP },
	{ "phases", OPT_PHASES, NULL, 0, "Record phases of conversions, too (five more events each)", GMEM_LIVE_GROUP },
	{ "ringbuf", OPT_RINGBUF, "MIB", 0, "Size of the event buffer (default: by number of CPUs)", GMEM_LIVE_GROUP },
	{ "probes", OPT_PROBES, "SET", 0, "Probes: tracepoints or stock (default: best per event)", GMEM_LIVE_GROUP },
	{ "wait", OPT_WAIT, NULL, 0, "Wait until KVM is loaded", GMEM_LIVE_GROUP },
	{ "verbose", 'v', NULL, 0, "Show messages of libbpf", GMEM_LIVE_GROUP },
	{ 0 }
};

static error_t parse_set(struct gmem_live_opts *o, const char *arg, const struct argp_state *state)
{
	int set = GMEM_SET_ANY;
	error_t err = gmem_args_choose(state, "no set of probes:", arg, gmem_set_names, GMEM_SET_MIXED, &set);

	o->set = (enum gmem_probe_set)set;
	return err;
}

static error_t parse_ringbuf(struct gmem_live_opts *o, const char *arg, const struct argp_state *state)
{
	double mib;

	if (!gmem_parse_number(arg, 0.0625, 1024, &mib))
		return gmem_args_bad(state, "the event buffer has 0.0625 to 1024 MiB, not", arg);
	o->ringbuf_bytes = (uint64_t)(mib * 1048576);
	return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct gmem_live_opts *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		o->set = GMEM_SET_ANY;
		return 0;
	case 'f':
		o->groups |= GMEM_PROBES_FAULTS;
		return 0;
	case OPT_PHASES:
		o->groups |= GMEM_PROBES_PHASES;
		return 0;
	case OPT_RINGBUF:
		return parse_ringbuf(o, arg, state);
	case OPT_PROBES:
		return parse_set(o, arg, state);
	case OPT_WAIT:
		o->wait = true;
		return 0;
	case 'v':
		o->verbose++;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp gmem_live_argp = { options, parse, NULL, NULL, NULL, NULL, NULL };
