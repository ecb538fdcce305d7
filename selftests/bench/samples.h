/* SPDX-License-Identifier: GPL-2.0-only */
/* Output of in-vm.sh: one sample per run of an operation, and remarks. */
#ifndef GMEM_BENCH_SAMPLES_H
#define GMEM_BENCH_SAMPLES_H

#include <stdbool.h>
#include <stdio.h>

#define SAMPLE_NAME 64
#define SAMPLE_TEXT 320

struct sample {
	char variant[SAMPLE_NAME];	/* kernel variant */
	char observer[SAMPLE_NAME];
	char op[SAMPLE_NAME];
	int boot;
	double best_ns;			/* per operation, as are all of these */
	double mean_ns;
	double beside_ns;
};

struct remark {
	char variant[SAMPLE_NAME];
	char observer[SAMPLE_NAME];
	bool skipped;			/* not measured; the text is the reason */
	char text[SAMPLE_TEXT];
};

struct samples {
	struct sample *sample;
	size_t count;
	struct remark *remark;
	size_t remarks;
};

/*
 * Adds the lines of a file. Returns 0, -ENOMEM, or -EBADMSG for an invalid line, whose number is
 * then in *line.
 */
int samples_read(struct samples *s, FILE *in, unsigned int *line);
void samples_free(struct samples *s);

#endif
