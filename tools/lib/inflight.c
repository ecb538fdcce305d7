// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "inflight.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "gmem.skel.h"
#include "gmem_maps.h"

static int tell_operations(struct gmem_bpf *skel, gmem_record_fn fn, void *ctx)
{
	int fd = bpf_map__fd(skel->maps.inflight), err = 0;
	struct gmem_op_key key, next, *prev = NULL;
	struct gmem_op op;

	/* If the entry before is gone meanwhile, it starts over: telling twice does no harm. */
	for (; !err && !bpf_map_get_next_key(fd, prev, &next); prev = &key) {
		key = next;
		if (bpf_map_lookup_elem(fd, &key, &op) || !op.kind)
			continue;
		struct gmem_rec r = {
			.h = { op.begin_ns, key.vm, op.tgid, key.tid, op.kind, sizeof(r), 0 },
			.ino = op.ino, .start = op.start, .end = op.end, .arg = op.arg,
		};
		err = fn(ctx, &r.h);
	}
	return err;
}

static int tell_stalls(struct gmem_bpf *skel, gmem_record_fn fn, void *ctx)
{
	int fd = bpf_map__fd(skel->maps.stalls), err = 0;
	struct gmem_vcpu_key key, next, *prev = NULL;
	struct gmem_stall s;

	for (; !err && !bpf_map_get_next_key(fd, prev, &next); prev = &key) {
		key = next;
		if (bpf_map_lookup_elem(fd, &key, &s))
			continue;
		struct gmem_rec r = {
			.h = { s.exit_ns, key.vm, s.tgid, s.tid, GMEM_STALL_BEGIN, sizeof(r), 0 },
			.start = s.start, .end = s.end, .arg = s.attributes, .aux = key.vcpu,
		};
		err = fn(ctx, &r.h);
	}
	return err;
}

int inflight_tell(struct gmem_bpf *skel, uint64_t ts_ns, gmem_record_fn fn, void *ctx)
{
	struct gmem_rec r = {
		.h = { .ts_ns = ts_ns, .kind = GMEM_INFLIGHT, .size = sizeof(r) },
	};
	int err = fn(ctx, &r.h);

	if (!err)
		err = tell_operations(skel, fn, ctx);
	return err ? err : tell_stalls(skel, fn, ctx);
}
