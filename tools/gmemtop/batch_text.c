// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* A refresh as text: the screen as it would be, on a terminal as tall as needed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "batch.h"
#include "canvas.h"
#include "draw.h"
#include "ui.h"

#define DEFAULT_WIDTH 132
#define OTHER_LINES 8	/* above and below the VMs */

static int width(void)
{
	const char *columns = getenv("COLUMNS");
	int w = columns ? atoi(columns) : 0;

	return w >= 20 && w <= 1000 ? w : DEFAULT_WIDTH;
}

/* The last line tells keys, and nobody can press any. Blank lines before it go, too. */
static void print_lines(char *text)
{
	size_t n = strlen(text);

	while (n && text[n - 1] == '\n')
		n--;
	while (n && text[n - 1] != '\n')
		n--;
	while (n > 1 && text[n - 2] == '\n')
		n--;
	printf("%.*s\n", (int)n, text);
}

void batch_print_text(const struct gmem_model *m, const char *probes, struct ui *ui, bool ascii)
{
	struct draw_info info = { .probes = probes };
	struct canvas *c = NULL;
	char *text = NULL;

	if (ui_order(ui, m))
		c = canvas_new(width(), 2 * (int)ui->list.nr + OTHER_LINES,
			       ascii || !canvas_unicode());
	if (c) {
		draw_fit(ui, m, c->width, c->height);
		draw(c, ui, m, &info);
		text = canvas_text(c);
	}
	if (text)
		print_lines(text);
	free(text);
	canvas_free(c);
}
