/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Command line of gmemtop, parsed and checked. */
#ifndef GMEMTOP_OPTIONS_H
#define GMEMTOP_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "live/live.h"
#include "model/metrics.h"
#include "ui/view.h"

struct settings;

/* Options given on the command line, which override settings. */
enum { GIVEN_DELAY = 1, GIVEN_SORT = 2, GIVEN_COLORS = 4 };

struct gmemtop_options {
	double delay_s;				/* between refreshes, 0.1 to 3600 */
	uint32_t count;				/* refreshes; 0: no limit */
	bool batch;				/* text or JSON to stdout, no terminal */
	bool json;				/* implies batch */
	bool csv;				/* implies batch */
	const char *record;			/* file, or NULL */
	const char *replay;			/* file to show instead of live events, or NULL */
	double speed;				/* factor of the replay */
	bool ascii;				/* no Unicode on the screen */
	bool no_mouse;				/* leave it to the terminal, to select text */
	bool no_config;				/* settings are neither read nor written */
	bool reverse;				/* ascending */
	uint32_t pid;				/* 0: all VMs */
	const struct gmem_metric *sort;
	int view;				/* enum view_id to start in */
	struct gmem_live_opts live;		/* options of the live source */
	int colors;				/* enum ui_look */
	unsigned int given;			/* GIVEN_* */
	struct settings *settings;	/* read at the start of the screen and set at its end; or NULL */
};

/* Parses the command line. Exits on --help, --version and wrong usage. */
void gmemtop_parse(struct gmemtop_options *o, int argc, char **argv);

#endif /* GMEMTOP_OPTIONS_H */
