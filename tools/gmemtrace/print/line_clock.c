// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Time of day of a record. The date is formatted only when the second changes. */
#include <time.h>

#include "print/line.h"

void line_clock(struct line_format *f, __u64 ts_ns, bool utc, struct put *o)
{
	__u64 ns = ts_ns + f->realtime_off, second = ns / 1000000000;
	time_t t = (time_t)second;
	struct tm tm;

	if (second != f->second || !*f->clock) {
		if (!(utc ? gmtime_r(&t, &tm) : localtime_r(&t, &tm)) ||
		    !strftime(f->clock, sizeof(f->clock), utc ? "%Y-%m-%dT%H:%M:%S" : "%Y-%m-%d %H:%M:%S", &tm))
			strcpy(f->clock, "?");
		f->second = second;
	}
	put_text(o, f->clock);
	PUT(o, ".");
	put_u64_wide(o, ns % 1000000000 / 1000, 6, '0');
	if (utc)
		PUT(o, "Z");
}
