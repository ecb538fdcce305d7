/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns: what the kernel's tracepoints of this process say, read from an instance of tracefs that is
 * this test's own. Must not know KVM.
 *
 * A test says which events it wants, in their order, in the words of the event's own text, and
 * trace_check() compares with all that there were: more, fewer, or others is a failure. "*" stands
 * for a word that cannot be known.
 */
#ifndef GMEM_EVENTS_TRACE_H
#define GMEM_EVENTS_TRACE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define TRACE_WANTED_MAX 128

struct trace {
	char path[64];
	unsigned int nr_wanted;
	char *wanted[TRACE_WANTED_MAX];
};

struct record {
	pid_t tid;
	char *text;	/* "event: what it says" */
};

struct records {
	char *buffer;
	unsigned int nr;
	struct record *record;
};

/* Whether the kernel has any of the events, and this process may use them; if not, why. */
bool trace_possible(const char **why);

/*
 * Begins to trace. @events are names of the system kvm, or system/name, or patterns of them,
 * separated by spaces. The test is skipped if the kernel has none that is like one of these.
 */
void trace_open(struct trace *trace, const char *events);

/* What a dead process left. */
void trace_remove(pid_t pid);

/* Forgets what was traced, and what was wanted. */
void trace_clear(struct trace *trace);

void trace_want(struct trace *trace, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* What there was is what was wanted, all in this thread; both are forgotten then. */
void trace_check(struct trace *trace);

/* All that was traced, in order; nothing is forgotten. A loss is a failure. */
struct records trace_read(struct trace *trace);

bool record_is(const struct record *record, const char *event);
/* The number after that word; the test fails if there is none. */
uint64_t record_number(const struct record *record, const char *key);

#endif
