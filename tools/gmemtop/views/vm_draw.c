// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include <stdio.h>
#include <string.h>

#include "terminal/glyphs.h"
#include "views/text.h"
#include "views/vm.h"
#include "views/vm_panels.h"
#include "widgets/age.h"
#include "widgets/segments.h"

#define GLOW_NS		1000000000ULL
#define GLOW_OLD_NS	4000000000ULL

static const char *type_of(uint32_t type)
{
	static const char *const names[] = { "", "SW_PROTECTED", "SEV", "SEV-ES", "SNP", "TDX" };

	return type < sizeof(names) / sizeof(*names) ? names[type] : "";
}

static void add_state(struct segments *line, const struct gmem_vm *vm, uint64_t now_ns)
{
	char age[16];

	if (vm->ended_ns)
		segments_printf(line, 0, CANVAS_WARN, "ended, ago: %s",
				age_text(age, sizeof(age), now_ns - vm->ended_ns));
	if (vm->orphan)
		segments_printf(line, 0, CANVAS_ORPHAN, "ORPHAN");
	if (vm->map != GMEM_MAP_CURRENT)
		segments_printf(line, 1, CANVAS_WARN, "map %s", gmem_map_state_names[vm->map]);
}

static void draw_identity(struct canvas *c, int y, const struct gmem_vm *vm, uint64_t now_ns)
{
	struct segments line = { .n = 0 };
	char name[4 * GMEM_NAME_LEN + 1];

	segments_printf(&line, 0, CANVAS_TITLE, "VM %llu %.70s", (unsigned long long)vm->id,
			gmem_text_name(name, sizeof(name), *vm->name ? vm->name : vm->comm));
	add_state(&line, vm, now_ns);
	segments_printf(&line, 2, CANVAS_NORMAL, "pid %u %s", vm->pid,
			gmem_text_name(name, sizeof(name), vm->comm));
	if (vm->vcpus)
		segments_printf(&line, 3, CANVAS_NORMAL, "%u %s", vm->vcpus,
				gmem_text_plural(vm->vcpus, "vCPU", "vCPUs"));
	if (*type_of(vm->type))
		segments_printf(&line, 4, CANVAS_NORMAL, "%s", type_of(vm->type));
	if (*vm->cgroup)
		segments_printf(&line, 5, CANVAS_DIM, "cgroup %.72s", gmem_text_name(name, 80, vm->cgroup));
	segments_draw(c, y, &line);
}

/* Drops a value's stale mark if the whole map is stale, which the line above shows. */
static struct gmem_value get_value(const struct gmem_model *m, const struct gmem_vm *vm, const char *key)
{
	struct gmem_value v = gmem_metric_get(gmem_metric(key), vm, m);

	v.stale &= vm->map == GMEM_MAP_CURRENT;
	return v;
}

static void add_metric(struct segments *line, int rank, enum canvas_attr attr, const char *name,
		       const struct gmem_model *m, const struct gmem_vm *vm, const char *key)
{
	char buf[32];

	segments_printf(line, rank, attr, "%s %s", name,
			gmem_text_value(buf, sizeof(buf), gmem_metric(key), get_value(m, vm, key)));
}

static void add_double_backed(struct segments *line, const struct gmem_model *m, const struct gmem_vm *vm)
{
	const struct gmem_metric *bytes = gmem_metric("double_backed_private_bytes");
	struct gmem_value v = GMEM_NO_VALUE;
	char buf[32], age[16], text[64];
	struct segment *s;

	v = gmem_value_add(bytes, v, get_value(m, vm, "double_backed_private_bytes"));
	v = gmem_value_add(bytes, v, get_value(m, vm, "double_backed_shared_bytes"));
	gmem_text_value(buf, sizeof(buf), bytes, v);
	age_text(age, sizeof(age), m->backing_ns ? m->now_ns - m->backing_ns : 0);
	snprintf(text, sizeof(text), v.unknown ? "%s" : "%s %s ago", buf, age);
	s = segments_printf(line, 2, v.u ? CANVAS_DOUBLE_BACKED : CANVAS_NORMAL, "double-backed %s", text);
	snprintf(s->brief, sizeof(s->brief), "2x %s", text);
}

