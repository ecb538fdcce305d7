// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Refreshes as CSV (RFC 4180, but lines end in LF): a line for each VM, the columns of -s help. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "model/metrics.h"
#include "run/batch.h"
#include "views/text.h"

#define NAME_LEN	(4 * GMEM_CGROUP_LEN)

static void print_head(void)
{
	printf("ts_ns,lost,ended");
	for (size_t i = 0; i < gmem_nr_metrics; i++)
		printf(",%s", gmem_metrics[i].key);
	putchar('\n');
}

static void print_text(const char *s)
{
	char text[NAME_LEN];

	gmem_text_name(text, sizeof(text), s);
	if (!strpbrk(text, ",\"") && *text != ' ') {
		fputs(text, stdout);
		return;
	}
	putchar('"');
	for (const char *p = text; *p; p++) {
		if (*p == '"')
			putchar('"');
		putchar(*p);
	}
	putchar('"');
}

/* Unknown values are empty, not 0. */
static void print_value(const struct gmem_metric *metric, const struct gmem_model *m,
			const struct gmem_vm *vm)
{
	struct gmem_value v = gmem_metric_get(metric, vm, m);

	putchar(',');
	if (v.unknown)
		return;
	if (metric->type == GMEM_TEXT)
		print_text(v.s);
	else if (metric->type == GMEM_PER_S || metric->type == GMEM_BYTES_PER_S)
		printf("%.3f", v.f);
	else
		printf("%" PRIu64, v.u);
}

void batch_print_csv(const struct gmem_model *m, const struct gmemtop_options *o, bool first)
{
	const struct gmem_vm *vm, *tmp;
	uint64_t lost = 0;

	if (first)
		print_head();
	for (int i = 0; i < GMEM_LOSSES; i++)
		lost += m->lost[i];
	HASH_ITER(hh, m->vms, vm, tmp) {
		if (o->pid && vm->pid != o->pid)
			continue;
		printf("%" PRIu64 ",%" PRIu64 ",%d", m->now_ns, lost, vm->ended_ns != 0);
		for (size_t i = 0; i < gmem_nr_metrics; i++)
			print_value(&gmem_metrics[i], m, vm);
		putchar('\n');
	}
}
