// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Report as text, 80 columns wide: its head, the table of VMs, the order of the parts, and those that are only text. */
#include "report/sheet.h"

#include <limits.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "abi/hist.h"
#include "abi/kinds.h"
#include "bpf/gmem_hist.h"
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

	fprintf(out, "%zu %s, %llu %s in %s", r->nr_vms, gmem_text_plural(r->nr_vms, "VM", "VMs"),
		(ull)a->nr_events, gmem_text_plural(a->nr_events, "event", "events"), text_ns(a->begin_ns ? a->model->now_ns - a->begin_ns : 0));
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

#define SHARE_BAR 10

static void bar(double share, int width, FILE *out)
{
	int n = (int)(share * width + 0.5);

	for (int i = 0; i < n && i < width; i++)
		fputc('#', out);
}

static void phase_row(const struct report_subject *s, unsigned int phase, enum gmem_direction d,
		      uint64_t total_ns, FILE *out)
{
	struct gmem_dist dist = report_dist(s, GMEM_S_PHASE + phase, d);
	double share = total_ns ? (double)dist.total_ns / (double)total_ns : 0;
	bool coarse = report_dist_is_coarse(s, GMEM_S_PHASE + phase, d);

	fprintf(out, "  %-13s %6.1f%% %7s %7s %7s %7s %7s%s", gmem_phase_names[phase], 100 * share,
		text_ns(dist.total_ns), text_ns(gmem_dist_mean(&dist)),
		text_ns(gmem_dist_quantile(&dist, 0.5)), text_ns(gmem_dist_quantile(&dist, 0.99)),
		text_ns(dist.max_ns), coarse ? "~" : share * SHARE_BAR >= 0.5 ? " " : "");
	bar(share, SHARE_BAR, out);
	fputc('\n', out);
}

static void phases(const struct report *r, const struct report_subject *s, FILE *out)
{
	bool titled = false;
	enum gmem_direction d;

	if (!report_knows(r, GMEM_S_PHASE))
		return;
	EACH_DIRECTION(d) {
		uint64_t total = 0;

		for (unsigned int i = 0; i < GMEM_PHASES; i++)
			total += report_dist(s, GMEM_S_PHASE + i, d).total_ns;
		if (!total)
			continue;
		if (!titled)
			fprintf(out, "\n%-15s %7s %7s %7s %7s %7s %7s\n", "PHASES", "SHARE", "TOTAL", "MEAN",
				"P50", "P99", "MAX");
		titled = true;
		fprintf(out, "%s\n", report_directions[d]);
		for (unsigned int i = 0; i < GMEM_PHASES; i++)
			phase_row(s, i, d, total, out);
	}
}

#define OCTAVES	(GMEM_HIST_MAX_BITS + 1)
#define BAR	22

/* Sums up slots by octave [2^k, 2^(k+1)); the first includes 0. */
static void octaves(const struct gmem_dist *d, uint64_t *n)
{
	for (unsigned int i = 0; i < GMEM_HIST_SLOTS; i++)
		n[gmem_hist_low(i) ? gmem_log2(gmem_hist_low(i)) : 0] += d->slots[i];
}

static void histogram(const struct report_subject *s, FILE *out)
{
	uint64_t n[GMEM_DIRECTIONS][OCTAVES] = { 0 }, most = 1;
	int first = OCTAVES, last = -1;

	for (int d = 0; d < GMEM_DIRECTIONS; d++) {
		struct gmem_dist dist = report_dist(s, GMEM_S_CONVERSION, d);

		octaves(&dist, n[d]);
		for (int i = 0; i < OCTAVES; i++) {
			most = n[d][i] > most ? n[d][i] : most;
			first = n[d][i] && i < first ? i : first;
			last = n[d][i] && i > last ? i : last;
		}
	}
	if (last < 0)
		return;
	fprintf(out, "\n%-15s %7s %-*s %7s\n", "LATENCY", ">PRIV", BAR, "", ">SHRD");
	for (int i = first; i <= last; i++) {
		uint64_t p = n[GMEM_TO_PRIVATE][i], h = n[GMEM_TO_SHARED][i];
		int len = (int)((double)p / (double)most * BAR + 0.5);

		fprintf(out, "from %-10s %7s ", text_ns(i ? 1ULL << i : 0), text_count(p));
		bar((double)p / (double)most, BAR, out);
		fprintf(out, "%*s %7s", BAR - len, "", text_count(h));
		fputs(h * 2 * BAR >= most ? " " : "", out);
		bar((double)h / (double)most, BAR, out);
		fputc('\n', out);
	}
}

