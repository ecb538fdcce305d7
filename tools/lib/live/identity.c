// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "live/identity.h"

#include <stdio.h>
#include <unistd.h>

#include "live/vmname.h"

/* Compares to the resolution of /proc, which reports the start of a process in ticks, rounded down. */
static bool started_then(const struct gmem_vm_process *p, uint64_t start_ns)
{
	uint64_t tick_ns = 1000000000 / sysconf(_SC_CLK_TCK);

	return p->start_ns <= start_ns && start_ns - p->start_ns <= tick_ns;
}

bool gmem_is_process(uint32_t pid, uint64_t start_ns)
{
	struct gmem_vm_process p;

	return pid && !gmem_vm_process_read(pid, &p) && started_then(&p, start_ns);
}

int gmem_identity_emit(const struct gmem_vm_rec *vm, gmem_record_fn fn, void *ctx)
{
	struct gmem_name_rec r = { .h = vm->h };
	struct gmem_vm_process p;

	if (gmem_vm_process_read(vm->h.tgid, &p) || !started_then(&p, vm->start_ns))
		return 0;
	r.h.kind = GMEM_NAME;
	r.h.size = sizeof(r);
	snprintf(r.name, sizeof(r.name), "%s", p.name);
	snprintf(r.cgroup, sizeof(r.cgroup), "%s", p.cgroup);
	return fn(ctx, &r.h);
}
