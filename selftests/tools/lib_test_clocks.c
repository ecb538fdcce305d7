// SPDX-License-Identifier: GPL-2.0-only
/* Clocks that are set, and machines that suspend, with the test's own clock_gettime(). */
#include <string.h>
#include <time.h>

#include "base/clocks.h"
#include "lib_test.h"

int __real_clock_gettime(clockid_t clock, struct timespec *t);
int __wrap_clock_gettime(clockid_t clock, struct timespec *t);

static bool ours;
static uint64_t monotonic_ns, realtime_ns, boottime_ns;

int __wrap_clock_gettime(clockid_t clock, struct timespec *t)
{
	uint64_t ns = clock == CLOCK_REALTIME ? realtime_ns :
		      clock == CLOCK_BOOTTIME ? boottime_ns : monotonic_ns;

	if (!ours)
		return __real_clock_gettime(clock, t);
	*t = (struct timespec){ (time_t)(ns / 1000000000), (long)(ns % 1000000000) };
	return 0;
}

static struct gmem_clock_rec last_record;
static int times;

static int on_clock(void *ctx, const struct gmem_hdr *rec)
{
	(void)ctx;
	memcpy(&last_record, rec, sizeof(last_record));
	times++;
	return 0;
}

static void pass(uint64_t ns)
{
	monotonic_ns += ns;
	realtime_ns += ns;
	boottime_ns += ns;
}

static void steps_are_told_and_time_is_not(void **state)
{
	struct gmem_clocks c = { 0 };

	(void)state;
	ours = true;
	monotonic_ns = 5000000000, boottime_ns = 5000000000, realtime_ns = 1700000000000000000;
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(gmem_clocks_emit(&c, on_clock, NULL), 0);
		assert_int_equal(times, 1);
		pass(1000000000);
		realtime_ns += i % 2 ? 300 : -300;	/* it takes a while to read both */
	}
	realtime_ns -= 3600000000000;
	assert_int_equal(gmem_clocks_emit(&c, on_clock, NULL), 0);
	assert_int_equal(times, 2);
	assert_int_equal(last_record.realtime_ns, realtime_ns);
	assert_int_equal(last_record.h.ts_ns, monotonic_ns);
	/* Suspend: CLOCK_MONOTONIC stood still. */
	realtime_ns += 60000000000, boottime_ns += 60000000000;
	assert_int_equal(gmem_clocks_emit(&c, on_clock, NULL), 0);
	assert_int_equal(times, 3);
	assert_int_equal(last_record.boottime_ns - last_record.h.ts_ns, 60000000000);
	pass(1000000000);
	assert_int_equal(gmem_clocks_emit(&c, on_clock, NULL), 0);
	assert_int_equal(times, 3);
	ours = false;
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(steps_are_told_and_time_is_not),
};

TEST_UNIT(clocks_unit, tests);
