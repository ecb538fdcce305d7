// SPDX-License-Identifier: GPL-2.0-only
/* Time of operations. */
#include "clock.h"
#include "measure.h"

static int run_ops(const struct testbed *t, const struct op *op, uint64_t start, uint64_t count)
{
	int err = 0;

	for (uint64_t i = start; !err && i < start + count; i++)
		err = op->run(t, i);
	return err;
}

static void add_chunk(struct measure *m, uint64_t count, uint64_t ns)
{
	double ns_per_op = (double)ns / (double)count;

	if (!m->count || ns_per_op < m->best_ns_per_op)
		m->best_ns_per_op = ns_per_op;
	m->count += count;
	m->total_ns += ns;
}

static int run_chunks(const struct testbed *t, const struct op *op, uint64_t count, uint64_t first,
		      struct measure *m)
{
	int err = 0;

	while (!err && m->count < count) {
		uint64_t left = count - m->count, n = left < m->chunk ? left : m->chunk;
		uint64_t start = now_ns();

		err = run_ops(t, op, first + m->count, n);
		add_chunk(m, n, now_ns() - start);
	}
	return err;
}

int measure_op(const struct testbed *t, const struct op *op, uint64_t count, uint64_t warmup,
	       const struct beside *beside, struct measure *m)
{
	uint64_t before, idle, busy;
	int err = run_ops(t, op, 0, warmup);

	if (err)
		return err;
	*m = (struct measure){ .chunk = op->chunk < count ? op->chunk : count };
	/* The first call covers work left over from the warm-up; the second measures idle use. */
	beside_settle(beside);
	idle = beside_settle(beside);
	before = beside_cpu_ns(beside);
	err = run_chunks(t, op, count, warmup, m);
	beside_settle(beside);
	busy = beside_cpu_ns(beside) - before;
	m->beside_ns = busy > idle ? busy - idle : 0;
	return err;
}