/* Adds what KVM maps, and the share of it that is mapped by huge pages; rounded down: 100% is all. */
static void add_mapped(struct segments *line, const struct gmem_model *m, const struct gmem_vm *vm)
{
	struct gmem_value all = get_value(m, vm, "mapped_bytes"), huge = get_value(m, vm, "mapped_huge_bytes");
	char buf[32], share[32] = "";

	if (all.unknown)
		return;
	if (all.u)
		snprintf(share, sizeof(share), ", %llu%% by 2M",
			 (unsigned long long)((unsigned __int128)huge.u * 100 / all.u));
	segments_printf(line, 4, CANVAS_NORMAL, "mapped %s%s",
			gmem_text_value(buf, sizeof(buf), gmem_metric("mapped_bytes"), all), share);
}

static void draw_sums(struct canvas *c, int y, const struct gmem_model *m, const struct gmem_vm *vm)
{
	struct segments line = { .n = 0 };
	struct gmem_blocks b = gmem_vm_blocks(vm);
	struct gmem_value unused = get_value(m, vm, "unused_bytes");

	add_metric(&line, 3, CANVAS_NORMAL, "slots", m, vm, "slot_bytes");
	add_metric(&line, 0, CANVAS_PRIVATE, "private", m, vm, "private_bytes");
	add_metric(&line, 1, CANVAS_NORMAL, "shared", m, vm, "shared_bytes");
	add_metric(&line, 2, CANVAS_POPULATED, "populated", m, vm, "populated_bytes");
	if (get_value(m, vm, "populated_huge_bytes").u)
		add_metric(&line, 5, CANVAS_POPULATED, "in huge pages", m, vm, "populated_huge_bytes");
	if (m->features & GMEM_FEATURE_BACKING)
		add_double_backed(&line, m, vm);
	add_mapped(&line, m, vm);
	if (unused.u || unused.unknown || unused.partial)
		add_metric(&line, 1, CANVAS_ORPHAN, "unused", m, vm, "unused_bytes");
	if (vm->map_known)
		segments_printf(&line, 4, CANVAS_NORMAL, "mixed blocks %llu/%llu", (unsigned long long)b.mixed,
				(unsigned long long)b.total);
	else
		segments_printf(&line, 4, CANVAS_NORMAL, "mixed blocks -");
	add_metric(&line, 5, CANVAS_NORMAL, "extents", m, vm, "extents");
	segments_draw(c, y, &line);
}

static enum canvas_attr attr_of_level(int level)
{
	return level == LEVEL_SHARED ? CANVAS_SHARED : level == LEVEL_PRIVATE ? CANVAS_PRIVATE : CANVAS_MIXED;
}

/* Returns the attribute of a recent conversion of the cell, or otherwise if there was none. */
static enum canvas_attr glow(const struct gmem_vm *vm, const struct vmmap_cell *cell, uint64_t now_ns,
			     enum canvas_attr otherwise)
{
	const struct gmem_recent_change *r = gmem_recent_of(vm->recent, cell->start, cell->end);
	uint64_t age = r && now_ns > r->ts_ns ? now_ns - r->ts_ns : 0;

	if (!r || age >= GLOW_OLD_NS)
		return otherwise;
	return age < GLOW_NS ? CANVAS_GLOW : CANVAS_GLOW_OLD;
}

struct cell_look {
	const char *sign;
	enum canvas_attr attr;
};

static struct cell_look look_at(const struct gmem_vm *vm, const struct vmmap_cell *cell, enum vm_mode mode,
			   uint64_t now_ns, const struct glyphs *g)
{
	struct vmmap_pages p = vmmap_count(vm, cell);
	int level;

	if (cell->gap || cell->edge)
		return (struct cell_look){ cell->gap ? VM_GAP : VM_EDGE, CANVAS_DIM };
	if (mode == VM_BLOCKS) {
		level = p.blocks ? vmmap_level(p.mixed, p.blocks) : LEVEL_SHARED;
		return (struct cell_look){ g->level[level], level ? CANVAS_MIXED : CANVAS_SHARED };
	}
	if (mode == VM_PAGES && p.double_backed)
		return (struct cell_look){ g->double_backed, CANVAS_DOUBLE_BACKED };
	if (mode == VM_PAGES && !p.populated_known && !p.shared_known)
		return (struct cell_look){ "?", CANVAS_DIM };
	if (mode == VM_PAGES) {
		uint64_t there = p.populated + p.shared_populated;

		level = vmmap_level(there < p.all ? there : p.all, p.all);
		return (struct cell_look){ g->level[level], p.populated ? CANVAS_POPULATED : CANVAS_SHARED };
	}
	level = vmmap_level(p.private, p.all);
	return (struct cell_look){ g->level[level], glow(vm, cell, now_ns, p.double_backed ? CANVAS_DOUBLE_BACKED :
						    attr_of_level(level)) };
}

