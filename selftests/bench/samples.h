/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns: what in-vm.sh printed: one sample for each run of an operation, and remarks. Must not know
 * what is made of them.
 */
#ifndef GMEM_BENCH_SAMPLES_H
#define GMEM_BENCH_SAMPLES_H

#include <stdbool.h>
#include <stdio.h>

#define SAMPLE_NAME 64
#define SAMPLE_TEXT 320

struct sample {
	char variant[SAMPLE_NAME];	/* of the kernel */
	char observer[SAMPLE_NAME];
	char op[SAMPLE_NAME];
	int boot;
	double best_ns;			/* all of one operation */
	double mean_ns;
	double beside_ns;
};

struct remark {
	char variant[SAMPLE_NAME];
	char observer[SAMPLE_NAME];
	bool skipped;			/* not measured, for this reason */
	char text[SAMPLE_TEXT];
};

struct samples {
	struct sample *sample;
	size_t count;
	struct remark *remark;
	size_t remarks;
};

/*
 * Adds the lines of a file. 0, or -ENOMEM, or -EBADMSG for a line that is none of these, whose
 * number is then in *line.
 */
int samples_read(struct samples *s, FILE *in, unsigned int *line);
void samples_free(struct samples *s);

#endif
