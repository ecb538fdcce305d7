/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Options for live event collection, shared by gmemtop and gmemtrace. */
#ifndef GMEM_LIVE_OPTIONS_H
#define GMEM_LIVE_OPTIONS_H

#include <argp.h>

#include "live/live.h"

#define GMEM_LIVE_GROUP 2	/* option group in --help; a program may add its own */

/*
 * Parser for argp_child. Its input is a struct gmem_live_opts, of which it sets ringbuf_bytes,
 * set, wait and verbose, and adds the requested groups; other fields stay.
 */
extern const struct argp gmem_live_argp;

#endif /* GMEM_LIVE_OPTIONS_H */
