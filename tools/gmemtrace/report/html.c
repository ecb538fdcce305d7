// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "report/html.h"

#include <math.h>

#include "abi/hist.h"
#include "bpf/gmem_hist.h"

#define WIDTH	880
#define HEIGHT	170
#define LEFT	64
#define BOTTOM	22
#define TOP	8

static const char style[] =
	":root{--bg:#fff;--fg:#1c2330;--dim:#667085;--line:#e3e7ee;--panel:#f7f8fa;"
	"--c0:#2f5d9f;--c1:#e08e2b;--c2:#8fb3de;--c3:#5b8a3c;--c4:#b0413e;--c5:#7b5ea7;--c6:#3a9a9a;--c7:#9aa3b2}"
	"@media(prefers-color-scheme:dark){:root{--bg:#14181f;--fg:#e4e8ef;--dim:#94a0b3;--line:#2b323d;"
	"--panel:#1b2029;--c0:#6b9be0;--c1:#eaa85a;--c2:#46699a;--c3:#86b766;--c4:#df7a76;--c5:#a98fd0;"
	"--c6:#63bcbc;--c7:#6d788a}}"
	"body{background:var(--bg);color:var(--fg);font:14px/1.45 system-ui,sans-serif;margin:24px auto;"
	"max-width:960px;padding:0 20px}"
	"h1{font-size:21px;margin:0 0 4px}h2{font-size:16px;margin:30px 0 8px;border-bottom:1px solid var(--line);"
	"padding-bottom:4px}h3{font-size:14px;margin:16px 0 6px}.dim{color:var(--dim)}.warn{color:var(--c4)}"
	".tiles{display:flex;flex-wrap:wrap;gap:10px;margin:16px 0}.tile{background:var(--panel);border-radius:6px;"
	"padding:8px 14px;min-width:104px}.tile b{display:block;font-size:19px;font-weight:600}"
	".tile span{color:var(--dim);font-size:12px}"
	"table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:13px}"
	"th{font-weight:500;color:var(--dim);text-align:right}td{text-align:right}"
	"th,td{padding:3px 8px;border-bottom:1px solid var(--line);white-space:nowrap}"
	"th:first-child,td:first-child{text-align:left}td.l,th.l{text-align:left}tr.s td{font-weight:600}"
	"tr.i td:first-child{padding-left:22px}td.mono{font-family:ui-monospace,monospace;font-size:12px}"
	"svg{display:block;width:100%;height:auto;margin:2px 0 4px}svg text{fill:var(--dim);font-size:11px;"
	"font-family:system-ui,sans-serif}svg .ax{stroke:var(--line)}"
	".c0{fill:var(--c0);background:var(--c0)}.c1{fill:var(--c1);background:var(--c1)}"
	".c2{fill:var(--c2);background:var(--c2)}.c3{fill:var(--c3);background:var(--c3)}"
	".c4{fill:var(--c4);background:var(--c4)}.c5{fill:var(--c5);background:var(--c5)}"
	".c6{fill:var(--c6);background:var(--c6)}.c7{fill:var(--c7);background:var(--c7)}"
	".lg{display:flex;flex-wrap:wrap;gap:4px 16px;font-size:12px;color:var(--dim);margin:2px 0}"
	".lg i{display:inline-block;width:10px;height:10px;border-radius:2px;margin-right:5px}"
	".st{margin:4px 0 12px;display:grid;grid-template-columns:220px 1fr 70px;gap:3px 10px;align-items:center;font-size:12px}"
	".st div:nth-child(3n+1){overflow:hidden;text-overflow:ellipsis;white-space:nowrap}"
	".st div:nth-child(3n){text-align:right;font-variant-numeric:tabular-nums}"
	".bar{position:relative;height:16px;background:var(--panel);border-radius:3px;overflow:hidden}"
	".bar u{position:absolute;top:0;bottom:0;min-width:1px}"
	"details{border:1px solid var(--line);border-radius:6px;padding:4px 14px;margin:8px 0}"
	"summary{cursor:pointer;font-weight:600;padding:4px 0}"
	"@media(max-width:720px){table{display:block;overflow-x:auto}.st{grid-template-columns:110px 1fr 60px}}";

void html_text(FILE *out, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '<':	fputs("&lt;", out); break;
		case '>':	fputs("&gt;", out); break;
		case '&':	fputs("&amp;", out); break;
		case '"':	fputs("&quot;", out); break;
		default:	fputc(*text, out);
		}
	}
}

void html_page_begin(FILE *out, const char *title)
{
	fputs("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>", out);
	html_text(out, title);
	fprintf(out, "</title>\n<style>%s</style></head><body>\n", style);
}

void html_page_end(FILE *out)
{
	fputs("</body></html>\n", out);
}

void html_legend(FILE *out, const struct html_series *series, size_t n)
{
	fputs("<div class=\"lg\">", out);
	for (size_t i = 0; i < n; i++)
		fprintf(out, "<span><i class=\"%s\"></i>%s</span>", series[i].color, series[i].name);
	fputs("</div>\n", out);
}

