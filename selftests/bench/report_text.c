// SPDX-License-Identifier: GPL-2.0-only
/* Tables and verdicts as text (report.h). */
#include <stdio.h>
#include <string.h>

#include "report.h"

static void print_ratio(double ratio)
{
	if (ratio > 0)
		printf(" %9.4f", ratio);
	else
		printf(" %9s", "-");
}

static void print_spread(double share)
{
	printf(" %6.2f%%%s", share * 100, share > SPREAD_DOUBTFUL ? "!" : " ");
}

static void print_figure(const struct figure *g)
{
	printf("%-7s %-30s %12.1f", g->variant, g->observer, g->best.min);
	print_ratio(g->ratio);
	print_spread(g->best.share);
	if (g->beside_ns > 0 || g->all.share > g->best.share) {
		printf(" %11.1f", g->beside_ns);
		print_ratio(g->ratio_all);
		print_spread(g->all.share);
	}
	putchar('\n');
}

static bool first_of_op(const struct figures *f, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (!strcmp(f->figure[j].op, f->figure[i].op))
			return false;
	return true;
}

static void print_op(const struct figures *f, const char *op)
{
	printf("\n%s\n%-7s %-30s %12s %9s %8s %11s %9s %8s\n", op, "kernel", "observer", "path ns/op",
	       "to stock", "spread", "reader ns", "both", "spread");
	for (size_t i = 0; i < f->count; i++)
		if (!strcmp(f->figure[i].op, op))
			print_figure(&f->figure[i]);
}

static void print_remarks(const struct samples *s)
{
	if (s->remarks)
		printf("\nRemarks:\n");
	for (size_t i = 0; i < s->remarks; i++)
		printf("%-7s %-30s %s%s\n", s->remark[i].variant, s->remark[i].observer,
		       s->remark[i].skipped ? "SKIPPED: " : "", s->remark[i].text);
}

void report_tables(const struct figures *f, const struct samples *s)
{
	printf("One ns is one executed instruction (QEMU --icount, one CPU).\n"
	       "path: of the thread that operates, in the chunk of operations that took least, so\n"
	       "without timer interrupts (slot: with them). reader: CPU time of the observer's\n"
	       "processes for one operation. to stock, both: path, and path and reader together, as\n"
	       "multiples of what the operation takes on stock with nothing attached. spread: the\n"
	       "largest repeat above the least; more than %.0f %% is marked with !\n",
	       SPREAD_DOUBTFUL * 100);
	for (size_t i = 0; i < f->count; i++)
		if (first_of_op(f, i))
			print_op(f, f->figure[i].op);
	print_remarks(s);
}

static const char *name_of(const struct limit *l)
{
	return strcmp(l->observer, BASE_OBSERVER) ? l->observer : "no event enabled";
}

/* Prints a verdict. The spread over boots needs two boots. */
static void print_verdict(const struct limit *l, const struct verdict *v)
{
	printf("%s %s, %s%s: ", v->kept ? "PASS" : "FAIL", l->op, name_of(l),
	       l->both ? ", path and reader" : "");
	if (!v->known) {
		printf("%s or what it is compared with was not measured\n", l->variant);
		return;
	}
	printf("%s %.2f, %s %.2f: ", l->variant, v->ns, l->base, v->base_ns);
	if (l->rival)
		printf("%.1f %% of what \"%s\" adds (%.2f), at most %.1f %% (", v->more * 100, l->rival,
		       v->rival_ns, l->at_most * 100);
	else
		printf("%+.2f %%, at most %+.2f %% (", v->more * 100, l->at_most * 100);
	if (v->boots > 1)
		printf("%d boots of a kernel differ by %.3f %%)\n", v->boots, v->boot_spread * 100);
	else
		printf("one boot: spread unknown)\n");
}

bool report_limits(const struct figures *f, const struct samples *s)
{
	bool all = true;

	printf("\nLimits: what is added to the path, unless stated otherwise; nothing attached is the base\n");
	for (const struct limit *l = limits; l->variant; l++) {
		struct verdict v = limit_check(l, f, s);

		print_verdict(l, &v);
		all = all && v.kept;
	}
	return all;
}
