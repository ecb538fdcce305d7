/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Options for live event collection and its duration, shared by all commands that attach. */
#ifndef GMEMTRACE_ATTACH_OPTIONS_H
#define GMEMTRACE_ATTACH_OPTIONS_H

#include <argp.h>

#include "live/live.h"

struct attach_options {
	struct gmem_live_opts live;
	double seconds;			/* 0: until a signal */
};

/* Parser for argp_child; its input is struct attach_options. */
extern const struct argp attach_argp;

#endif /* GMEMTRACE_ATTACH_OPTIONS_H */
