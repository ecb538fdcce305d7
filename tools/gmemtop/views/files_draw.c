// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include <stdio.h>
#include <string.h>

#include "terminal/glyphs.h"
#include "views/files.h"
#include "views/text.h"
#include "widgets/panel.h"
#include "widgets/segments.h"
#include "widgets/vmmap.h"

#define NAME_LEN	(4 * GMEM_NAME_LEN + 1)
#define WIDE		110	/* from here on, names are wider and flags have a column */

#define FLAG_MMAP	1	/* GUEST_MEMFD_FLAG_MMAP */
#define FLAG_SHARED	2	/* GUEST_MEMFD_FLAG_INIT_SHARED */

static const char *state_of(const struct gmem_model *m, const struct gmem_vm *vm,
			    const struct gmem_file *f)
{
	if (f->mapped && (vm->orphan || !gmem_file_bindings(vm, f)))
		return "mapped";
	if (vm->orphan)
		return "orphan";
	if (!gmem_file_bindings(vm, f))
		return "unbound";
	if (!f->holders.nr && m->holders_ns > f->seen_ns)
		return "unheld";
	return "";
}

static const char *flags_of(uint64_t flags)
{
	static const char *const names[] = { "-", "mmap", "shared", "mmap,shared" };

	return flags <= (FLAG_MMAP | FLAG_SHARED) ? names[flags] : "other";
}

static void put_bytes(struct panel *p, enum canvas_attr attr, uint64_t pages)
{
	char buf[32];

	gmem_text_bytes(buf, sizeof(buf), pages << GMEM_PAGE_SHIFT);
	panel_field(p, attr, 6, true, buf);
}

static void put_number(struct panel *p, enum canvas_attr attr, int width, uint64_t n)
{
	char buf[24];

	snprintf(buf, sizeof(buf), "%llu", (unsigned long long)n);
	panel_field(p, attr, width, true, buf);
}

static void put_holders(struct panel *p, enum canvas_attr attr, const struct gmem_model *m,
			const struct gmem_holders *h)
{
	char name[4 * GMEM_COMM_LEN + 1];

	if (!h->nr)
		panel_put(p, CANVAS_DIM, m->holders_ns ? "nobody" : "?");
	for (size_t i = 0; i < h->nr; i++)
		panel_printf(p, attr, "%s%u %s", i ? ", " : "", h->list[i].pid,
			     gmem_text_name(name, sizeof(name), h->list[i].comm));
}

/* Width of the name: the rest of the line on narrow screens, else fixed. */
static int name_width(int width)
{
	int rest = width - (1 + 6 + 9 + 7 + 7 + 5 + 8) - (width >= WIDE ? 12 : 0);

	if (width < FILES_NARROW)
		return rest > 4 ? rest : 0;
	return width >= WIDE ? 24 : 12;
}

static void draw_heads(struct panel *p, const struct files_state *s)
{
	static const struct { const char *text; int width; bool right; enum files_sort sort; } heads[] = {
		{ "STATE", 7, false, FILES_BY_UNUSED }, { "SIZE", 6, true, FILES_BY_SIZE },
		{ "POP", 6, true, FILES_BY_POPULATED }, { "BIND", 4, true, FILES_SORTS },
		{ "INODE", 8, true, FILES_BY_INO }, { "VM", 5, true, FILES_BY_VM },
	};
	int name = name_width(p->width);

	canvas_field(p->c, p->y + p->lines, p->x, p->width, false, CANVAS_HEADER, "");
	p->column = 1;
	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++)
		panel_field(p, heads[i].sort == s->sort ? CANVAS_SORTED : CANVAS_HEADER,
			    heads[i].width, heads[i].right, heads[i].text);
	if (name)
		panel_field(p, CANVAS_HEADER, name, false, "NAME");
	if (p->width >= WIDE)
		panel_field(p, CANVAS_HEADER, 11, false, "FLAGS");
	if (p->width >= FILES_NARROW)
		panel_put(p, CANVAS_HEADER, "HELD BY");
	panel_end_line(p);
}

