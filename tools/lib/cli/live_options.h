/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* How the running kernel is watched: the options that gmemtop and gmemtrace share. */
#ifndef GMEM_LIVE_OPTIONS_H
#define GMEM_LIVE_OPTIONS_H

#include <argp.h>

#include "live/live.h"

#define GMEM_LIVE_GROUP 2	/* of these options in --help; more of the kind may join */

/*
 * For argp_child. The input is a struct gmem_live_opts: its ringbuf_bytes, set, wait, verbose, and
 * of its groups those that are asked for; what else is in it is left alone.
 */
extern const struct argp gmem_live_argp;

#endif /* GMEM_LIVE_OPTIONS_H */
