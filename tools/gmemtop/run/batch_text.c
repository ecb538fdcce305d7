// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Refreshes as text: the screen as on a terminal that is as tall as needed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/batch.h"
#include "screen/draw.h"
#include "terminal/canvas.h"
#include "ui/ui.h"

#define DEFAULT_WIDTH 132
#define OTHER_LINES 8	/* above and below the list */
#define VIEW_LINES 40	/* for views that fill any height */

static int width(void)
{
	const char *columns = getenv("COLUMNS");
	int w = columns ? atoi(columns) : 0;

	return w >= 20 && w <= 1000 ? w : DEFAULT_WIDTH;
}

/* Two lines for each VM or file: a map or the holders may need a line of their own. */
static int height(const struct ui *ui, const struct gmem_model *m)
{
	size_t files = 0;
	struct gmem_vm *vm, *tmp;

	if (ui->view == VIEW_OVERVIEW)
		return 2 * (int)ui->list.nr + OTHER_LINES;
	if (ui->view != VIEW_FILES)
		return VIEW_LINES;
	HASH_ITER(hh, m->vms, vm, tmp)
		files += vm->nr_files;
	return 2 * (int)files + OTHER_LINES;
}

/* Omits the last line, which lists keys, and the blank lines before it. */
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
		c = canvas_new(width(), height(ui, m), ascii || !canvas_unicode());
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
