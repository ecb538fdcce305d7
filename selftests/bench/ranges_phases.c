// SPDX-License-Identifier: GPL-2.0-only
/* Phases and invalidation windows of single conversions (ranges.h). */
#include <errno.h>
#include <stdio.h>

#include "phases.h"
#include "ranges.h"

#define PAGE_OFFSET (201 * TESTBED_PAGE)

/* Conversions in this order; the numbered page is in the same block. */
static const struct step {
	const char *name;	/* NULL: not measured */
	uint64_t offset;
	uint64_t size;
	bool private;
} steps[] = {
	/* The first ones of a VM allocate more than later ones. */
	{ NULL, 0, TESTBED_SLOT, true },
	{ NULL, 0, TESTBED_SLOT, false },
	{ "1G.to_private", 0, TESTBED_SLOT, true },
	{ "1G.to_shared", 0, TESTBED_SLOT, false },
	{ "1G.unchanged", 0, TESTBED_SLOT, false },
	{ NULL, PAGE_OFFSET, TESTBED_PAGE, true },
	{ NULL, PAGE_OFFSET, TESTBED_PAGE, false },
	{ "page.shared.change", PAGE_OFFSET, TESTBED_PAGE, true },
	{ "page.mixed.change", PAGE_OFFSET + 2 * TESTBED_PAGE, TESTBED_PAGE, true },
	{ "page.mixed.restore", PAGE_OFFSET + 2 * TESTBED_PAGE, TESTBED_PAGE, false },
	{ "page.mixed.unchanged", PAGE_OFFSET + 2 * TESTBED_PAGE, TESTBED_PAGE, false },
	{ "page.shared.restore", PAGE_OFFSET, TESTBED_PAGE, false },
	{ "page.shared.unchanged", PAGE_OFFSET, TESTBED_PAGE, false },
	{ NULL, 0, TESTBED_BLOCK, true },
	{ "page.private.change", PAGE_OFFSET, TESTBED_PAGE, false },
	{ "page.private.restore", PAGE_OFFSET, TESTBED_PAGE, true },
	{ "page.private.unchanged", PAGE_OFFSET, TESTBED_PAGE, true },
	{ NULL, 0, TESTBED_BLOCK, false },
};

static void print_phases(const char *name, const struct phases *p)
{
	char text[80];

	for (int i = 0; i < PHASES; i++) {
		double ns = (double)phases_time(p, i);

		snprintf(text, sizeof(text), "phase.%s.%s", name, phase_names[i]);
		if (p->start[i])
			figure_ns(text, ns, ns);
	}
	snprintf(text, sizeof(text), "window.%s", name);
	if (p->start[PHASE_ZAP])
		figure_ns(text, (double)phases_window(p), (double)phases_window(p));
}

/* Returns the least time of a call that changes nothing: two events, if traced. */
static uint64_t time_unchanged(const struct testbed *t)
{
	uint64_t least = UINT64_MAX;

	for (int i = 0; i < 16; i++) {
		uint64_t start = now_ns(), ns;

		testbed_set_private(t, 0, TESTBED_PAGE, false);
		ns = now_ns() - start;
		if (ns < least)
			least = ns;
	}
	return least;
}

/* Each phase includes writing an event: prints what that costs. */
static int measure_event(const struct testbed *t)
{
	double untraced = (double)time_unchanged(t), each;
	struct phases phases;
	int err = phases_start();

	if (err)
		return err;
	each = ((double)time_unchanged(t) - untraced) / 2;
	figure_ns("phase.event", each, each);
	return phases_stop(&phases);
}

static int traced(const struct testbed *t, const struct step *step)
{
	struct phases phases;
	int err = phases_start(), end;

	if (err)
		return err;
	err = testbed_set_private(t, step->offset, step->size, step->private);
	end = phases_stop(&phases);
	if (err || end)
		return err ? err : end;
	print_phases(step->name, &phases);
	return 0;
}

static int run_step(const struct testbed *t, const struct step *step)
{
	if (step->name)
		return traced(t, step);
	return testbed_set_private(t, step->offset, step->size, step->private);
}

/* Every other page of the slot private, then all shared. */
static int trace_fragmented(const struct testbed *t)
{
	static const struct step merge = { "fragments.to_shared", 0, TESTBED_SLOT, false };
	int err = 0;

	for (uint64_t offset = 0; !err && offset < TESTBED_SLOT; offset += 2 * TESTBED_PAGE)
		err = testbed_set_private(t, offset, TESTBED_PAGE, true);
	return err ? err : traced(t, &merge);
}

int ranges_phases(struct ranges *r)
{
	static const struct testbed_shape shape = { .gpa = TESTBED_GPA, .size = TESTBED_SLOT };
	struct testbed t;
	int err;

	if (ranges_open(r, &t, &shape))
		return -1;
	err = measure_event(&t);
	for (size_t i = 0; !err && i < sizeof(steps) / sizeof(*steps); i++)
		err = run_step(&t, &steps[i]);
	if (!err)
		err = trace_fragmented(&t);
	testbed_close(&t);
	if (err == -ENOENT) {
		figure_skipped("phases", "the kernel has no events for phases");
		return 0;
	}
	return err ? ranges_failed(r, "trace a conversion", err) : 0;
}
