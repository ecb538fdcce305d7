/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Drawing of the view of one VM: its identity, its map, and the cell at the cursor. */
#ifndef GMEMTOP_VM_DRAW_H
#define GMEMTOP_VM_DRAW_H

#include "terminal/canvas.h"
#include "ui/ui.h"
#include "ui/view.h"

/* Signs between slots. ASCII only: the help shows them, too. */
#define VM_GAP	"/"
#define VM_EDGE	"|"

void vm_draw(struct canvas *c, const struct ui *ui, const struct gmem_model *m,
	     const struct view_area *area);

#endif /* GMEMTOP_VM_DRAW_H */
