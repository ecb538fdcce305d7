// SPDX-License-Identifier: GPL-2.0-only
/* Operations on the testbed. */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "ops.h"

/* Converts a range to private for even @i, and back for the odd one that follows. */
static int convert(const struct testbed *t, uint64_t i, uint64_t size)
{
	return testbed_set_private(t, i / 2 * size % TESTBED_SLOT, size, !(i & 1));
}

static int flip4k(const struct testbed *t, uint64_t i)
{
	return convert(t, i, TESTBED_PAGE);
}

static int flip2m(const struct testbed *t, uint64_t i)
{
	return convert(t, i, TESTBED_BLOCK);
}

static int flip_slot(const struct testbed *t, uint64_t i)
{
	return convert(t, i, TESTBED_SLOT);
}

static int noop4k(const struct testbed *t, uint64_t i)
{
	return testbed_set_private(t, i * TESTBED_PAGE % TESTBED_SLOT, TESTBED_PAGE, false);
}

static int punch2m(const struct testbed *t, uint64_t i)
{
	return testbed_punch(t, i * TESTBED_BLOCK % TESTBED_SLOT, TESTBED_BLOCK);
}

static int bind(const struct testbed *t, uint64_t i)
{
	(void)i;
	return testbed_bind(t);
}

const struct op ops[] = {
	{ "flip4k", "one page to private and back", 20000, 50, flip4k },
	{ "flip2m", "an aligned 2 MiB to private and back", 100, 2, flip2m },
	{ "slot", "the whole slot of 1 GiB to private and back", 2, 2, flip_slot },
	{ "noop4k", "one page to the attribute that it has", 5000, 50, noop4k },
	{ "punch2m", "a hole punched in 2 MiB without pages", 2000, 50, punch2m },
	{ "bind", "a guest_memfd made, bound, unbound, released", 100, 2, bind },
	{ NULL, NULL, 0, 0, NULL }
};

const struct op *op_find(const char *name)
{
	for (const struct op *op = ops; op->name; op++)
		if (!strcmp(op->name, name))
			return op;
	return NULL;
}
