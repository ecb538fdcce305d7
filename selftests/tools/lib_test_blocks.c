// SPDX-License-Identifier: GPL-2.0-only
/* Tests of model.h's figures of slots and attributes, against a bitmap of guest frames. */
#include "lib_test.h"

#include <stdlib.h>

#include "model/model.h"

#define BLOCK	512		/* pages of 2 MiB */
#define FRAMES	(12 * BLOCK)
#define SLOTS	16		/* FRAMES / SLOTS is no multiple of BLOCK */

struct oracle {
	bool bound[FRAMES];
	bool private[FRAMES];
	uint64_t npages[SLOTS];	/* 0: not bound */
	uint64_t gfn[SLOTS];
};

struct fixture {
	struct gmem_model *m;
	struct oracle o;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	*state = f;
	if (f)
		f->m = gmem_model_new();
	return !f || !f->m;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	gmem_model_free(f->m);
	free(f);
	return 0;
}

static void bind(struct fixture *f, unsigned int slot, uint64_t gfn, uint64_t npages)
{
	assert_int_equal(APPLY(f->m, 1, GMEM_BIND, .ino = slot % 3, .start = gfn,
			       .end = gfn + npages, .aux = slot), 0);
	f->o.gfn[slot] = gfn;
	f->o.npages[slot] = npages;
	for (uint64_t i = gfn; i < gfn + npages; i++)
		f->o.bound[i] = true;
}

static void forget_slot(struct oracle *o, unsigned int slot)
{
	for (uint64_t i = o->gfn[slot]; i < o->gfn[slot] + o->npages[slot]; i++)
		o->bound[i] = false;
	o->npages[slot] = 0;
}

static void unbind(struct fixture *f, unsigned int slot)
{
	assert_int_equal(APPLY(f->m, 1, GMEM_UNBIND, .ino = slot % 3, .aux = slot), 0);
	forget_slot(&f->o, slot);
}

static void release(struct fixture *f, uint64_t ino)
{
	assert_int_equal(APPLY(f->m, 1, GMEM_RELEASE, .ino = ino), 0);
	for (unsigned int slot = ino; slot < SLOTS; slot += 3)
		forget_slot(&f->o, slot);
}

static void convert(struct fixture *f, bool private, uint64_t start, uint64_t end)
{
	assert_int_equal(APPLY(f->m, 1, GMEM_ATTRIBUTES_END, .start = start, .end = end, .aux = 1,
			       .arg = private ? TEST_PRIVATE : 0), 0);
	for (uint64_t i = start; i < end; i++)
		f->o.private[i] = private;
}

static struct gmem_blocks expect_blocks(const struct oracle *o)
{
	struct gmem_blocks b = { 0, 0 };

	for (uint64_t block = 0; block < FRAMES / BLOCK; block++) {
		unsigned int bound = 0, private = 0;

		for (uint64_t i = block * BLOCK; i < (block + 1) * BLOCK; i++) {
			bound += o->bound[i];
			private += o->bound[i] && o->private[i];
		}
		b.total += !!bound;
		b.mixed += private && private < bound;
	}
	return b;
}

static void assert_same(const struct fixture *f)
{
	struct gmem_blocks want = expect_blocks(&f->o), got;
	const struct gmem_vm *vm = gmem_model_vm(f->m, 1);
	uint64_t bound = 0, private = 0;

	assert_non_null(vm);
	for (uint64_t i = 0; i < FRAMES; i++) {
		bound += f->o.bound[i];
		private += f->o.bound[i] && f->o.private[i];
	}
	assert_int_equal(gmem_vm_slot_bytes(vm), bound << 12);
	assert_int_equal(gmem_vm_private_bytes(vm), private << 12);
	got = gmem_vm_blocks(vm);
	assert_int_equal(got.total, want.total);
	assert_int_equal(got.mixed, want.mixed);
}

static void test_private_only_within_slots(void **state)
{
	struct fixture *f = *state;

	convert(f, true, 0, FRAMES);
	assert_same(f);
	bind(f, 1, 100, 50);
	assert_same(f);
	convert(f, false, 120, FRAMES);
	assert_same(f);
	assert_int_equal(gmem_vm_private_bytes(gmem_model_vm(f->m, 1)), 20 << 12);
}

static void test_mixed_blocks_at_the_edges(void **state)
{
	struct fixture *f = *state;

	bind(f, 1, 100, 3 * BLOCK);	/* from inside one block to inside another */
	assert_same(f);
	convert(f, true, 0, 100);	/* ends where the slot starts */
	assert_same(f);
	convert(f, true, 100, 101);
	assert_same(f);
	convert(f, true, 100, BLOCK);	/* the slot's whole part of this block */
	assert_same(f);
	convert(f, true, 100 + 3 * BLOCK, FRAMES);
	assert_same(f);
	convert(f, true, 99 + 3 * BLOCK, FRAMES);
	assert_same(f);
	convert(f, true, 0, FRAMES);
	assert_same(f);
	convert(f, false, BLOCK, BLOCK + 1);
	assert_same(f);
	convert(f, false, BLOCK + 2, 2 * BLOCK - 1);	/* many edges, one block */
	assert_same(f);
}

/* A block that several slots cover counts once, as below 1 MiB of a PC. */
static void test_a_block_of_several_slots_is_one(void **state)
{
	struct fixture *f = *state;

	bind(f, 1, 0, 0xa0);
	bind(f, 2, 0xc0, 0x10);
	bind(f, 3, 0x100, 3 * BLOCK);
	assert_same(f);
	convert(f, true, 0, 0xa0);	/* each slot is entirely private or entirely shared */
	assert_same(f);
	convert(f, true, 0, BLOCK);
	assert_same(f);
	convert(f, false, 0xc0, 0xd0);
	assert_same(f);
}

static void random_change(struct fixture *f, struct rng *rng)
{
	static const uint64_t step[] = { 1, 7, 64, BLOCK };
	const uint64_t room = FRAMES / SLOTS;
	unsigned int slot = rng_below(rng, SLOTS);
	uint64_t a, b, unit = step[rng_below(rng, 4)];

	switch (rng_below(rng, 8)) {
	case 0:
	case 1:
		if (f->o.npages[slot])
			unbind(f, slot);
		a = rng_below(rng, 2) ? 0 : rng_below(rng, room);
		b = rng_below(rng, 2) ? room : a + 1 + rng_below(rng, room - a);
		bind(f, slot, slot * room + a, b - a);
		break;
	case 2:
		unbind(f, slot);
		break;
	case 3:
		if (!rng_below(rng, 8))
			release(f, rng_below(rng, 3));
		break;
	default:
		a = rng_below(rng, FRAMES / unit) * unit;
		b = a + unit * (1 + rng_below(rng, 20));
		convert(f, rng_below(rng, 2), a, b < FRAMES ? b : FRAMES);
	}
}

static void test_random(void **state)
{
	struct fixture *f = *state;
	struct rng rng = { 3 };

	bind(f, 0, 0, 1);
	for (int i = 0; i < 30000; i++) {
		random_change(f, &rng);
		assert_same(f);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct CMUnitTest tests[] = {
	TEST(test_private_only_within_slots),
	TEST(test_mixed_blocks_at_the_edges),
	TEST(test_a_block_of_several_slots_is_one),
	TEST(test_random),
};

TEST_UNIT(blocks_unit, tests);
