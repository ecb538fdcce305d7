// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "identity.h"

#include <stdio.h>
#include <unistd.h>

#include "vmname.h"

/* /proc tells the start of a process in ticks, rounded down. */
static bool is_same_process(const struct gmem_vm_rec *vm, const struct gmem_vm_process *p)
{
	uint64_t tick_ns = 1000000000 / sysconf(_SC_CLK_TCK);

	return p->start_ns <= vm->start_ns && vm->start_ns - p->start_ns <= tick_ns;
}

int gmem_identity_tell(const struct gmem_vm_rec *vm, gmem_record_fn fn, void *ctx)
{
	struct gmem_name_rec r = { .h = vm->h };
	struct gmem_vm_process p;

	if (gmem_vm_process_read(vm->h.tgid, &p) || !is_same_process(vm, &p))
		return 0;
	r.h.kind = GMEM_NAME;
	r.h.size = sizeof(r);
	snprintf(r.name, sizeof(r.name), "%s", p.name);
	snprintf(r.cgroup, sizeof(r.cgroup), "%s", p.cgroup);
	return fn(ctx, &r.h);
}
