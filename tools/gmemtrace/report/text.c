// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Report as text: its head, the table of VMs, and the order of the parts. */
#include "report/text.h"

#include <limits.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "abi/kinds.h"
#include "views/text.h"

typedef unsigned long long ull;

static void losses(const struct report *r, FILE *out)
{
	const struct gmem_model *m = r->a->model;
	const char *comma = "lost:";

	for (int i = 0; i < GMEM_LOSSES; i++) {
		if (m->lost[i]) {
			fprintf(out, "%s %s %llu", comma, gmem_loss_names[i], (ull)m->lost[i]);
			comma = ",";
		}
	}
	fprintf(out, "%s\n", *comma == ',' ? "" : "lost: nothing");
	comma = "  of these:";
	for (int i = 0; i < GMEM_KINDS; i++) {
		if (m->lost_by_kind[i] && gmem_kind(i)) {
			fprintf(out, "%s %s %llu", comma, gmem_kind(i)->name, (ull)m->lost_by_kind[i]);
			comma = ",";
		}
	}
	if (*comma == ',')
		fputc('\n', out);
	if (m->lost[GMEM_LOST_RINGBUF] && r->total.counted)
		fputs("Conversions and stalls by direction are the kernel's own counts, and exact; the\n"
		      "rest is of the events that were seen.\n", out);
}

static void head(const struct report *r, FILE *out)
{
	const struct gmem_analysis *a = r->a;
	char probes[REPORT_NAME_SIZE];

	fprintf(out, "%zu VM%s, %llu events in %s", r->nr_vms, r->nr_vms == 1 ? "" : "s",
		(ull)a->nr_events, text_ns(a->begin_ns ? a->model->now_ns - a->begin_ns : 0));
	if (*a->probes)
		fprintf(out, ", probes: %s", gmem_text_name(probes, sizeof(probes), a->probes));
	fputc('\n', out);
	if (a->filtered)
		fputs("Only events that the filters let through.\n", out);
	losses(r, out);
}

/*
 * Cuts a name to @columns, of which a character takes 0 to 2; @fill: pads it with blanks. Ignores
 * the user's locale, so that reports are the same everywhere.
 */
static const char *fit(char *buf, size_t size, const char *name, int columns, bool fill)
{
	locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0), before;
	mbstate_t state = { 0 };
	size_t used = 0, n;
	wchar_t ch;

	if (!utf8)
		return name;
	before = uselocale(utf8);
	for (; *name; name += n, used += n) {
		int width;

		n = mbrtowc(&ch, name, MB_CUR_MAX, &state);
		width = n < MB_LEN_MAX ? wcwidth(ch) : -1;
		if (width < 0 || width > columns || used + n >= size)
			break;
		memcpy(buf + used, name, n);
		columns -= width;
	}
	uselocale(before);
	freelocale(utf8);
	while (fill && columns-- > 0 && used + 1 < size)
		buf[used++] = ' ';
	buf[used] = '\0';
	return buf;
}

/* Prints the conversions of a VM in one line. */
static void vm_row(const struct report *r, const struct report_subject *s, FILE *out)
{
	char name[REPORT_NAME_SIZE], short_name[REPORT_NAME_SIZE];
	struct gmem_op_counters p = report_conversions(s, GMEM_TO_PRIVATE);
	struct gmem_op_counters h = report_conversions(s, GMEM_TO_SHARED);
	uint64_t lost = report_lost(r, s);

	fprintf(out, "%5llu %7u %s %7s %7s %7s %7s %7s %7s%s\n", (ull)s->vm->id, s->vm->pid,
		fit(short_name, sizeof(short_name), report_vm_name(s->vm, name, sizeof(name)), 15, true),
		s->vm->map_known ? text_bytes(s->vm->slot_bytes) : "-",
		text_count(p.count), text_count(h.count), text_bytes(p.bytes + h.bytes),
		text_ns(p.total_ns + h.total_ns), text_ns(p.max_ns > h.max_ns ? p.max_ns : h.max_ns),
		lost ? " !" : s->vm->end_ns ? " e" : "");
}

static void vm_table(const struct report *r, FILE *out)
{
	bool lost = false, ended = false;

	fprintf(out, "\n%5s %7s %-15s %7s %7s %7s %7s %7s %7s\n", "VM", "PID", "NAME", "SLOTS", ">PRIV",
		">SHRD", "BYTES", "TIME", "MAX");
	for (size_t i = 0; i < r->nr_vms; i++) {
		vm_row(r, &r->vms[i], out);
		lost |= report_lost(r, &r->vms[i]) != 0;
		ended |= r->vms[i].vm->end_ns != 0;
	}
	if (lost || ended)
		fprintf(out, "%s%s%s\n", ended ? "e: ended" : "", ended && lost ? "; " : "",
			lost ? "!: records of it were lost" : "");
}

static void print_parts(const struct report *r, const struct report_subject *s, FILE *out)
{
	text_conversions(r, s, out);
	text_phases(r, s, out);
	text_histogram(s, out);
	text_stalls(r, s, out);
	text_windows(r, s, out);
	text_memory(r, s, out);
	text_hot(r, s, out);
}

static void vm_title(const struct report_subject *s, FILE *out)
{
	char name[REPORT_NAME_SIZE], short_name[REPORT_NAME_SIZE];

	fprintf(out, "\n==== VM %llu, pid %u, %s\n", (ull)s->vm->id, s->vm->pid,
		fit(short_name, sizeof(short_name), report_vm_name(s->vm, name, sizeof(name)), 50, false));
}

void report_text(const struct report *r, size_t max_vms, FILE *out)
{
	size_t n = r->nr_vms < max_vms ? r->nr_vms : max_vms;

	head(r, out);
	if (!r->nr_vms)
		return;
	vm_table(r, out);
	print_parts(r, &r->total, out);
	text_inflight(r, out);
	text_longest(r, out);
	/* With one VM, the parts of all VMs are its own. */
	for (size_t i = 0; r->nr_vms > 1 && i < n; i++) {
		vm_title(&r->vms[i], out);
		print_parts(r, &r->vms[i], out);
	}
	if (n < r->nr_vms && r->nr_vms > 1)
		fprintf(out, "\n%zu more VMs have no section of their own: --vms %zu shows them.\n",
			r->nr_vms - n, r->nr_vms);
}
