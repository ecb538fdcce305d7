/* SPDX-License-Identifier: GPL-2.0-only */
/* The runner's command line. Knows nothing of QEMU. */
#ifndef GMEM_VM_OPTS_H
#define GMEM_VM_OPTS_H

#include <stdbool.h>

#define EXIT_TIMEOUT	124
#define EXIT_NOVM	125
#define EXIT_SPLAT	126

enum opts_mode {
	MODE_RUN,
	MODE_CHECK_ARGS,	/* the wrapper asks before it builds a kernel */
	MODE_CHECK_LOG,		/* splat-check */
	MODE_HELP,
};

struct opts {
	enum opts_mode mode;
	const char *image, *initramfs, *mem, *log, *append;
	int smp;
	bool icount;
	bool mttcg;
	double timeout;		/* seconds, 0: none */
	double hang;		/* seconds without an answer of the guest */
	char **argv;		/* the command */
	int argc;
};

/* Reads the command line; false after it has told what is wrong with it. */
bool opts_parse(struct opts *o, int argc, char **argv);

void opts_help(void);

#endif
