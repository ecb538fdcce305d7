// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Operations in flight at the end of the records, of all VMs, the oldest first. */
#include <stdio.h>
#include <string.h>

#include "abi/kinds.h"
#include "report/report.h"

/* Inserts @new into @top, by begin; if that is full, the newest is dropped. Returns the new length. */
static size_t insert(struct report_inflight *top, size_t n, size_t max, const struct report_inflight *new)
{
	size_t i = n < max ? n : max - 1;

	if (n == max && top[i].op->begin_ns <= new->op->begin_ns)
		return n;
	for (; i && top[i - 1].op->begin_ns > new->op->begin_ns; i--)
		top[i] = top[i - 1];
	top[i] = *new;
	return n < max ? n + 1 : n;
}

size_t report_inflight(const struct report *r, struct report_inflight *top, size_t max, size_t *nr)
{
	size_t n = 0;

	*nr = 0;
	for (size_t v = 0; v < r->nr_vms; v++) {
		const struct gmem_vm_stats *stats = r->vms[v].vm;
		const struct gmem_vm *vm = stats->end_ns ? NULL : gmem_model_vm(r->a->model, stats->id);

		for (size_t i = 0; vm && i < vm->ops.nr; i++) {
			struct report_inflight new = { vm, vm->ops.list[i] };

			n = insert(top, n, max, &new);
			(*nr)++;
		}
	}
	return n;
}

const char *report_inflight_what(const struct gmem_inflight *op, char *buf, size_t size)
{
	const char *side = op->arg & KVM_MEMORY_ATTRIBUTE_PRIVATE ? "private" : "shared";

	switch (op->kind) {
	case GMEM_ATTRIBUTES_BEGIN:
		snprintf(buf, size, "conversion to %s", side);
		if (op->phase)
			snprintf(buf + strlen(buf), size - strlen(buf), ", %s", gmem_phase_names[op->phase - 1]);
		break;
	case GMEM_STALL_BEGIN:
		snprintf(buf, size, "stall of vCPU %u, to %s", op->aux, side);
		break;
	case GMEM_FALLOCATE_BEGIN:
		snprintf(buf, size, "%s", op->arg & FALLOC_FL_PUNCH_HOLE ? "punch" : "allocate");
		break;
	default:
		snprintf(buf, size, "%s", gmem_kind(op->kind)->op);
	}
	return buf;
}
