// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Parts of the report: conversions, phases, stalls, windows, pages, hot ranges. */
#include "report/text.h"

#include "abi/hist.h"
#include "abi/kinds.h"
#include "bpf/gmem_hist.h"

typedef unsigned long long ull;

/* To private first: a confidential VM begins with these conversions. */
static const enum gmem_direction order[] = { GMEM_TO_PRIVATE, GMEM_TO_SHARED };
static const char *const titles[GMEM_DIRECTIONS] = { "to shared", "to private" };

#define EACH_DIRECTION(d)							\
	for (const enum gmem_direction *p_ = order; p_ < order + 2 && (d = *p_, true); p_++)

static void print_classes(const struct report_subject *s, enum gmem_direction d, FILE *out)
{
	for (int i = 0; i < GMEM_CLASSES; i++) {
		const struct gmem_op_sum *sum = &s->seen->size[i][d];
		struct gmem_dist none = { .count = sum->count }, *dist = s->seen->by_class[i][d];
		char name[24];

		snprintf(name, sizeof(name), i < GMEM_CLASSES - 1 ? "  up to %s" : "  %s",
			 gmem_size_classes[i].name);
		if (sum->count)
			text_dist_row(name, dist ? dist : &none, sum->bytes, true, out);
	}
}

static uint64_t classified(const struct report_subject *s, enum gmem_direction d)
{
	uint64_t n = 0;

	for (int i = 0; i < GMEM_CLASSES; i++)
		n += s->seen->size[i][d].count;
	return n;
}

/* Prints conversions that are not in the rows, and how many of the others were classified by size. */
static void remarks(const struct report_subject *s, enum gmem_direction d,
		    const struct gmem_op_counters *c, FILE *out)
{
	if (c->unchanged || c->failed)
		fprintf(out, "  besides: %llu that changed nothing, %llu that failed\n",
			(ull)c->unchanged, (ull)c->failed);
	if (classified(s, d) != c->count)
		fprintf(out, "  by size: %llu of %llu were seen\n", (ull)classified(s, d), (ull)c->count);
}

void text_conversions(const struct report *r, const struct report_subject *s, FILE *out)
{
	enum gmem_direction d;

	(void)r;
	text_dist_header("CONVERSIONS", out);
	EACH_DIRECTION(d) {
		struct gmem_op_counters c = report_conversions(s, d);
		struct gmem_dist dist = report_dist(s, GMEM_S_CONVERSION, d);

		dist.count = c.count;
		if (c.count || c.unchanged || c.failed) {
			text_dist_row(titles[d], &dist, c.bytes, true, out);
			print_classes(s, d, out);
			remarks(s, d, &c, out);
		}
	}
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

void text_phases(const struct report *r, const struct report_subject *s, FILE *out)
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
		fprintf(out, "%s\n", titles[d]);
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

void text_histogram(const struct report_subject *s, FILE *out)
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

static void stall_parts(const struct report_subject *s, enum gmem_direction d, FILE *out)
{
	static const enum gmem_series_id parts[] = { GMEM_S_STALL_IOCTL, GMEM_S_STALL_DISCARD,
						     GMEM_S_STALL_VMM };

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		struct gmem_dist dist = report_dist(s, parts[i], d);
		char name[24];

		snprintf(name, sizeof(name), "  %s", gmem_series[parts[i]].title);
		if (dist.count)
			text_dist_row(name, &dist, 0, false, out);
	}
}

/* Prints conversions by origin: a hypercall is explicit, an access implicit. */
static void print_origins(const struct report_subject *s, enum gmem_direction d, FILE *out)
{
	static const char *const names[GMEM_ORIGINS] = { "explicit (hypercall)", "implicit (memory fault)",
							"without a waiting vCPU" };

	for (int i = 0; i < GMEM_ORIGINS; i++) {
		const struct gmem_op_sum *sum = i == GMEM_BY_VMM ? &s->seen->origin[i][d] :
						&s->seen->stall_origin[i][d];

		if (sum->count)
			fprintf(out, "  %-23s %7s times, %s, %s, mean %s\n", names[i],
				text_count(sum->count), text_bytes(sum->bytes), text_ns(sum->total_ns),
				text_ns(sum->total_ns / sum->count));
	}
}

void text_stalls(const struct report *r, const struct report_subject *s, FILE *out)
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
			text_dist_header("STALLS", out);
		titled = true;
		text_dist_row(titles[d], &dist, bytes, s->counted, out);
		stall_parts(s, d, out);
		print_origins(s, d, out);
		if (unchanged_stalls)
			fprintf(out, "  besides: %llu without a conversion\n", (ull)unchanged_stalls);
	}
}

static void window_row(const char *name, const struct gmem_dist *dist, const struct gmem_window_sum *w,
		       const char *unit, FILE *out)
{
	if (!dist->count && !w->retries)
		return;
	text_dist_row(name, dist, 0, false, out);
	if (w->retries)
		fprintf(out, "  %llu retries in %llu of them; most: %llu in %s [0x%llx, 0x%llx)\n",
			(ull)w->retries, (ull)w->with_retries, (ull)w->max_retries, unit,
			(ull)w->max_start, (ull)w->max_end);
}

