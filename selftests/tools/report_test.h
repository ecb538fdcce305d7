/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared parts of the tests of the analysis and its views. */
#ifndef REPORT_TEST_H
#define REPORT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "analysis/analysis.h"
#include "synth_load.h"

struct test_unit {
	const struct CMUnitTest *tests;
	size_t n;
};

#define TEST_UNIT(name, array)							\
	const struct test_unit name = { array, sizeof(array) / sizeof((array)[0]) }

extern const struct test_unit analysis_unit;
extern const struct test_unit report_unit;
extern const struct test_unit compare_unit;
extern const struct test_unit events_unit;
extern const struct test_unit results_unit;
extern const struct test_unit dashboard_unit;

#define TEST_PRIVATE 8	/* KVM_MEMORY_ATTRIBUTE_PRIVATE */

/* Applies a record of VM 1, a ns later each time: RECORD(a, GMEM_BIND, .start = 0). */
#define RECORD(a, of_kind, ...)							\
	test_apply(a, &((struct gmem_rec){ .h = { .vm = 1, .tgid = 9, .tid = 9,	\
		.kind = (of_kind), .size = sizeof(struct gmem_rec) }, __VA_ARGS__ }).h)

void test_apply(struct gmem_analysis *a, struct gmem_hdr *h);

/* Applies a record of a source to the analysis: gmem_record_fn. */
int test_on_record(void *analysis, const struct gmem_hdr *rec);

struct gmem_analysis *test_analysis(const struct synth_load *o);

/* Compares with selftests/tools/golden/NAME, or writes it with GMEM_UPDATE_GOLDEN=1. */
void test_golden(const char *name, const char *text, size_t size);

#endif /* REPORT_TEST_H */
