// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "recording/recording_layout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EVENT	{ 1, { { 'e', 1 } } }

const struct layouts layouts_here = { {
	[GMEM_VM]		= { 3, { { 'q', 1 }, { 'b', GMEM_COMM_LEN }, { 'd', 3 } } },
	[GMEM_VM_END ... GMEM_ATTRIBUTES_BEGIN]		= EVENT,
	[GMEM_ATTRIBUTES_END]	= { 2, { { 'e', 1 }, { 'q', 1 + GMEM_PHASES } } },
	[GMEM_MEMORY_FAULT]	= EVENT,
	[GMEM_ATTRIBUTES_PHASE ... GMEM_SCAN_SLOT]	= EVENT,
	[GMEM_SCAN_END]		= EVENT,
	[GMEM_PROBES]		= { 4, { { 'q', 1 }, { 'b', 16 }, { 'b', GMEM_BLIND_LEN }, { 'q', 2 } } },
	[GMEM_STALL_BEGIN ... GMEM_INFLIGHT]		= EVENT,
	[GMEM_NAME]		= { 1, { { 'b', GMEM_NAME_LEN + GMEM_CGROUP_LEN } } },
	[GMEM_BACKING ... GMEM_SYNC]			= EVENT,
	[GMEM_HOLDER]		= { 2, { { 'q', 1 }, { 'b', GMEM_COMM_LEN } } },
	[GMEM_HOLDERS]		= EVENT,
	[GMEM_PHASE ... GMEM_BEHIND]			= EVENT,
	[GMEM_PREFETCH_RETRY]	= EVENT,
} };

void layout_format(const struct layout *l, char *buf, size_t size)
{
	size_t used = 0;

	*buf = '\0';
	for (int i = 0; i < l->nr && used < size; i++)
		used += snprintf(buf + used, size - used, "%s%c%u", i ? " " : "", l->s[i].type,
				 l->s[i].n);
}

static bool parse_section(struct layout_section *s, const char **text)
{
	unsigned long n;
	char *end;

	s->type = **text;
	if (!s->type || !strchr("eqdb", s->type) || (*text)[1] < '0' || (*text)[1] > '9')
		return false;
	n = strtoul(*text + 1, &end, 10);
	if (n < 1 || n > UINT16_MAX || (s->type == 'e' && n != 1))
		return false;
	s->n = (uint16_t)n;
	*text = *end == ' ' ? end + 1 : end;
	return *end == ' ' || !*end;
}

bool layout_parse(struct layout *l, const char *text)
{
	memset(l, 0, sizeof(*l));
	while (*text) {
		if (l->nr == LAYOUT_SECTIONS || !parse_section(&l->s[l->nr], &text) ||
		    (l->nr && l->s[l->nr].type == 'e')) {
			memset(l, 0, sizeof(*l));
			return false;
		}
		l->nr++;
	}
	return true;
}