void text_windows(const struct report *r, const struct report_subject *s, FILE *out)
{
	struct gmem_dist w = report_dist(s, GMEM_S_WINDOW, 0);
	struct gmem_dist v = report_dist(s, GMEM_S_INVALIDATE, 0);
	uint64_t in = s->seen->window.retries + s->seen->invalidate.retries + s->seen->retries_outside;

	if (!w.count && !v.count && !in)
		return;
	text_dist_header("WINDOWS", out);
	window_row("of conversions", &w, &s->seen->window, "gfn", out);
	window_row("of guest_memfd", &v, &s->seen->invalidate, "pgoff", out);
	if (s->seen->retries_outside)
		fprintf(out, "  %llu retries whose window was not seen\n", (ull)s->seen->retries_outside);
	if (s->counted && s->c.fault_retries != in)
		fprintf(out, "  %llu retries by the kernel's own count\n", (ull)s->c.fault_retries);
	if (!(r->features & GMEM_FEATURE_RETRIES))
		fputs("  retries are not reported by these probes\n", out);
}

/* Prints undiscarded memory, as an upper bound: which of the converted pages were populated is unknown. */
static void print_undiscarded(const struct report_subject *s, FILE *out)
{
	const struct gmem_vm_stats *vm = s->vm;

	if (!vm->map_known)
		fputs("its map was never scanned: slots and undiscarded memory are unknown\n", out);
	else if (vm->left_max_pages)
		fprintf(out, "made shared and not discarded: at most %s at the end, %s at once\n",
			text_bytes(vm->left.nr_pages << GMEM_PAGE_SHIFT),
			text_bytes(vm->left_max_pages << GMEM_PAGE_SHIFT));
	if (vm->double_backed_max.private_bytes || vm->double_backed_max.shared_bytes)
		fprintf(out, "double-backed at the last scan of pages: private %s (most %s), shared %s (most %s)\n",
			text_known(vm->double_backed.private_bytes, vm->double_backed_known[GMEM_SIDE_PRIVATE]),
			text_known(vm->double_backed_max.private_bytes, vm->double_backed_known[GMEM_SIDE_PRIVATE]),
			text_known(vm->double_backed.shared_bytes, vm->double_backed_known[GMEM_SIDE_SHARED]),
			text_known(vm->double_backed_max.shared_bytes, vm->double_backed_known[GMEM_SIDE_SHARED]));
}

/* Prints operations that are not in the row: failed, unchanged, without a begin, or only counted. */
static void print_besides(const struct report *r, const struct report_subject *s, enum gmem_operation op, FILE *out)
{
	char text[160];

	if (*report_besides(r, s, op, text, sizeof(text)))
		fprintf(out, "  %s: %s\n", gmem_operations[op].title, text);
}

static void pages_row(const char *name, const struct report_subject *s, enum gmem_series_id series, FILE *out)
{
	struct gmem_dist dist = report_dist(s, series, 0);
	const struct gmem_seen *seen = s->seen;
	uint64_t pages = series == GMEM_S_TOUCH ? seen->touched_pages :
			 series == GMEM_S_TOUCH_AGAIN ? seen->touched_again_pages : 0;

	if (dist.count)
		text_dist_row(name, &dist, pages << GMEM_PAGE_SHIFT, pages != 0, out);
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

void text_memory(const struct report *r, const struct report_subject *s, FILE *out)
{
	if (any_pages(s))
		text_dist_header("PAGES", out);
	else
		fputc('\n', out);
	pages_row("punches", s, GMEM_S_PUNCH, out);
	print_besides(r, s, GMEM_O_PUNCH, out);
	pages_row("preallocations", s, GMEM_S_ALLOCATE, out);
	print_besides(r, s, GMEM_O_ALLOCATE, out);
	pages_row("populate", s, GMEM_S_POPULATE, out);
	print_besides(r, s, GMEM_O_POPULATE, out);
	pages_row("faults of vCPUs", s, GMEM_S_FAULT, out);
	print_besides(r, s, GMEM_O_FAULT, out);
	pages_row("  first touch", s, GMEM_S_TOUCH, out);
	pages_row("  after convert", s, GMEM_S_TOUCH_AGAIN, out);
	if (s->seen->prepare_ns)
		fprintf(out, "  %s of these in the architecture's preparation\n", text_ns(s->seen->prepare_ns));
	pages_row("  on mappings", s, GMEM_S_GUEST_FAULT, out);
	print_besides(r, s, GMEM_O_GUEST_FAULT, out);
	pages_row("faults of VMM", s, GMEM_S_USER_FAULT, out);
	print_besides(r, s, GMEM_O_USER_FAULT, out);
	print_besides(r, s, GMEM_O_BIND, out);
	if (!report_knows(r, GMEM_S_FAULT))
		fputs("faults of vCPUs were not recorded (--faults)\n", out);
	if (s->vm)
		print_undiscarded(s, out);
	for (size_t i = 0; !s->vm && r->nr_vms == 1 && i < 1; i++)
		print_undiscarded(&r->vms[0], out);
}