static void stalls(const struct sheet *to, const struct report *r, const struct report_subject *s)
{
	enum gmem_direction d;
	bool titled = false;

	if (!report_knows(r, GMEM_S_STALL))
		return;
	EACH_DIRECTION(d) {
		struct gmem_dist dist = report_dist(s, GMEM_S_STALL, d);
		uint64_t bytes = s->counted ? s->c.stall[d].bytes : 0;
		uint64_t unchanged_stalls = s->counted ? s->c.stall[d].unchanged : s->seen->unchanged_stalls[d];

		if (!dist.count && !s->seen->origin[GMEM_BY_VMM][d].count && !unchanged_stalls)
			continue;
		if (!titled)
			sheet_dist_head(to, "STALLS", NULL, true);
		titled = true;
		sheet_dist_row(to, "s", report_directions[d], &dist, s->counted ? &bytes : NULL);
		part_series(to, s, GMEM_S_STALL_IOCTL, STALL_PARTS, d);
		part_origins(to, s, d);
		if (unchanged_stalls)
			sheet_remark(to, 0, "besides: %llu without a conversion", (ull)unchanged_stalls);
	}
}

static void pages_row(const struct sheet *to, const char *name, const struct report_subject *s,
		      enum gmem_series_id series)
{
	struct gmem_dist dist = report_dist(s, series, 0);
	const struct gmem_seen *seen = s->seen;
	uint64_t bytes = (series == GMEM_S_TOUCH ? seen->touched_pages :
			  series == GMEM_S_TOUCH_AGAIN ? seen->touched_again_pages : 0) << GMEM_PAGE_SHIFT;

	if (dist.count)
		sheet_dist_row(to, "", name, &dist, bytes ? &bytes : NULL);
}

static bool any_pages(const struct report_subject *s)
{
	for (int i = GMEM_S_PUNCH; i < GMEM_SERIES; i++) {
		if (s->seen->dist[i][0])
			return true;
	}
	for (enum gmem_operation op = 0; op < GMEM_OPERATIONS; op++) {
		struct gmem_outcome o = report_outcome(s, op);

		if (o.failed || o.untimed)
			return true;
	}
	return false;
}

static void memory(const struct sheet *to, const struct report *r, const struct report_subject *s)
{
	static const struct {
		const char *name;
		enum gmem_series_id series;
		enum gmem_operation op;		/* GMEM_OPERATIONS: the same as in the row before */
	} rows[] = {
		{ "punches", GMEM_S_PUNCH, GMEM_O_PUNCH },
		{ "preallocations", GMEM_S_ALLOCATE, GMEM_O_ALLOCATE },
		{ "populate", GMEM_S_POPULATE, GMEM_O_POPULATE },
		{ "faults of vCPUs", GMEM_S_FAULT, GMEM_O_FAULT },
		{ "  first touch", GMEM_S_TOUCH, GMEM_OPERATIONS },
		{ "  after convert", GMEM_S_TOUCH_AGAIN, GMEM_OPERATIONS },
		{ "  on mappings", GMEM_S_GUEST_FAULT, GMEM_O_GUEST_FAULT },
		{ "faults of VMM", GMEM_S_USER_FAULT, GMEM_O_USER_FAULT },
	};

	if (any_pages(s))
		sheet_dist_head(to, "PAGES", NULL, true);
	else
		fputc('\n', to->out);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		pages_row(to, rows[i].name, s, rows[i].series);
		if (rows[i].op != GMEM_OPERATIONS)
			part_besides(to, r, s, rows[i].op);
		if (rows[i].series == GMEM_S_TOUCH && s->seen->huge_faults)
			sheet_remark(to, 0, "%llu of these by huge pages: %llu faults saved",
				     (ull)s->seen->huge_faults, (ull)s->seen->saved_faults);
		if (rows[i].series == GMEM_S_TOUCH_AGAIN && s->seen->prepare_ns)
			sheet_remark(to, 0, "%s of these in the architecture's preparation",
				     text_ns(s->seen->prepare_ns));
	}
	part_besides(to, r, s, GMEM_O_CREATE);
	part_besides(to, r, s, GMEM_O_BIND);
	if (!report_knows(r, GMEM_S_FAULT))
		fputs("faults of vCPUs were not recorded (--faults)\n", to->out);
	part_undiscarded(to, r, s);
}

