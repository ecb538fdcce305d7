/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Panels below the map of a VM. */
#ifndef GMEMTOP_VM_PANELS_H
#define GMEMTOP_VM_PANELS_H

#include "views/vm.h"
#include "widgets/panel.h"

/* Return the lines that a panel fills, and the fewest with which it is shown at all. */
int vm_panel_lines(enum vm_panel panel, const struct gmem_vm *vm, const struct gmem_model *m, int width);
int vm_panel_least(enum vm_panel panel);

void vm_panel_draw(enum vm_panel panel, struct panel *p, const struct ui *ui, const struct gmem_model *m,
		   const struct gmem_vm *vm);

#endif /* GMEMTOP_VM_PANELS_H */
