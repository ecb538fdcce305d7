// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "input/blind.h"

#include <stdio.h>
#include <string.h>

#include "views/text.h"

void blind_warn(const struct gmem_hdr *rec)
{
	static char last[GMEM_BLIND_LEN];
	const struct gmem_probes_rec *p = (const struct gmem_probes_rec *)rec;
	char now[GMEM_BLIND_LEN], text[GMEM_BLIND_LEN * 4];

	if (rec->kind != GMEM_PROBES || rec->size < sizeof(*p))
		return;
	memcpy(now, p->blind, sizeof(now));
	now[sizeof(now) - 1] = '\0';
	if (*now && strcmp(now, last))
		fprintf(stderr, "gmemtrace: blind: programs on %s do not run: their events are missing\n"
			"See docs/truth.md, and gmemtrace doctor.\n", gmem_text_name(text, sizeof(text), now));
	memcpy(last, now, sizeof(last));
}
