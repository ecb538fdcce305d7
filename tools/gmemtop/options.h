/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The command line of gmemtop, checked. */
#ifndef GMEMTOP_OPTIONS_H
#define GMEMTOP_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "metrics.h"
#include "probes.h"
#include "view.h"

struct settings;

/* Told on the command line: settings do not change it. */
enum { GIVEN_DELAY = 1, GIVEN_SORT = 2, GIVEN_REVERSE = 4, GIVEN_COLORS = 8 };

struct gmemtop_options {
	double delay_s;				/* between refreshes, 0.1 to 3600 */
	unsigned long count;			/* refreshes; 0: until the end */
	bool batch;				/* text or JSON to stdout, no terminal */
	bool json;				/* implies batch */
	bool csv;				/* implies batch */
	const char *record;			/* file, or NULL */
	const char *replay;			/* file, or NULL: then nothing live is looked at */
	double speed;				/* of the replay */
	bool wait;				/* for KVM, if there is none */
	bool ascii;				/* no Unicode on the screen */
	bool no_mouse;				/* the terminal keeps it, to select text */
	bool no_config;				/* settings are neither read nor written */
	bool reverse;				/* ascending */
	uint32_t pid;				/* 0: all VMs */
	const struct gmem_metric *sort;
	enum view_id view;			/* to begin with */
	uint64_t ringbuf_bytes;			/* 0: by number of CPUs */
	uint64_t backing_ns;		/* how often pages are read; 0: never */
	unsigned int groups;			/* of probes, beside the base */
	enum gmem_probe_set set;		/* wish */
	int verbose;
	unsigned int colors;			/* enum ui_look */
	unsigned int given;			/* GIVEN_* */
	struct settings *settings;	/* what the screen begins with, and at its end what it has; or NULL */
};

/* Exits for --help and --version; else GMEM_OK or GMEM_E_USAGE with *e. */
enum gmem_status gmemtop_parse(struct gmemtop_options *o, int argc, char **argv,
			       struct gmem_error *e);

#endif /* GMEMTOP_OPTIONS_H */
