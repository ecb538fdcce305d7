// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "commands/doctor_events.h"

#include <stdio.h>
#include <string.h>

#include "abi/kinds.h"
#include "live/providers.h"

/* Returns the first probe of the event's provider: all are attached in the same way, unless one was blind. */
static const struct gmem_probe *probe_of(const struct gmem_event_info *e)
{
	gmem_for_each_probe(p) {
		if (!strcmp(p->program, e->in_use->programs[0]))
			return p;
	}
	return NULL;
}

/* Describes what an event lacks: "tracepoint kvm:NAME or function NAME". Returns @buf. */
static const char *describe_missing(char *buf, size_t size, const struct gmem_event_info *e)
{
	const char *tracepoint = gmem_event_lacks(e, GMEM_ON_TRACEPOINT);
	const char *function = gmem_event_lacks(e, GMEM_ON_FUNCTION);

	snprintf(buf, size, "%s%s%s%s%s", tracepoint ? "tracepoint kvm:" : "", tracepoint ? tracepoint : "",
		 tracepoint && function ? " or " : "", function ? "function " : "", function ? function : "");
	return buf;
}

/* Returns true if the kernel may have the event at all. */
static bool is_possible(bool attributes, const struct gmem_event_info *e)
{
	return attributes || !e->attributes;
}

static void print_event(bool attributes, const struct gmem_event_info *e)
{
	const char *name = gmem_event_names[e - gmem_events];
	char text[256];

	if (!is_possible(attributes, e))
		printf("%-16s  not in this kernel: it has no memory attributes\n", name);
	else if (!e->in_use)
		printf("%-16s  not reported: no %s\n", name, describe_missing(text, sizeof(text), e));
	else if (e->in_use->attach == GMEM_ON_TRACEPOINT)
		printf("%-16s  tracepoint %s\n", name, gmem_provider_targets(text, sizeof(text), e->in_use));
	else
		printf("%-16s  function %s (%s)\n", name, gmem_provider_targets(text, sizeof(text), e->in_use),
		       gmem_way_names[probe_of(e)->way]);
}

void doctor_print_events(bool attributes)
{
	gmem_for_each_event(e) {
		printf("%-14s", e == gmem_events ? "events" : "");
		print_event(attributes, e);
	}
}

static void put_text(struct json_object *o, const char *key, const char *text)
{
	json_object_object_add(o, key, *text ? json_object_new_string(text) : NULL);
}

struct json_object *doctor_events(bool attributes)
{
	struct json_object *a = json_object_new_array();

	gmem_for_each_event(e) {
		struct json_object *o = json_object_new_object();
		bool tracepoint = e->in_use && e->in_use->attach == GMEM_ON_TRACEPOINT;
		char text[256];

		put_text(o, "event", gmem_event_names[e - gmem_events]);
		put_text(o, "provider", !e->in_use ? "" : tracepoint ? "tracepoint" : "function");
		put_text(o, "targets", e->in_use ? gmem_provider_targets(text, sizeof(text), e->in_use) : "");
		put_text(o, "way", e->in_use && !tracepoint ? gmem_way_names[probe_of(e)->way] : "");
		put_text(o, "missing", tracepoint || !is_possible(attributes, e) ? "" : describe_missing(text, sizeof(text), e));
		json_object_array_add(a, o);
	}
	return a;
}
