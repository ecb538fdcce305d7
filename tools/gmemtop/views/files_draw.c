// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "views/files_draw.h"

#include <stdio.h>
#include <string.h>

#include "terminal/glyphs.h"
#include "views/files.h"
#include "views/text.h"
#include "widgets/panel.h"
#include "widgets/segments.h"

#define NAME_LEN	(4 * GMEM_NAME_LEN + 1)
#define NARROW		72	/* narrower screens have holders on a line of their own */
#define WIDE		110	/* from here on, names are wider and flags have a column */

#define FLAG_MMAP	1	/* GUEST_MEMFD_FLAG_MMAP */
#define FLAG_SHARED	2	/* GUEST_MEMFD_FLAG_INIT_SHARED */

/* VM and file of a row; NULL if gone since the list was made. */
struct item {
	const struct gmem_vm *vm;
	const struct gmem_file *file;
};

static const struct gmem_file *file_of(const struct gmem_vm *vm, uint64_t ino)
{
	for (size_t i = 0; vm && i < vm->nr_files; i++) {
		if (vm->files[i].ino == ino)
			return &vm->files[i];
	}
	return NULL;
}

static struct item item_of(const struct files_state *s, const struct gmem_model *m, size_t i)
{
	const struct gmem_vm *vm = gmem_model_vm(m, s->rows[i].vm);

	return (struct item){ vm, file_of(vm, s->rows[i].ino) };
}

int files_lines(const struct view_area *area)
{
	return area->width < NARROW ? 2 : 1;
}

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

static enum canvas_attr attr_of(const struct gmem_vm *vm, const struct gmem_file *f)
{
	return gmem_file_unused(vm, f) ? CANVAS_ORPHAN : CANVAS_WARN;
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

static void put_populated(struct panel *p, enum canvas_attr attr, const struct gmem_model *m,
			  const struct gmem_file *f)
{
	char buf[32];

	panel_field(p, attr, 6, true, gmem_text_sum(buf, sizeof(buf), gmem_file_populated(m, f)));
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

	if (width < NARROW)
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
	if (p->width >= NARROW)
		panel_put(p, CANVAS_HEADER, "HELD BY");
	panel_end_line(p);
}

static void draw_file(struct panel *p, const struct gmem_model *m, const struct item *f,
		      bool selected)
{
	enum canvas_attr attr = selected ? CANVAS_SELECTED : CANVAS_NORMAL;
	const char *state = state_of(m, f->vm, f->file);
	char name[NAME_LEN];
	int width = name_width(p->width);

	if (selected) {
		canvas_field(p->c, p->y + p->lines, p->x, p->width, false, attr, "");
		canvas_put(p->c, p->y + p->lines, p->x, attr, glyphs(p->c->ascii)->selected);
	}
	p->column = 1;
	panel_field(p, selected ? attr : attr_of(f->vm, f->file), 7, false, state);
	put_bytes(p, attr, f->file->size_pages);
	put_populated(p, attr, m, f->file);
	put_number(p, attr, 4, gmem_file_bindings(f->vm, f->file));
	put_number(p, attr, 8, f->file->ino);
	put_number(p, attr, 5, f->vm->id);
	if (width)
		panel_field(p, attr, width, false, gmem_text_name(name, sizeof(name),
			    *f->vm->name ? f->vm->name : f->vm->comm));
	if (p->width >= WIDE)
		panel_field(p, attr, 11, false, flags_of(f->file->flags));
	if (p->width < NARROW) {
		panel_end_line(p);
		panel_put(p, CANVAS_DIM, "  held by ");
		attr = CANVAS_DIM;
	}
	put_holders(p, attr, m, &f->file->holders);
	panel_end_line(p);
}

static void draw_totals(struct canvas *c, int y, const struct files_state *s)
{
	struct segments line = { .n = 0 };
	struct segment *seg = segments_add(&line, 0, CANVAS_TITLE);
	const struct gmem_metric *bytes = gmem_metric("populated_bytes");
	struct gmem_value populated = s->all.populated;
	char buf[32];

	snprintf(seg->text, sizeof(seg->text), "%zu file%s", s->all.files, s->all.files == 1 ? "" : "s");
	gmem_text_bytes(buf, sizeof(buf), s->all.size << GMEM_PAGE_SHIFT);
	snprintf(segments_add(&line, 4, CANVAS_TITLE)->text, SEGMENT_LEN, "size %s", buf);
	if (!s->all.files)
		populated.unknown = false;
	gmem_text_value(buf, sizeof(buf), bytes, populated);
	snprintf(segments_add(&line, 3, CANVAS_TITLE)->text, SEGMENT_LEN, "populated %s", buf);
	gmem_text_value(buf, sizeof(buf), bytes, s->all.unused_bytes);
	seg = segments_add(&line, 1, s->all.unused ? CANVAS_ORPHAN : CANVAS_GOOD);
	if (s->all.unused)
		snprintf(seg->text, sizeof(seg->text), "%s in %zu that no VM can use", buf,
			 s->all.unused);
	else
		snprintf(seg->text, sizeof(seg->text), "all in use");
	if (s->all.unused)
		snprintf(seg->brief, sizeof(seg->brief), "unused %s", buf);
	if (s->only_unused)
		snprintf(segments_add(&line, 2, CANVAS_WARN)->text, SEGMENT_LEN, "only unused");
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
	for (size_t i = s->top; i < s->nr && panel_left(&p) >= s->lines; i++) {
		struct item f = item_of(s, m, i);

		if (f.file)
			draw_file(&p, m, &f, s->selecting && s->cursor == i);
	}
}
