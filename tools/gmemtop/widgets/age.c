// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "widgets/age.h"

#include <stdio.h>

#include "model/metrics.h"

char *age_text(char *buf, size_t size, uint64_t ns)
{
	static const struct { uint64_t seconds; char unit; } units[] = {
		{ 86400, 'd' }, { 3600, 'h' }, { 60, 'm' }, { 1, 's' },
	};
	uint64_t s = ns / 1000000000;
	int i = 0;

	if (s < 10) {
		snprintf(buf, size, "%llu.%llus", (unsigned long long)s,
			 (unsigned long long)(ns / 100000000 % 10));
		return buf;
	}
	/* Two digits of a smaller unit are more precise than one of the next larger unit. */
	while (s < 2 * units[i].seconds)
		i++;
	snprintf(buf, size, "%llu%c", (unsigned long long)(s / units[i].seconds), units[i].unit);
	return buf;
}
