/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* View of one VM: its state, for its keys and its drawing. */
#ifndef GMEMTOP_VIEW_VM_H
#define GMEMTOP_VIEW_VM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ui/ui.h"
#include "widgets/vmmap.h"

/* Kinds of map. */
enum vm_mode {
	VM_ATTRIBUTES,	/* private, shared */
	VM_PAGES,	/* populated and double-backed pages */
	VM_BLOCKS,	/* mixed 2 MiB blocks */
	VM_MODES
};

/* Panels below the map; the first one is dropped last if room is short. */
enum vm_panel {
	VM_NOW,		/* operations in flight */
	VM_TIME,	/* phases, stalls */
	VM_HOT,		/* hottest ranges */
	VM_SLOTS,	/* slots and files */
	VM_PANELS
};

/* Signs between slots. ASCII only: the help shows them, too. */
#define VM_GAP	"/"
#define VM_EDGE	"|"

#define VM_LABEL	11	/* width of the label of a row of the map, its first gfn */
#define VM_LABEL_MIN	60	/* narrower screens have no labels */

/* Layout of the screen: full lines, except panels. */
struct vm_layout {
	int identity_lines;	/* at the top */
	int map_y;
	int map_rows;
	int label;		/* VM_LABEL or 0 */
	int map_width;		/* cells */
	int cursor_y;
	int cursor_lines;
	struct {
		int x, y, width, height;	/* height 0: no room for it */
	} panels[VM_PANELS];
};

struct vm_state {
	uint64_t vm;		/* VM that the other fields belong to */
	enum vm_mode mode;
	int first;		/* first panel: enum vm_panel */
	unsigned int zoom;	/* steps in from the whole map */
	uint32_t slot;		/* memslot and gfn of the cursor */
	uint64_t gfn;
	uint64_t top;		/* first row of cells on the screen */
	/* Set by the last fit(). */
	unsigned int whole;	/* order of cells at which the whole map fits */
	unsigned int order;	/* order of cells in use */
	struct vm_layout layout;
};

/* Returns the VM that is shown, or NULL. */
static inline const struct gmem_vm *vm_shown(const struct ui *ui, const struct gmem_model *m)
{
	return gmem_model_vm(m, ui_vm(ui));
}

/* Returns the index of the cursor's slot among the VM's; 0 if it is gone. */
static inline size_t vm_cursor_slot(const struct vm_state *s, const struct gmem_vm *vm)
{
	for (size_t i = 0; i < vm->nr_slots; i++) {
		if (vm->slots[i].slot == s->slot)
			return i;
	}
	return 0;
}

/* Returns the number of the cursor's cell. */
static inline uint64_t vm_cursor_cell(const struct vm_state *s, const struct gmem_vm *vm)
{
	return vmmap_find(vm, s->order, vm_cursor_slot(s, vm), s->gfn);
}

void vm_draw(struct canvas *c, const struct ui *ui, const struct gmem_model *m,
	     const struct view_area *area);

extern const struct view view_vm;

#endif /* GMEMTOP_VIEW_VM_H */
