/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shared parts of libgmem's unit tests: units, random numbers, an allocator that fails on demand,
 * and records.
 */
#ifndef LIB_TEST_H
#define LIB_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bpf/gmem_abi.h"

struct test_unit {
	const struct CMUnitTest *tests;
	size_t n;
};

#define TEST_UNIT(name, array)							\
	const struct test_unit name = { array, sizeof(array) / sizeof((array)[0]) }

extern const struct test_unit ranges_unit;
extern const struct test_unit hist_unit;
extern const struct test_unit model_unit;
extern const struct test_unit blocks_unit;
extern const struct test_unit text_unit;
extern const struct test_unit trend_unit;
extern const struct test_unit metrics_unit;
extern const struct test_unit vmname_unit;
extern const struct test_unit privileges_unit;
extern const struct test_unit host_unit;
extern const struct test_unit changes_unit;
extern const struct test_unit hot_unit;
extern const struct test_unit history_unit;
extern const struct test_unit holders_unit;
extern const struct test_unit truth_unit;
extern const struct test_unit block_unit;
extern const struct test_unit recording_unit;
extern const struct test_unit recording_damage_unit;
extern const struct test_unit recording_io_unit;
extern const struct test_unit state_unit;
extern const struct test_unit clocks_unit;
extern const struct test_unit operations_unit;
extern const struct test_unit changepoints_unit;

/* Random numbers, the same in every run: a failure can be repeated. */
struct rng {
	uint64_t state;
};

uint64_t rng_next(struct rng *r);
uint64_t rng_below(struct rng *r, uint64_t n);

/* Returns a number of any magnitude: all bit lengths are equally likely. */
uint64_t rng_magnitude(struct rng *r);

/* Makes all allocations of libgmem after the next @n fail, until alloc_restore(). */
void alloc_fail_after(unsigned int n);

/* Ends that; returns whether any allocation failed. */
bool alloc_restore(void);

/* Event record; further fields by name: REC(1, GMEM_BIND, .start = 0, .end = 8) */
#define REC(vm_id, of_kind, ...)						\
	((struct gmem_rec){ .h.vm = (vm_id), .h.kind = (of_kind),		\
			    .h.size = sizeof(struct gmem_rec), __VA_ARGS__ })
#define APPLY(model, vm_id, of_kind, ...)					\
	gmem_model_apply(model, &REC(vm_id, of_kind, __VA_ARGS__).h)

#define TEST_PRIVATE	8	/* KVM_MEMORY_ATTRIBUTE_PRIVATE */

#endif /* LIB_TEST_H */
