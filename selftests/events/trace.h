/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoint events of this process, read from the test's own instance of tracefs.
 *
 * A test lists the events it expects in order, in the words of the event's own text, and
 * trace_check() compares them with all that were emitted: more, fewer, or other events are a
 * failure. "*" stands for a word that cannot be predicted.
 */
#ifndef GMEM_EVENTS_TRACE_H
#define GMEM_EVENTS_TRACE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define TRACE_WANTED_MAX 128

struct trace {
	struct tracefs_instance *instance;
	unsigned int nr_wanted;
	char *wanted[TRACE_WANTED_MAX];
};

struct record {
	pid_t tid;
	char *text;	/* "event: its text" */
};

struct records {
	char *buffer;
	unsigned int nr;
	struct record *record;
};

/*
 * Returns whether the kernel has the series and this process may use tracefs; if not, *why has the
 * reason.
 */
bool trace_possible(const char **why);

/*
 * Starts to trace. @events are names of the system kvm, or system/name, separated by spaces; a name is a
 * regular expression. The first one is what the test is about: the test is skipped if the kernel's
 * variant does not have it. The test fails if the kernel lacks an event of its variant.
 */
void trace_open(struct trace *trace, const char *events);

/* Removes the instance of a process that has ended. */
void trace_remove(pid_t pid);

/* Drops all events traced and expected so far. */
void trace_clear(struct trace *trace);

/* Expects an event, unless the kernel's variant does not have it. */
void trace_want(struct trace *trace, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Checks that exactly the expected events were emitted, all by this thread; drops both. */
void trace_check(struct trace *trace);

/* Returns whether the trace had no room for an event, and says where. */
bool trace_lost(const struct trace *trace);

/* Returns all traced events in order, and drops none. Fails the test if events were lost. */
struct records trace_read(struct trace *trace);

bool record_is(const struct record *record, const char *event);
/* Returns the number after the word @key; fails the test if there is none. */
uint64_t record_number(const struct record *record, const char *key);

#endif