static void draw_label(struct canvas *c, int y, const struct vm_state *s, const struct vmmap_cell *cell)
{
	char buf[24];

	if (!s->layout.label)
		return;
	snprintf(buf, sizeof(buf), "%llx", (unsigned long long)cell->start);
	canvas_field(c, y, 0, s->layout.label - 1, true, CANVAS_DIM, buf);
}

static void draw_row(struct canvas *c, int row, const struct vm_state *s, const struct gmem_vm *vm,
		     uint64_t now_ns)
{
	const struct glyphs *g = glyphs(c->ascii);
	uint64_t width = s->layout.map_width, first = (s->top + row) * width;
	uint64_t cursor = vm_cursor_cell(s, vm);
	struct vmmap_cell cell;

	for (uint64_t i = 0; i < width && vmmap_at(vm, s->order, first + i, &cell); i++) {
		struct cell_look look = look_at(vm, &cell, s->mode, now_ns, g);
		int y = s->layout.map_y + row;

		if (!i)
			draw_label(c, y, s, &cell);
		if (first + i == cursor)
			look = (struct cell_look){ g->cursor, CANVAS_CURSOR };
		canvas_put(c, y, s->layout.label + (int)i, look.attr, look.sign);
	}
}

/* Returns the reason for a missing map, or NULL. *attr: how to show it. */
static const char *missing_map(const struct ui *ui, const struct gmem_model *m, const struct gmem_vm *vm,
			       enum canvas_attr *attr)
{
	const struct vm_state *s = ui->state[VIEW_VM];

	*attr = CANVAS_WARN;
	if (!vm->map_known && !vm->ended_ns)
		return !(m->features & GMEM_FEATURE_OTHER_PIDS) ? "not read yet" :
		       ui->recorded ? "not read: of another pid namespace?" :
		       "not read: of another pid namespace? (in a container: --pid=host)";
	if (vm->nr_slots)
		return s->mode == VM_PAGES && !(m->features & GMEM_FEATURE_BACKING) ?
		       ui_lacks(ui, GMEM_FEATURE_BACKING, "start gmemtop with --backing") : NULL;
	*attr = CANVAS_DIM;
	return vm->ended_ns ? "it has ended" : "no memslot is bound to a guest_memfd";
}

static void draw_map(struct canvas *c, const struct ui *ui, const struct gmem_model *m, const struct gmem_vm *vm)
{
	const struct vm_state *s = ui->state[VIEW_VM];
	enum canvas_attr attr;
	const char *missing = missing_map(ui, m, vm, &attr);

	if (missing)
		canvas_field(c, s->layout.map_y, 1, c->width - 1, false, attr, missing);
	for (int row = 0; !missing && row < s->layout.map_rows; row++)
		draw_row(c, row, s, vm, m->now_ns);
}

static void add_place(struct segments *line, const struct vmmap_cell *cell)
{
	unsigned long long start = cell->start, end = cell->end;
	const struct gmem_slot *slot = cell->slot;
	char size[16];

	segments_printf(line, 0, CANVAS_TITLE, "gfn %llx-%llx", start, end - 1);
	segments_printf(line, 1, CANVAS_NORMAL, "%s",
			gmem_text_bytes(size, sizeof(size), (end - start) << GMEM_PAGE_SHIFT));
	segments_printf(line, 5, CANVAS_NORMAL, "gpa %llx", start << GMEM_PAGE_SHIFT);
	segments_printf(line, 2, CANVAS_NORMAL, "slot %u", slot->slot);
	segments_printf(line, 4, CANVAS_NORMAL, "inode %llu pgoff %llx", (unsigned long long)slot->ino,
			slot->pgoff + (start - slot->gfn));
}

