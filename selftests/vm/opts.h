/* SPDX-License-Identifier: GPL-2.0-only */
/* Command line of the runner. Independent of QEMU. */
#ifndef GMEM_VM_OPTS_H
#define GMEM_VM_OPTS_H

#include <stdbool.h>

#define EXIT_TIMEOUT	124
#define EXIT_NOVM	125
#define EXIT_SPLAT	126

enum opts_mode {
	MODE_RUN,
	MODE_CHECK_ARGS,	/* the wrapper checks options before it builds a kernel */
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
	double hang;		/* seconds without an answer from the guest */
	char **argv;		/* the command */
	int argc;
};

/* Parses the command line. Prints an error and returns false if it is invalid. */
bool opts_parse(struct opts *o, int argc, char **argv);

void opts_help(void);

#endif
