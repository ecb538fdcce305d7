// SPDX-License-Identifier: GPL-2.0-only
/* The table ./variants, and the kernel's configuration. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tracefs.h>

#include "harness.h"
#include "variant.h"

#define CONFIG "/proc/config.gz"

/* In the order in which they contain each other. */
static const char *const variants[] = { "stock", "core", "trace", "full" };

static const struct {
	const char *name;
	const char *variant;
	const char *options;	/* "" if it does not depend on any */
} events[] = {
#include "variants.inc"
};

#define NR_EVENTS (sizeof(events) / sizeof(events[0]))

bool event_exists(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "events/kvm/%s", name);
	return tracefs_dir_exists(NULL, path);
}

static size_t rank(const char *variant)
{
	for (size_t i = 0; i < sizeof(variants) / sizeof(variants[0]); i++)
		if (!strcmp(variant, variants[i]))
			return i;
	test_fail("GMEM_VARIANT is %s: no variant of kernel/build", variant);
}

const char *variant_name(void)
{
	const char *given = getenv("GMEM_VARIANT");

	if (given && *given)
		return given;
	/* Variant full has the events of trace. */
	if (event_exists("kvm_gmem_fallocate_end"))
		return "trace";
	return event_exists("kvm_memory_fault_exit") ? "core" : "stock";
}

bool variant_is_stock(void)
{
	return !strcmp(variant_name(), "stock");
}

const char *event_name(size_t i)
{
	return i < NR_EVENTS ? events[i].name : NULL;
}

/* Without the kernel's configuration, the event's presence is all that is known. */
static bool configured(size_t i)
{
	char command[512];
	int status;

	if (!*events[i].options)
		return true;
	snprintf(command, sizeof(command), "test -r " CONFIG " || exit 2; "
		 "zcat " CONFIG " | grep -qE '^(%s)='", events[i].options);
	status = system(command);
	return !status || (status == 2 << 8 && event_exists(events[i].name));
}

bool event_expected(size_t i)
{
	/* Later calls must not fork: that write-protects the memory of a VM. */
	static enum { UNKNOWN, NO, YES } expected[NR_EVENTS];

	if (expected[i] == UNKNOWN)
		expected[i] = rank(events[i].variant) <= rank(variant_name()) && configured(i) ? YES : NO;
	return expected[i] == YES;
}

static const char *find(const char *name, size_t length, size_t *i)
{
	for (*i = 0; *i < NR_EVENTS; ++*i)
		if (!strncmp(name, events[*i].name, length) && !events[*i].name[length])
			return events[*i].name;
	return NULL;
}

bool variant_has(const char *name)
{
	size_t i;

	return find(name, strlen(name), &i) && event_expected(i);
}

bool event_left_out(const char *name, size_t length)
{
	size_t i;

	return find(name, length, &i) && !event_expected(i);
}
