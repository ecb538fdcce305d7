/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What the view of one VM keeps, for its keys and for how it is drawn. */
#ifndef GMEMTOP_VIEW_VM_H
#define GMEMTOP_VIEW_VM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ui/ui.h"
#include "widgets/vmmap.h"

/* What the map shows. */
enum vm_mode {
	VM_ATTRIBUTES,	/* private, shared */
	VM_PAGES,	/* what is populated, and what is there twice */
	VM_BLOCKS,	/* which 2 MiB blocks are mixed */
	VM_MODES
};

/* Panels below the map; the first one is shown longest when there is no room. */
enum vm_panel {
	VM_NOW,		/* what is in flight */
	VM_TIME,	/* phases, stalls */
	VM_HOT,		/* hottest ranges */
	VM_SLOTS,	/* slots and files */
	VM_PANELS
};

#define VM_LABEL	11	/* of rows of the map: the first gfn; on screens that are wide enough */
#define VM_LABEL_MIN	60

/* What goes where on the screen. Full lines, but panels. */
struct vm_layout {
	int identity_lines;	/* from the first line on */
	int map_y;
	int map_rows;
	int label;
	int map_width;		/* cells */
	int cursor_y;
	int cursor_lines;
	struct {
		int x, y, width, height;	/* height 0: there is no room for it */
	} panels[VM_PANELS];
};

struct vm_state {
	uint64_t vm;		/* of which all this is */
	enum vm_mode mode;
	int first;		/* of panels: enum vm_panel */
	unsigned int zoom;	/* steps from where all of it is on the screen */
	uint32_t slot;		/* where the cursor is */
	uint64_t gfn;
	uint64_t top;		/* first row of cells on the screen */
	/* As it was fitted last. */
	unsigned int whole;	/* order at which all of it fits */
	unsigned int order;
	struct vm_layout layout;
};

/* The VM that is shown, or NULL. */
static inline const struct gmem_vm *vm_shown(const struct ui *ui, const struct gmem_model *m)
{
	return gmem_model_vm(m, ui_vm(ui));
}

/* Place of the slot of the cursor among the VM's; 0 if it is gone. */
static inline size_t vm_cursor_slot(const struct vm_state *s, const struct gmem_vm *vm)
{
	for (size_t i = 0; i < vm->nr_slots; i++) {
		if (vm->slots[i].slot == s->slot)
			return i;
	}
	return 0;
}

/* The number of the cell of the cursor. */
static inline uint64_t vm_cursor_cell(const struct vm_state *s, const struct gmem_vm *vm)
{
	return vmmap_find(vm, s->order, vm_cursor_slot(s, vm), s->gfn);
}

extern const struct view view_vm;

#endif /* GMEMTOP_VIEW_VM_H */
