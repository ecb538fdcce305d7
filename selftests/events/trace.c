// SPDX-License-Identifier: GPL-2.0-only
/* Events of an instance of tracefs. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tracefs.h>
#include <unistd.h>

#include "harness.h"
#include "trace.h"

#define INSTANCE "gmem-test-%d"
#define BUFFER_KB "2048"

static void set(const struct trace *trace, const char *name, const char *text)
{
	if (tracefs_instance_file_write(trace->instance, name, text) < 0)
		test_fail("cannot write %s to %s: %s", text, name, strerror(errno));
}

/* Enables the events that match "NAME" or "SYSTEM/NAME", where NAME is a regular expression. */
static void enable(const struct trace *trace, const char *pattern)
{
	const char *name = strchr(pattern, '/');
	char system[32];

	snprintf(system, sizeof(system), "%.*s", name ? (int)(name - pattern) : 3, name ? pattern : "kvm");
	if (tracefs_event_enable(trace->instance, system, name ? name + 1 : pattern))
		test_skip("the kernel has no event %s", pattern);
}

bool trace_possible(const char **why)
{
	*why = "tracefs cannot be used";
	if (!tracefs_dir_exists(NULL, "instances") || geteuid())
		return false;
	*why = "the kernel has no events kvm_gmem_*";
	return tracefs_dir_exists(NULL, "events/kvm/kvm_gmem_bind");
}

void trace_open(struct trace *trace, const char *events)
{
	char *words = strdup(events);
	char *word, *rest = words;
	char name[32], pid[16];

	snprintf(name, sizeof(name), INSTANCE, getpid());
	*trace = (struct trace){ .instance = tracefs_instance_create(name) };
	if (!trace->instance)
		test_fail("cannot make instance %s: %s", name, strerror(errno));
	/* Numbers the events in the order of all CPUs. */
	set(trace, "trace_clock", "counter");
	set(trace, "buffer_size_kb", BUFFER_KB);
	snprintf(pid, sizeof(pid), "%d", getpid());
	set(trace, "set_event_pid", pid);
	set(trace, "options/event-fork", "1");
	while ((word = strsep(&rest, " ")))
		enable(trace, word);
	free(words);
}

void trace_remove(pid_t pid)
{
	struct tracefs_instance *instance;
	char name[32];

	snprintf(name, sizeof(name), INSTANCE, pid);
	instance = tracefs_instance_exists(name) ? tracefs_instance_create(name) : NULL;
	if (!instance)
		return;
	tracefs_instance_destroy(instance);
	tracefs_instance_free(instance);
}

void trace_clear(struct trace *trace)
{
	for (unsigned int i = 0; i < trace->nr_wanted; i++)
		free(trace->wanted[i]);
	trace->nr_wanted = 0;
	if (tracefs_instance_file_clear(trace->instance, "trace"))
		test_fail("cannot clear the trace: %s", strerror(errno));
}

void trace_want(struct trace *trace, const char *format, ...)
{
	va_list args;

	CHECK(trace->nr_wanted < TRACE_WANTED_MAX);
	va_start(args, format);
	CHECK(vasprintf(&trace->wanted[trace->nr_wanted], format, args) >= 0);
	va_end(args);
	trace->nr_wanted++;
}

static char *read_all(const struct trace *trace, const char *name)
{
	char *text = tracefs_instance_file_read(trace->instance, name, NULL);

	if (!text)
		test_fail("cannot read %s: %s", name, strerror(errno));
	return text;
}

static void check_lost(const struct trace *trace)
{
	char name[64];

	for (int cpu = 0; ; cpu++) {
		char *text, *overrun;

		snprintf(name, sizeof(name), "per_cpu/cpu%d/stats", cpu);
		if (!tracefs_file_exists(trace->instance, name))
			break;
		text = read_all(trace, name);
		overrun = strstr(text, "overrun: ");
		if (!overrun || strtoull(overrun + strlen("overrun: "), NULL, 10))
			test_fail("events were lost: %s: %s", name, text);
		free(text);
	}
}

/* Parses "COMM-TID [CPU] FLAGS TIME: EVENT: TEXT". */
static void parse_line(char *line, struct record *record)
{
	char *cpu = strstr(line, " [");
	char *tid = cpu;
	char *text = strstr(line, ": ");

	if (!cpu || !text)
		test_fail("cannot understand this line of the trace: %s", line);
	while (tid > line && tid[-1] != '-')
		tid--;
	record->tid = (pid_t)strtol(tid, NULL, 10);
	record->text = text + 2;
}

struct records trace_read(struct trace *trace)
{
	struct records records = { 0 };
	char *line, *rest;

	records.buffer = read_all(trace, "trace");
	check_lost(trace);
	rest = records.buffer;
	while ((line = strsep(&rest, "\n"))) {
		if (!*line || *line == '#')
			continue;
		records.record = realloc(records.record,
					 (records.nr + 1) * sizeof(*records.record));
		CHECK(records.record);
		parse_line(line, &records.record[records.nr++]);
	}
	return records;
}

/* Compares word by word; "*" matches any word. */
static bool text_matches(const char *text, const char *wanted)
{
	while (*text && *wanted) {
		size_t n = strcspn(text, " "), m = strcspn(wanted, " ");

		if (!(m == 1 && *wanted == '*') && (n != m || memcmp(text, wanted, n)))
			return false;
		text += n;
		wanted += m;
		if (*text && *wanted) {
			text++;
			wanted++;
		}
	}
	return !*text && !*wanted;
}

static void print_difference(const struct trace *trace, const struct records *got)
{
	unsigned int i;

	for (i = 0; i < got->nr; i++)
		test_note("got:    %s", got->record[i].text);
	for (i = 0; i < trace->nr_wanted; i++)
		test_note("expected: %s", trace->wanted[i]);
}

void trace_check(struct trace *trace)
{
	struct records got = trace_read(trace);
	unsigned int i;

	for (i = 0; i < got.nr && i < trace->nr_wanted; i++) {
		if (!text_matches(got.record[i].text, trace->wanted[i])) {
			print_difference(trace, &got);
			test_fail("event %u is not the expected one", i + 1);
		}
		if (got.record[i].tid != gettid())
			test_fail("not by this thread: %s", got.record[i].text);
	}
	if (got.nr != trace->nr_wanted) {
		print_difference(trace, &got);
		test_fail("%u events instead of %u", got.nr, trace->nr_wanted);
	}
	free(got.record);
	free(got.buffer);
	trace_clear(trace);
}

bool record_is(const struct record *record, const char *event)
{
	size_t n = strlen(event);

	return !strncmp(record->text, event, n) && record->text[n] == ':';
}

uint64_t record_number(const struct record *record, const char *key)
{
	size_t n = strlen(key);
	const char *at = record->text;

	while ((at = strstr(at, key))) {
		if (at[-1] == ' ' && at[n] == ' ')
			return strtoull(at + n + 1, NULL, 0);
		at += n;
	}
	test_fail("no %s in: %s", key, record->text);
}
