// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Report as a self-contained page: order of the parts, and tables. */
#include "report/html.h"

#include <inttypes.h>
#include <string.h>

#include "abi/kinds.h"
#include "views/text.h"

static void tile(FILE *out, const char *value, const char *what)
{
	fprintf(out, "<div class=\"tile\"><b>%s</b><span>%s</span></div>", value, what);
}

static void losses(const struct report *r, FILE *out)
{
	const struct gmem_model *m = r->a->model;
	bool any = false;

	for (int i = 0; i < GMEM_LOSSES; i++) {
		if (m->lost[i])
			fprintf(out, "%s%s %" PRIu64, any ? ", " : "<p class=\"warn\">Lost: ", gmem_loss_names[i],
				m->lost[i]);
		any |= m->lost[i] != 0;
	}
	if (any)
		fputs(". Conversions and stalls by direction are the kernel's own counts, and exact; the rest is of "
		      "the events that were seen.</p>\n", out);
	if (r->a->filtered)
		fputs("<p class=\"warn\">Only events that the filters let through.</p>\n", out);
}

static void head(const struct report *r, FILE *out)
{
	struct gmem_op_counters p = report_conversions(&r->total, GMEM_TO_PRIVATE);
	struct gmem_op_counters s = report_conversions(&r->total, GMEM_TO_SHARED);
	char probes[REPORT_NAME_SIZE];
	uint64_t lost = 0;

	for (int i = 0; i < GMEM_LOSSES; i++)
		lost += r->a->model->lost[i];
	html_page_begin(out, "Guest memory");
	fprintf(out, "<h1>Guest memory</h1><div class=\"dim\">%s", *r->a->probes ? "probes: " : "");
	html_text(out, gmem_text_name(probes, sizeof(probes), r->a->probes));
	fputs("</div>\n<div class=\"tiles\">", out);
	tile(out, text_ns(r->a->begin_ns ? r->a->model->now_ns - r->a->begin_ns : 0), "observed");
	tile(out, text_count(r->nr_vms), gmem_text_plural(r->nr_vms, "VM", "VMs"));
	tile(out, text_count(p.count), gmem_text_plural(p.count, "conversion to private", "conversions to private"));
	tile(out, text_count(s.count), gmem_text_plural(s.count, "conversion to shared", "conversions to shared"));
	tile(out, text_bytes(p.bytes + s.bytes), "converted");
	tile(out, text_ns(p.total_ns + s.total_ns), "in conversions");
	tile(out, text_ns(p.max_ns > s.max_ns ? p.max_ns : s.max_ns), "longest");
	tile(out, text_count(lost), gmem_text_plural(lost, "record lost", "records lost"));
	fputs("</div>\n", out);
	losses(r, out);
}

static void vm_row(const struct report *r, const struct report_subject *s, FILE *out)
{
	struct gmem_op_counters p = report_conversions(s, GMEM_TO_PRIVATE);
	struct gmem_op_counters h = report_conversions(s, GMEM_TO_SHARED);
	char name[REPORT_NAME_SIZE];

	fprintf(out, "<tr><td>%" PRIu64 "</td><td>%u</td><td class=\"l\">", s->vm->id, s->vm->pid);
	html_text(out, report_vm_name(s->vm, name, sizeof(name)));
	fprintf(out, "%s</td>", s->vm->end_ns ? " <span class=\"dim\">ended</span>" : "");
	fprintf(out, "<td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td>",
		s->vm->map_known ? text_bytes(s->vm->slot_bytes) : "-", text_count(p.count), text_count(h.count),
		text_bytes(p.bytes + h.bytes), text_ns(p.total_ns + h.total_ns),
		text_ns(p.max_ns > h.max_ns ? p.max_ns : h.max_ns));
	fprintf(out, "<td>%s</td><td>%s</td></tr>\n", s->vm->map_known ? text_bytes(s->vm->left.nr_pages << GMEM_PAGE_SHIFT) : "-",
		text_count(report_lost(r, s)));
}

static void vm_table(const struct report *r, FILE *out)
{
	fputs("<h2>VMs</h2><table><tr><th>VM</th><th>pid</th><th class=\"l\">name</th><th>slots</th>"
	      "<th>to private</th><th>to shared</th><th>bytes</th><th>time</th><th>longest</th>"
	      "<th title=\"made shared, and the private side not punched since: at most so much\">not discarded</th>"
	      "<th>lost</th></tr>\n", out);
	for (size_t i = 0; i < r->nr_vms; i++)
		vm_row(r, &r->vms[i], out);
	fputs("</table>\n", out);
}

static void pages(const struct sheet *to, const struct report_subject *s)
{
	bool titled = false;

	for (int i = GMEM_S_PUNCH; i < GMEM_SERIES; i++) {
		struct gmem_dist dist = report_dist(s, i, 0);

		if (!dist.count)
			continue;
		if (!titled) {
			fputs("<h3>Pages</h3>\n", to->out);
			sheet_dist_head(to, NULL, "operation", false);
		}
		titled = true;
		sheet_dist_row(to, "", gmem_series[i].title, &dist, NULL);
	}
	if (titled)
		sheet_dist_end(to);
}

static void put_subject(const struct sheet *to, const struct report *r, const struct report_subject *s)
{
	part_conversions(to, s);
	html_latency(s, to->out);
	html_phases(to, r, s);
	html_stalls(to, r, s);
	part_windows(to, r, s);
	pages(to, s);
	for (enum gmem_operation op = 0; op < GMEM_OPERATIONS; op++)
		part_besides(to, r, s, op);
	part_undiscarded(to, r, s);
	part_hot(to, r, s);
}

static void vm_details(const struct sheet *to, const struct report *r, const struct report_subject *s)
{
	FILE *out = to->out;
	char name[REPORT_NAME_SIZE];

	fprintf(out, "<details><summary>VM %" PRIu64 ", pid %u, ", s->vm->id, s->vm->pid);
	html_text(out, report_vm_name(s->vm, name, sizeof(name)));
	fputs("</summary>\n", out);
	put_subject(to, r, s);
	fputs("</details>\n", out);
}

void report_html(const struct report *r, size_t max_vms, FILE *out)
{
	size_t n = r->nr_vms < max_vms ? r->nr_vms : max_vms;
	const struct sheet to = { out, true };

	head(r, out);
	if (r->nr_vms) {
		html_over_time(r, out);
		fputs("<h2>All VMs</h2>\n", out);
		put_subject(&to, r, &r->total);
		part_inflight(&to, r);
		html_longest(r, out);
		vm_table(r, out);
	}
	for (size_t i = 0; r->nr_vms > 1 && i < n; i++)
		vm_details(&to, r, &r->vms[i]);
	if (r->nr_vms > 1 && n < r->nr_vms)
		fprintf(out, "<p class=\"dim\">%zu more %s no section here (--vms).</p>\n", r->nr_vms - n,
			gmem_text_plural(r->nr_vms - n, "VM has", "VMs have"));
	html_page_end(out);
}