static void svg_begin(FILE *out, const char *title)
{
	fprintf(out, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n", WIDTH, HEIGHT, title);
}

static double plot_height(void)
{
	return HEIGHT - TOP - BOTTOM;
}

/* Draws a horizontal line, with its value at the left. */
static void level(FILE *out, double share, const char *text)
{
	double y = TOP + plot_height() * (1 - share);

	fprintf(out, "<line class=\"ax\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>"
		"<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>\n", LEFT, WIDTH, y, y, LEFT - 6, y + 4, text);
}

static void mark_x(FILE *out, double x, const char *text)
{
	fprintf(out, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>\n", x, HEIGHT - 6, text);
}

/*
 * Sets the bounds of the axis: 0 and the highest bar; if it is logarithmic, exponents of the
 * powers of two around all values.
 */
static void bounds_of(const struct html_bars *b, double *low, double *high)
{
	*low = b->log ? 64 : 0;
	*high = b->log ? 0 : 1;
	for (size_t i = 0; i < b->nr_bins; i++) {
		uint64_t sum = 0;

		for (size_t k = 0; k < b->nr_series; k++)
			sum += b->values[i * b->nr_series + k];
		if (b->log && sum)
			*low = fmin(*low, floor(log2((double)sum)));
		*high = fmax(*high, !b->log ? (double)sum : sum ? ceil(log2((double)sum)) : 0);
	}
	if (*high <= *low)
		*high = *low + 1;
}

static void bar(FILE *out, const struct html_bars *b, size_t i, double from, double to, size_t k)
{
	double w = (double)(WIDTH - LEFT) / (double)b->nr_bins, y = TOP + plot_height() * (1 - to);

	fprintf(out, "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"><title>%s: %s at ",
		b->series[k].color, LEFT + w * (double)i, y, w > 2 ? w - 0.5 : w,
		plot_height() * (to - from), b->series[k].name, b->format(b->values[i * b->nr_series + k]));
	fprintf(out, "%s</title></rect>\n", text_ns(b->from_ns + i * b->bin_ns));
}

static void draw_bars(FILE *out, const struct html_bars *b)
{
	double low, high;

	bounds_of(b, &low, &high);
	for (double at = 0; at <= 1; at += 0.5) {
		double v = low + at * (high - low);

		level(out, at, b->format((uint64_t)(b->log ? exp2(v) : v)));
	}
	for (size_t i = 0; i < b->nr_bins; i++) {
		double from = 0;

		for (size_t k = 0; k < b->nr_series; k++) {
			uint64_t v = b->values[i * b->nr_series + k];
			double share = b->log ? fmax((log2((double)v) - low) / (high - low), 0.01) : (double)v / high;

			if (v)
				bar(out, b, i, from, from + share, k);
			from += share;
		}
	}
}

void html_bars(FILE *out, const struct html_bars *b)
{
	fprintf(out, "<h3>%s</h3>\n", b->title);
	if (b->nr_series > 1)
		html_legend(out, b->series, b->nr_series);
	svg_begin(out, b->title);
	draw_bars(out, b);
	for (size_t i = 0; i <= 4; i++)
		mark_x(out, LEFT + (double)(WIDTH - LEFT - 40) * (double)i / 4 + (i ? 8 : 4),
		       text_ns(b->from_ns + b->nr_bins * b->bin_ns * i / 4));
	fputs("</svg>\n", out);
}

static void range_of(const struct gmem_dist *dists, size_t n, unsigned int *first, unsigned int *last)
{
	*first = GMEM_HIST_SLOTS;
	*last = 0;
	for (size_t k = 0; k < n; k++) {
		for (unsigned int i = 0; i < GMEM_HIST_SLOTS; i++) {
			if (!dists[k].slots[i])
				continue;
			*first = i < *first ? i : *first;
			*last = i > *last ? i : *last;
		}
	}
}

void html_histogram(FILE *out, const char *title, const struct html_series *series,
		    const struct gmem_dist *dists, size_t n)
{
	unsigned int first, last;
	uint64_t most = 1;
	double w;

	range_of(dists, n, &first, &last);
	if (first > last)
		return;
	for (size_t k = 0; k < n; k++) {
		for (unsigned int i = first; i <= last; i++)
			most = dists[k].slots[i] > most ? dists[k].slots[i] : most;
	}
	fprintf(out, "<h3>%s</h3>\n", title);
	html_legend(out, series, n);
	svg_begin(out, title);
	level(out, 0, "0");
	level(out, 0.5, text_count(most / 2));
	level(out, 1, text_count(most));
	w = (double)(WIDTH - LEFT) / (double)(last + 1 - first);
	for (unsigned int i = first; i <= last; i++) {
		double x = LEFT + w * (i - first);

		for (size_t k = 0; k < n; k++) {
			double h = plot_height() * (double)dists[k].slots[i] / (double)most;

			if (dists[k].slots[i])
				fprintf(out, "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\">"
					"<title>%s, from %s to %s: %s</title></rect>\n", series[k].color,
					x + w * (double)k / (double)n, TOP + plot_height() - (h > 1 ? h : 1),
					w / (double)n, h > 1 ? h : 1, series[k].name, text_ns(gmem_hist_low(i)),
					text_ns(gmem_hist_low(i + 1)), text_count(dists[k].slots[i]));
		}
		if (i % (GMEM_HIST_SUB * (1 + (last - first) / 96)) == 0)
			mark_x(out, x, text_ns(gmem_hist_low(i)));
	}
	fputs("</svg>\n", out);
}

void html_stack(FILE *out, const char *label, const struct html_part *parts, size_t n, uint64_t whole,
		const char *(*format)(uint64_t v))
{
	fputs("<div>", out);
	html_text(out, label);
	fputs("</div><div class=\"bar\">", out);
	for (size_t i = 0; i < n; i++) {
		double left = whole ? 100 * (double)parts[i].from / (double)whole : 0;
		double width = whole ? 100 * (double)parts[i].size / (double)whole : 0;

		if (parts[i].size)
			fprintf(out, "<u class=\"%s\" style=\"left:%.3f%%;width:%.3f%%\" title=\"%s: %s (%.1f %%)\"></u>",
				parts[i].color, left, width, parts[i].name, format(parts[i].size), width);
	}
	fprintf(out, "</div><div>%s</div>\n", format(whole));
}
