// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "report.h"
void report_html(const struct report *r, size_t max_vms, FILE *out)
{
	report_text(r, max_vms, out);
}
