/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* How the view of one VM is drawn: who it is, its map, and what is at the cursor. */
#ifndef GMEMTOP_VM_DRAW_H
#define GMEMTOP_VM_DRAW_H

#include "terminal/canvas.h"
#include "ui/ui.h"
#include "ui/view.h"

/* Between slots; ASCII, as the help shows them, too. */
#define VM_GAP	"/"
#define VM_EDGE	"|"

void vm_draw(struct canvas *c, const struct ui *ui, const struct gmem_model *m,
	     const struct view_area *area);

#endif /* GMEMTOP_VM_DRAW_H */
