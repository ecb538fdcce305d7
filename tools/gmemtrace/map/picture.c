// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Maps as images. Rows of 128 cells; private is dark, shared is light. SVG also has names and
 * gfns; PNG has only the cells, slot after slot.
 */
#include <errno.h>
#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "map/map.h"
#include "views/text.h"

typedef unsigned long long ull;

#define COLUMNS		128
#define MAX_CELLS	(128 * COLUMNS)
#define CELL		6	/* pixels */
#define MARGIN		12
#define GFN_WIDTH	90	/* of the gfns at the left */
#define LINE		16	/* height of a line of text */

struct color {
	uint8_t r, g, b;
};

static const struct color shared_color = { 0xf3, 0xd9, 0xa4 }, private_color = { 0x1d, 0x3f, 0x72 };

static uint8_t between(uint8_t a, uint8_t b, uint8_t level)
{
	return (uint8_t)((a * (MAP_FULL - level) + b * level) / MAP_FULL);
}

static struct color color_of(uint8_t level)
{
	return (struct color){
		between(shared_color.r, private_color.r, level),
		between(shared_color.g, private_color.g, level),
		between(shared_color.b, private_color.b, level),
	};
}

static size_t rows_of(const struct map_grid *g)
{
	return (g->nr + g->columns - 1) / g->columns;
}

/* Draws a row; neighbours of one colour become one rectangle. */
static void svg_row(const struct map_grid *g, size_t row, size_t y, FILE *out)
{
	size_t end = (row + 1) * g->columns < g->nr ? (row + 1) * g->columns : g->nr;

	for (size_t i = row * g->columns, n; i < end; i += n) {
		struct color c = color_of(g->level[i]);

		for (n = 1; i + n < end && g->level[i + n] == g->level[i]; n++)
			;
		fprintf(out, "<rect x=\"%zu\" y=\"%zu\" width=\"%zu\" height=\"%d\" fill=\"#%02x%02x%02x\"/>\n",
			MARGIN + GFN_WIDTH + (i % g->columns) * CELL, y, n * CELL, CELL, c.r, c.g, c.b);
	}
}

static void svg_text(size_t x, size_t y, const char *text, FILE *out)
{
	fprintf(out, "<text x=\"%zu\" y=\"%zu\">", x, y);
	for (; *text; text++) {
		switch (*text) {
		case '<':	fputs("&lt;", out); break;
		case '>':	fputs("&gt;", out); break;
		case '&':	fputs("&amp;", out); break;
		default:	fputc(*text, out);
		}
	}
	fputs("</text>\n", out);
}

/* Draws a slot at @y. Returns the y of the next one, or 0 if out of memory. */
static size_t svg_slot(const struct gmem_vm *vm, const struct gmem_slot *s, size_t y, FILE *out)
{
	struct map_grid g;
	char line[128], unit[16];

	if (map_grid_make(&g, vm, s, COLUMNS, MAX_CELLS))
		return 0;
	snprintf(line, sizeof(line), "slot %u, %s a cell", s->slot,
		 gmem_text_bytes(unit, sizeof(unit), g.unit << GMEM_PAGE_SHIFT));
	svg_text(MARGIN + GFN_WIDTH, y + LINE - 4, line, out);
	y += LINE;
	for (size_t row = 0; row < rows_of(&g); row++, y += CELL) {
		if (row % 8 == 0) {
			snprintf(line, sizeof(line), "0x%llx", (ull)(s->gfn + row * COLUMNS * g.unit));
			svg_text(MARGIN, y + CELL + 2, line, out);
		}
		svg_row(&g, row, y, out);
	}
	free(g.level);
	return y + MARGIN;
}

static size_t svg_vm(const struct gmem_vm *vm, size_t y, FILE *out)
{
	char name[4 * GMEM_NAME_LEN], line[5 * GMEM_NAME_LEN], slots[16], private[16];

	snprintf(line, sizeof(line), "VM %llu, pid %u, %s: slots %s, private %s%s", (ull)vm->id, vm->pid,
		 gmem_text_name(name, sizeof(name), *vm->name ? vm->name : vm->comm),
		 vm->map_known ? gmem_text_bytes(slots, sizeof(slots), gmem_vm_slot_bytes(vm)) : "-",
		 vm->map_known ? gmem_text_bytes(private, sizeof(private), gmem_vm_private_bytes(vm)) : "-",
		 !vm->map_known ? " (not read: unknown)" :
		 vm->map == GMEM_MAP_CURRENT ? "" : " (not to be relied on)");
	fputs("<g font-weight=\"bold\">", out);
	svg_text(MARGIN, y + LINE, line, out);
	fputs("</g>\n", out);
	y += LINE + 4;
	for (size_t i = 0; y && i < vm->nr_slots; i++)
		y = svg_slot(vm, &vm->slots[i], y, out);
	return y;
}

