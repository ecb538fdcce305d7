/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line. */
#ifndef GMEMLOAD_OPTIONS_H
#define GMEMLOAD_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "pattern.h"

#define GM_TOUCH_ALL UINT64_MAX

struct options {
	unsigned int vms;
	unsigned int vcpus;
	unsigned int slots;		/* per VM */
	uint64_t mem_pages;		/* per VM */
	bool one_file;
	bool one_process;
	enum pattern_kind pattern;
	enum by_kind by;
	uint64_t count;			/* conversions per vCPU; UINT64_MAX: no limit */
	uint64_t duration_ns;		/* 0: no limit */
	uint64_t rate;			/* conversions per second and vCPU; 0: no limit */
	uint64_t seed;
	uint64_t pause_us;
	uint64_t split_pages;		/* 0: a request is one ioctl */
	bool other_thread;		/* another thread converts while the vCPU's thread waits */
	uint64_t touch;			/* pages per conversion, or GM_TOUCH_ALL */
	bool discard_private;
	bool discard_shared;
	bool start_shared;
	bool huge_pages;		/* of guest_memfd */
	bool hold;
	bool quiet;
	const char *ledger;		/* NULL: none */
	const char *name;
	int argc;
	char **argv;
};

/* Parses the command line. Exits with status 2 on errors, with 0 for --help. */
void options_parse(struct options *options, int argc, char **argv);

/* Parses "4096", "64K" or "256M"; whole numbers only, so "1.5G" is not a size. */
bool parse_size(const char *text, uint64_t *bytes);

/* Returns whether a VM needs alias windows. */
bool options_use_windows(const struct options *options);

#endif
