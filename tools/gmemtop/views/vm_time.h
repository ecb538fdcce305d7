/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Panel of times: stalls by part and conversions by phase, as bars. */
#ifndef GMEMTOP_VM_TIME_H
#define GMEMTOP_VM_TIME_H

#include "model/model.h"
#include "ui/ui.h"
#include "widgets/panel.h"

int vm_time_lines(const struct gmem_vm *vm, const struct gmem_model *m, int width);
void vm_time_draw(struct panel *p, const struct ui *ui, const struct gmem_model *m, const struct gmem_vm *vm);

#endif /* GMEMTOP_VM_TIME_H */