/* Returns the height of a VM in pixels, which the image's header needs before anything is drawn. */
static size_t height_of_vm(const struct gmem_vm *vm, size_t per_slot, size_t per_vm)
{
	size_t pixels = per_vm;

	for (size_t i = 0; i < vm->nr_slots; i++) {
		uint64_t unit = 1, n = vm->slots[i].npages;

		while ((n - 1) / unit >= MAX_CELLS)
			unit *= 2;
		pixels += per_slot + CELL * (size_t)(((n - 1) / unit + COLUMNS) / COLUMNS);
	}
	return pixels;
}

int map_svg(const struct map_vms *m, FILE *out)
{
	size_t height = 2 * MARGIN + LINE, width = 2 * MARGIN + GFN_WIDTH + COLUMNS * CELL, y = MARGIN;

	for (size_t i = 0; i < m->nr; i++)
		height += height_of_vm(m->vms[i], LINE + MARGIN, LINE + 4);
	fprintf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%zu\" height=\"%zu\" "
		"font-family=\"monospace\" font-size=\"12\">\n"
		"<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n", width, height);
	for (size_t i = 0; i < m->nr && y; i++)
		y = svg_vm(m->vms[i], y, out);
	if (y)
		svg_text(MARGIN, y + LINE - 4, "dark: private, light: shared, in between: both", out);
	fputs("</svg>\n", out);
	return y ? 0 : -ENOMEM;
}

struct image {
	size_t width, height;
	uint8_t *rgb;
};

static void png_slot(struct image *image, size_t y, const struct map_grid *g)
{
	for (size_t i = 0; i < g->nr; i++) {
		struct color c = color_of(g->level[i]);

		for (size_t p = 0; p < CELL * CELL; p++) {
			size_t py = y + i / g->columns * CELL + p / CELL;
			size_t px = MARGIN + i % g->columns * CELL + p % CELL;
			uint8_t *at = &image->rgb[3 * (py * image->width + px)];

			at[0] = c.r;
			at[1] = c.g;
			at[2] = c.b;
		}
	}
}

static int paint(struct image *image, const struct map_vms *m)
{
	size_t y = MARGIN;

	for (size_t i = 0; i < m->nr; i++) {
		for (size_t n = 0; n < m->vms[i]->nr_slots; n++) {
			struct map_grid g;

			if (map_grid_make(&g, m->vms[i], &m->vms[i]->slots[n], COLUMNS, MAX_CELLS))
				return -ENOMEM;
			png_slot(image, y, &g);
			y += rows_of(&g) * CELL + MARGIN;
			free(g.level);
		}
	}
	return 0;
}

static int write_png(const struct image *image, FILE *out)
{
	png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_infop info = png ? png_create_info_struct(png) : NULL;

	if (!info || setjmp(png_jmpbuf(png))) {
		png_destroy_write_struct(&png, &info);
		return info ? -EIO : -ENOMEM;
	}
	png_init_io(png, out);
	png_set_IHDR(png, info, (png_uint_32)image->width, (png_uint_32)image->height, 8, PNG_COLOR_TYPE_RGB,
		     PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
	png_write_info(png, info);
	for (size_t y = 0; y < image->height; y++)
		png_write_row(png, &image->rgb[3 * y * image->width]);
	png_write_end(png, NULL);
	png_destroy_write_struct(&png, &info);
	return 0;
}

int map_png(const struct map_vms *m, FILE *out)
{
	struct image image = { .width = 2 * MARGIN + COLUMNS * CELL, .height = 2 * MARGIN };
	int err;

	for (size_t i = 0; i < m->nr; i++)
		image.height += height_of_vm(m->vms[i], MARGIN, 0);
	image.rgb = malloc(3 * image.width * image.height);
	if (!image.rgb)
		return -ENOMEM;
	memset(image.rgb, 0xff, 3 * image.width * image.height);
	err = paint(&image, m);
	if (!err)
		err = write_png(&image, out);
	free(image.rgb);
	return err;
}