static void draw_file(struct panel *p, const struct gmem_model *m, const struct gmem_vm *vm,
		      const struct gmem_file *f, bool selected)
{
	enum canvas_attr attr = selected ? CANVAS_SELECTED : CANVAS_NORMAL;
	char name[NAME_LEN];
	int width = name_width(p->width);

	if (selected) {
		canvas_field(p->c, p->y + p->lines, p->x, p->width, false, attr, "");
		canvas_put(p->c, p->y + p->lines, p->x, attr, glyphs(p->c->ascii)->selected);
	}
	p->column = 1;
	panel_field(p, selected ? attr : gmem_file_unused(vm, f) ? CANVAS_ORPHAN : CANVAS_WARN, 7, false,
		    state_of(m, vm, f));
	put_bytes(p, attr, f->size_pages);
	panel_field(p, attr, 6, true, gmem_text_sum(name, sizeof(name), gmem_file_populated(m, f)));
	put_number(p, attr, 4, gmem_file_bindings(vm, f));
	put_number(p, attr, 8, f->ino);
	put_number(p, attr, 5, vm->id);
	if (width)
		panel_field(p, attr, width, false, gmem_text_name(name, sizeof(name),
			    *vm->name ? vm->name : vm->comm));
	if (p->width >= WIDE)
		panel_field(p, attr, 11, false, flags_of(f->flags));
	if (p->width < FILES_NARROW) {
		panel_end_line(p);
		panel_put(p, CANVAS_DIM, "  held by ");
		attr = CANVAS_DIM;
	}
	put_holders(p, attr, m, &f->holders);
	panel_end_line(p);
}

static void draw_totals(struct canvas *c, int y, const struct files_state *s)
{
	const struct gmem_metric *bytes = gmem_metric("populated_bytes");
	struct gmem_value populated = s->all.populated;
	struct segments line = { .n = 0 };
	struct segment *seg;
	char buf[32];

	segments_printf(&line, 0, CANVAS_TITLE, "%zu %s", s->all.files,
			gmem_text_plural(s->all.files, "file", "files"));
	segments_printf(&line, 4, CANVAS_TITLE, "size %s",
			gmem_text_bytes(buf, sizeof(buf), s->all.size << GMEM_PAGE_SHIFT));
	populated.unknown &= s->all.files != 0;
	segments_printf(&line, 3, CANVAS_TITLE, "populated %s",
			gmem_text_value(buf, sizeof(buf), bytes, populated));
	if (s->all.unused) {
		gmem_text_value(buf, sizeof(buf), bytes, s->all.unused_bytes);
		seg = segments_printf(&line, 1, CANVAS_ORPHAN, "%s in %zu that no VM can use", buf,
				      s->all.unused);
		snprintf(seg->brief, sizeof(seg->brief), "unused %s", buf);
	} else {
		segments_printf(&line, 1, CANVAS_GOOD, "all in use");
	}
	if (s->only_unused)
		segments_printf(&line, 2, CANVAS_WARN, "only unused");
	segments_draw(c, y, &line);
}

static void draw_nothing(struct panel *p, const struct files_state *s)
{
	if (s->only_unused && s->all.files)
		panel_line(p, CANVAS_GOOD, " no file that no VM can use: nothing leaks here");
	else
		panel_line(p, CANVAS_NORMAL, " no guest_memfd file is open");
}

void files_draw(struct canvas *c, const struct ui *ui, const struct gmem_model *m,
		const struct view_area *area)
{
	const struct files_state *s = ui->state[VIEW_FILES];
	struct panel p = { .c = c, .y = area->y + 1, .width = area->width,
			   .height = area->height - 1 };

	draw_totals(c, area->y, s);
	if (p.height < 1)
		return;
	draw_heads(&p, s);
	if (!s->nr)
		draw_nothing(&p, s);
	for (size_t i = s->at.top; i < s->nr && panel_left(&p) >= s->lines; i++) {
		const struct gmem_vm *vm = gmem_model_vm(m, s->rows[i].vm);
		const struct gmem_file *f = vm ? vmmap_file(vm, s->rows[i].ino) : NULL;

		/* NULL: gone since the list was made. */
		if (f)
			draw_file(&p, m, vm, f, s->at.selecting && s->at.cursor == i);
	}
}
