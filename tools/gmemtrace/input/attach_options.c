// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "input/attach_options.h"

#include "base/number.h"
#include "cli/args.h"
#include "cli/live_options.h"

static const struct argp_option options[] = {
	{ "duration", 'd', "SEC", 0, "End after SEC seconds (default: on Ctrl-C)", GMEM_LIVE_GROUP },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct attach_options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->live;
		o->live.groups |= GMEM_PROBES_EVENTS | GMEM_PROBES_INVALIDATIONS;
		return 0;
	case 'd':
		return gmem_parse_number(arg, 0.001, 1e9, &o->seconds) ? 0 :
			gmem_args_bad(state, "invalid duration in seconds:", arg);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = { { &gmem_live_argp, 0, NULL, 0 }, { 0 } };

const struct argp attach_argp = { options, parse, NULL, NULL, children, NULL, NULL };
