// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include <stdio.h>
#include <string.h>

#include "bpf/gmem_hist.h"
#include "terminal/glyphs.h"
#include "views/latency.h"
#include "views/text.h"
#include "widgets/age.h"

#define LABEL	8	/* width of a row's label: "1.05ms " */
#define BARS	12	/* width of each histogram, with the blank before it */
#define BARS_MIN 72	/* narrower panels have no histograms */

/* Rows of the map, the highest magnitudes on top. */
struct rows {
	int low;		/* lowest magnitude */
	int n;			/* rows */
	int per;		/* magnitudes on each row */
	uint64_t most;		/* highest count of any cell */
};

struct heat {
	struct panel *p;
	const struct latency_state *s;
	const struct gmem_history *h;
	int columns;
	struct rows rows;
	uint64_t now[GMEM_PHASE_SLOTS];
	uint64_t start[GMEM_PHASE_SLOTS];
};

static uint64_t row_count(const struct rows *r, int row, const uint64_t *counts)
{
	int first = r->low + (r->n - 1 - row) * r->per;
	uint64_t n = 0;

	for (int i = first; i < first + r->per && i < GMEM_PHASE_SLOTS; i++)
		n += counts[i];
	return n;
}

/* Reads the counts of column x; false if no refresh is kept for it. */
static bool read_column(const struct heat *h, int x, uint64_t counts[GMEM_PHASE_SLOTS])
{
	const struct gmem_period *p = gmem_history_at(h->h, (size_t)(h->columns - 1 - x));

	if (p)
		latency_of_period(p, h->s->of, latency_bits(h->s->direction), counts);
	return p;
}

static void widen(int *low, int *high, const uint64_t *counts)
{
	for (int i = 0; i < GMEM_PHASE_SLOTS; i++) {
		if (!counts[i])
			continue;
		*low = i < *low ? i : *low;
		*high = i > *high ? i : *high;
	}
}

/* Fits the magnitudes that occur, from lowest to highest, into the lines available. */
static void fit_rows(struct heat *h, int lines)
{
	int low = GMEM_PHASE_SLOTS, high = -1;
	uint64_t counts[GMEM_PHASE_SLOTS];
	struct rows *r = &h->rows;

	widen(&low, &high, h->start);
	for (int x = 0; x < h->columns; x++) {
		if (read_column(h, x, counts))
			widen(&low, &high, counts);
	}
	*r = (struct rows){ .low = low, .per = 1 };
	if (high < 0)
		return;
	while ((high - low + r->per) / r->per > lines)
		r->per++;
	r->n = (high - low + r->per) / r->per;
	for (int x = 0; x < h->columns; x++) {
		for (int row = 0; row < r->n && read_column(h, x, counts); row++) {
			uint64_t n = row_count(r, row, counts);

			r->most = n > r->most ? n : r->most;
		}
	}
}

/* Returns 1 to CANVAS_HEATS by logarithm, so that 1 is visible beside a million; 0 for none. */
static int heat_of(uint64_t n, uint64_t most)
{
	unsigned int all = gmem_log2(most) + 1, of = gmem_log2(n) + 1;

	return n ? (int)((of * CANVAS_HEATS + all - 1) / all) : 0;
}

static void draw_bar(struct heat *h, int row, const uint64_t *counts, int at)
{
	uint64_t all = 0, n = row_count(&h->rows, row, counts);

	for (int i = 0; i < GMEM_PHASE_SLOTS; i++)
		all += counts[i];
	h->p->column = at + 1;
	panel_bar(h->p, BARS - 1, &n, 1, all);
}

static void draw_row(struct heat *h, int row, bool bars)
{
	const struct glyphs *g = glyphs(h->p->c->ascii);
	int low = h->rows.low + (h->rows.n - 1 - row) * h->rows.per;
	uint64_t counts[GMEM_PHASE_SLOTS];
	char buf[24];

	gmem_text_ns(buf, sizeof(buf), 1ULL << low);
	panel_field(h->p, CANVAS_DIM, LABEL - 1, true, buf);
	for (int x = 0; x < h->columns; x++) {
		int heat = read_column(h, x, counts) ?
			heat_of(row_count(&h->rows, row, counts), h->rows.most) : 0;

		panel_put(h->p, heat ? (enum canvas_attr)(CANVAS_HEAT + heat - 1) : CANVAS_NORMAL,
			  g->shade[(heat + 1) / 2]);
	}
	if (bars) {
		draw_bar(h, row, h->now, LABEL + h->columns);
		draw_bar(h, row, h->start, LABEL + h->columns + BARS);
	}
	panel_end_line(h->p);
}

/* Labels the age of the first column, and "now". */
static void draw_axis(struct heat *h, bool bars)
{
	const struct gmem_period *last = gmem_history_at(h->h, 0), *first = NULL;
	char buf[32], age[16];
	int x = 0;

	for (; x < h->columns && !first; x++)
		first = gmem_history_at(h->h, (size_t)(h->columns - 1 - x));
	if (first && last && first->begin_ns && h->columns > 20) {
		snprintf(buf, sizeof(buf), "%s ago",
			 age_text(age, sizeof(age), last->end_ns - first->begin_ns));
		h->p->column = LABEL + (x - 1 < h->columns - 13 ? x - 1 : h->columns - 13);
		panel_put(h->p, CANVAS_DIM, buf);
	}
	h->p->column = LABEL + h->columns - 3;
	panel_put(h->p, CANVAS_DIM, "now");
	if (bars) {
		h->p->column = LABEL + h->columns + 1;
		panel_put(h->p, CANVAS_DIM, "now");
		h->p->column = LABEL + h->columns + BARS + 1;
		panel_put(h->p, CANVAS_DIM, "since start");
	}
	panel_end_line(h->p);
}

void heat_draw(struct panel *p, const struct latency_state *s, const struct gmem_history *history)
{
	bool bars = p->width >= BARS_MIN;
	struct heat h = {
		.p = p, .s = s, .h = history, .columns = p->width - LABEL - (bars ? 2 * BARS : 0),
	};

	if (h.columns < 1 || panel_left(p) < 1)
		return;
	latency_magnitudes(&s->now, s->of, h.now);
	latency_magnitudes(&s->start, s->of, h.start);
	fit_rows(&h, panel_left(p) > 2 ? panel_left(p) - 1 : panel_left(p));
	if (!h.rows.n) {
		panel_line(p, CANVAS_DIM, " none was seen yet");
		return;
	}
	for (int row = 0; row < h.rows.n; row++)
		draw_row(&h, row, bars);
	if (panel_left(p) > 0)
		draw_axis(&h, bars);
}