static void op_line(const struct report *r, enum gmem_long_kind kind, const struct gmem_long_op *op,
		    FILE *out)
{
	uint64_t at = op->begin_ns > r->a->first_ns ? op->begin_ns - r->a->first_ns : 0;

	fprintf(out, "%7s at %s: VM %llu ", text_ns(op->dur_ns), text_ns(at), (ull)op->vm);
	if (kind == GMEM_LONG_STALL)
		fprintf(out, "vCPU %u ", op->vcpu);
	fprintf(out, "tid %u ", op->tid);
	if (kind != GMEM_LONG_PUNCH)
		fprintf(out, "%s ", op->direction == GMEM_TO_PRIVATE ? "to private" : "to shared");
	fprintf(out, "%s [0x%llx, 0x%llx) %s\n", op->ino ? "pgoff" : "gfn", (ull)op->start, (ull)op->end,
		text_bytes((op->end - op->start) << GMEM_PAGE_SHIFT));
}

/* Prints the marks of an operation, as " +2.5us ioctl +3.1us check .. +60us end", wrapped at 80 columns. */
static void timeline(const struct gmem_long_op *op, FILE *out)
{
	size_t column = 0;

	for (uint32_t i = 0; i < op->marks.nr; i++) {
		char mark[48];
		int n = snprintf(mark, sizeof(mark), " +%s %s", text_ns(op->marks.list[i].at_ns),
				 gmem_mark_names[op->marks.list[i].what]);

		if (!column || column + (size_t)n > 80)
			column = (size_t)fprintf(out, "%s        ", column ? "\n" : "");
		column += (size_t)n;
		fputs(mark, out);
	}
	if (op->marks.nr)
		fputc('\n', out);
}

static void longest(const struct report *r, FILE *out)
{
	static const char *const titles[GMEM_LONG_KINDS] = { "LONGEST CONVERSIONS", "LONGEST STALLS",
							     "LONGEST PUNCHES" };

	for (int k = 0; k < GMEM_LONG_KINDS; k++) {
		const struct gmem_longest *l = &r->a->longest[k];

		if (l->nr)
			fprintf(out, "\n%s\n", titles[k]);
		for (size_t i = 0; i < l->nr; i++) {
			op_line(r, k, &l->ops[i], out);
			if (k != GMEM_LONG_PUNCH)
				timeline(&l->ops[i], out);
		}
	}
}

static void print_parts(const struct sheet *to, const struct report *r, const struct report_subject *s)
{
	part_conversions(to, s);
	phases(r, s, to->out);
	histogram(s, to->out);
	stalls(to, r, s);
	part_windows(to, r, s);
	memory(to, r, s);
	part_hot(to, r, s);
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
	const struct sheet to = { out, false };

	head(r, out);
	if (!r->nr_vms)
		return;
	vm_table(r, out);
	print_parts(&to, r, &r->total);
	part_inflight(&to, r);
	longest(r, out);
	/* With one VM, the parts of all VMs are its own. */
	for (size_t i = 0; r->nr_vms > 1 && i < n; i++) {
		vm_title(&r->vms[i], out);
		print_parts(&to, r, &r->vms[i]);
	}
	if (n < r->nr_vms && r->nr_vms > 1)
		fprintf(out, "\n%zu more %s no section here: --vms %zu shows all.\n", r->nr_vms - n,
			gmem_text_plural(r->nr_vms - n, "VM has", "VMs have"), r->nr_vms);
}
