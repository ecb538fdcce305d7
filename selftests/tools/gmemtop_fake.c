// SPDX-License-Identifier: GPL-2.0-only
/*
 * gmemtop on made-up VMs: takes gmemtop's options, and parameters of the VMs from FAKE_VMS,
 * FAKE_RATE, FAKE_LONG_S, FAKE_LOSSES, FAKE_END_S, FAKE_CHURN_S. FAKE_NOISE: a library writes to
 * stderr; FAKE_CRASH_S=N: crashes after N seconds.
 */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "fake_source.h"
#include "run/options.h"
#include "run/session.h"

static double setting(const char *name, double otherwise)
{
	const char *s = getenv(name);

	return s && *s ? atof(s) : otherwise;
}

static uint64_t setting_ns(const char *name)
{
	return (uint64_t)(setting(name, 0) * 1e9);
}

static void crash(int sig)
{
	volatile int *nothing = NULL;

	(void)sig;
	*nothing = 1;
}

int main(int argc, char **argv)
{
	struct fake_opts fake = {
		.vms = (unsigned int)setting("FAKE_VMS", 4),
		.conversions = (unsigned int)setting("FAKE_RATE", 50),
		.long_ns = setting_ns("FAKE_LONG_S"),
		.losses = (uint64_t)setting("FAKE_LOSSES", 0),
		.end_ns = setting_ns("FAKE_END_S"),
		.churn_ns = setting_ns("FAKE_CHURN_S"),
		.noise = getenv("FAKE_NOISE") != NULL,
	};
	struct gmem_source *source;
	struct gmem_error e = { 0 };
	struct gmemtop_options o;
	enum gmem_status status;

	gmemtop_parse(&o, argc, argv);
	source = o.replay ? NULL : fake_open(&fake);
	if (!o.replay && !source)
		return GMEM_E_FAILED;
	if (setting("FAKE_CRASH_S", 0) > 0) {
		signal(SIGALRM, crash);
		alarm((unsigned int)setting("FAKE_CRASH_S", 1));
	}
	status = session_run(source, &o, &e);
	return status ? (int)gmem_report("gmemtop_fake", &e) : 0;
}
