// SPDX-License-Identifier: GPL-2.0-only
/* Runs all units as one TAP stream: lib_test [PATTERN of names]. */
#include "lib_test.h"

#include <stdlib.h>
#include <string.h>

uint64_t rng_next(struct rng *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

uint64_t rng_below(struct rng *r, uint64_t n)
{
	return rng_next(r) % n;
}

uint64_t rng_magnitude(struct rng *r)
{
	return rng_next(r) >> rng_below(r, 64);
}

int main(int argc, char **argv)
{
	const struct test_unit *const units[] = {
		&ranges_unit, &hist_unit, &model_unit, &blocks_unit, &text_unit, &metrics_unit,
		&vmname_unit, &privileges_unit, &host_unit, &changes_unit,
		&hot_unit, &history_unit, &trend_unit, &holders_unit, &truth_unit, &block_unit,
		&recording_unit, &recording_damage_unit, &recording_io_unit, &state_unit, &clocks_unit,
		&operations_unit, &changepoints_unit,
	};
	struct CMUnitTest all[256];
	size_t n = 0;
	int failed;

	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (n + units[i]->n > sizeof(all) / sizeof(*all))
			abort();
		memcpy(&all[n], units[i]->tests, units[i]->n * sizeof(*all));
		n += units[i]->n;
	}
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	/* A single group for all: the macro takes arrays only, and each group has its own plan. */
	failed = _cmocka_run_group_tests("libgmem", all, n, NULL, NULL);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
