// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "base/stop.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t stopped;

static void on_signal(int sig)
{
	(void)sig;
	stopped++;
}

void gmem_stop_on_signals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction sa = { .sa_handler = on_signal };

	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		sigaction(signals[i], &sa, NULL);
}

bool gmem_stopped(void)
{
	return stopped;
}

int gmem_stops(void)
{
	return stopped;
}