static void add_pages(struct segments *line, int rank, enum canvas_attr attr, const char *name,
		      bool known, uint64_t n, uint64_t all)
{
	if (!known || n == all)
		segments_printf(line, rank, attr, "%s %s", name, known ? "all" : "-");
	else
		segments_printf(line, rank, attr, "%s %llu/%llu", name, (unsigned long long)n,
				(unsigned long long)all);
}

static void add_content(struct segments *line, const struct gmem_model *m, const struct gmem_vm *vm,
			const struct vmmap_cell *cell)
{
	const struct gmem_recent_change *r = gmem_recent_of(vm->recent, cell->start, cell->end);
	struct vmmap_pages p = vmmap_count(vm, cell);
	char age[16];

	add_pages(line, 1, attr_of_level(vmmap_level(p.private, p.all)), "private", true, p.private, p.all);
	if (m->features & GMEM_FEATURE_BACKING) {
		add_pages(line, 3, CANVAS_POPULATED, "populated", p.populated_known, p.populated, p.all);
		add_pages(line, 4, CANVAS_SHARED, "and shared", p.shared_known, p.shared_populated, p.all);
	}
	if (p.double_backed)
		add_pages(line, 2, CANVAS_DOUBLE_BACKED, "double-backed", true, p.double_backed, p.all);
	if (p.mixed)
		add_pages(line, 5, CANVAS_MIXED, "mixed blocks", true, p.mixed, p.blocks);
	if (!r)
		return;
	age_text(age, sizeof(age), m->now_ns > r->ts_ns ? m->now_ns - r->ts_ns : 0);
	segments_printf(line, 2, CANVAS_GLOW_OLD, "last to %s %s ago",
			r->direction == GMEM_TO_PRIVATE ? "private" : "shared", age);
}

/* Names the map that is shown, which the key m changes. */
static void add_mode(struct segments *line, enum vm_mode mode)
{
	static const char *const names[VM_MODES][2] = {
		[VM_ATTRIBUTES]	= { "map: attributes", "" },
		[VM_PAGES]	= { "map: populated pages", "map: pages" },
		[VM_BLOCKS]	= { "map: mixed 2 MiB blocks", "map: blocks" },
	};
	struct segment *s = segments_printf(line, 3, CANVAS_KEY, "%s", names[mode][0]);

	snprintf(s->brief, sizeof(s->brief), "%s", names[mode][1]);
}

static void draw_cursor(struct canvas *c, const struct vm_state *s, const struct gmem_model *m,
			const struct gmem_vm *vm)
{
	struct segments first = { .n = 0 }, second = { .n = 0 };
	struct vmmap_cell cell;

	if (!s->layout.cursor_lines || !vm->nr_slots ||
	    !vmmap_at(vm, s->order, vm_cursor_cell(s, vm), &cell))
		return;
	segments_printf(&first, 0, CANVAS_CURSOR, "%s", glyphs(c->ascii)->cursor);
	add_place(&first, &cell);
	add_mode(&first, s->mode);
	add_content(s->layout.cursor_lines > 1 ? &second : &first, m, vm, &cell);
	segments_draw(c, s->layout.cursor_y, &first);
	if (s->layout.cursor_lines > 1)
		segments_draw(c, s->layout.cursor_y + 1, &second);
}

void vm_draw(struct canvas *c, const struct ui *ui, const struct gmem_model *m,
	     const struct view_area *area)
{
	const struct vm_state *s = ui->state[VIEW_VM];
	const struct gmem_vm *vm = vm_shown(ui, m);

	if (!vm) {
		canvas_field(c, area->y, 1, area->width - 1, false, CANVAS_NORMAL,
			     "no VM with guest_memfd yet");
		return;
	}
	draw_identity(c, area->y, vm, m->now_ns);
	if (s->layout.identity_lines > 1)
		draw_sums(c, area->y + 1, m, vm);
	draw_map(c, ui, m, vm);
	draw_cursor(c, s, m, vm);
	for (int i = 0; i < VM_PANELS; i++) {
		struct panel p = {
			.c = c, .x = s->layout.panels[i].x, .y = s->layout.panels[i].y,
			.width = s->layout.panels[i].width, .height = s->layout.panels[i].height,
		};

		if (p.height > 0)
			vm_panel_draw((enum vm_panel)i, &p, ui, m, i == VM_TIME ? since_vm(&ui->since, vm) : vm);
	}
}
