// SPDX-License-Identifier: GPL-2.0-only
/* Events of an instance of tracefs. */
#include <errno.h>
#include <regex.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tracefs.h>
#include <unistd.h>

#include "harness.h"
#include "trace.h"
#include "variant.h"

#define INSTANCE "gmem-test-%d"
#define BUFFER_KB "2048"

static void set(const struct trace *trace, const char *name, const char *text)
{
	if (tracefs_instance_file_write(trace->instance, name, text) < 0)
		test_fail("cannot write %s to %s: %s", text, name, strerror(errno));
}

static bool name_matches(const char *name, const char *pattern)
{
	bool matches;
	regex_t regex;

	CHECK(!regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB));
	matches = !regexec(&regex, name, 0, NULL, 0);
	regfree(&regex);
	return matches;
}

/* Enables the events of the variant that match. Returns how many events of the series do. */
static unsigned int enable_series(const struct trace *trace, const char *pattern, unsigned int *enabled)
{
	char whole[128];
	const char *name;
	unsigned int nr = 0;

	snprintf(whole, sizeof(whole), "^(%s)$", pattern);
	for (size_t i = 0; (name = event_name(i)); i++) {
		if (!name_matches(name, whole))
			continue;
		nr++;
		if (!event_expected(i))
			continue;
		if (!event_exists(name))
			test_fail("the kernel lacks %s, which variant %s has", name, variant_name());
		CHECK(!tracefs_event_enable(trace->instance, "kvm", name));
		++*enabled;
	}
	return nr;
}

/* Enables the events that match "NAME" or "SYSTEM/NAME". Returns whether there was any. */
static bool enable(const struct trace *trace, const char *pattern)
{
	const char *name = strchr(pattern, '/');
	unsigned int enabled = 0;
	char system[32];

	if (!name && enable_series(trace, pattern, &enabled))
		return enabled;
	snprintf(system, sizeof(system), "%.*s", name ? (int)(name - pattern) : 3, name ? pattern : "kvm");
	return !tracefs_event_enable(trace->instance, system, name ? name + 1 : pattern);
}

bool trace_possible(const char **why)
{
	*why = "tracefs cannot be used";
	if (!tracefs_dir_exists(NULL, "instances") || geteuid())
		return false;
	*why = "the kernel is built without the series";
	for (size_t i = 0; event_name(i); i++)
		event_expected(i);
	return !variant_is_stock();
}

void trace_open(struct trace *trace, const char *events)
{
	char *words = strdup(events);
	char *word, *rest = words;
	char name[32], pid[16];
	bool first;

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
	for (first = true; (word = strsep(&rest, " ")); first = false)
		if (!enable(trace, word) && first)
			test_skip("variant %s of the kernel has no event %s", variant_name(), word);
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
	char *text;

	CHECK(trace->nr_wanted < TRACE_WANTED_MAX);
	va_start(args, format);
	CHECK(vasprintf(&text, format, args) >= 0);
	va_end(args);
	if (event_left_out(text, strcspn(text, ":")))
		free(text);
	else
		trace->wanted[trace->nr_wanted++] = text;
}

static char *read_all(const struct trace *trace, const char *name)
{
	char *text = tracefs_instance_file_read(trace->instance, name, NULL);

	if (!text)
		test_fail("cannot read %s: %s", name, strerror(errno));
	return text;
}

bool trace_lost(const struct trace *trace)
{
	bool lost = false;
	char name[64];

	for (int cpu = 0; !lost; cpu++) {
		char *text, *overrun;

		snprintf(name, sizeof(name), "per_cpu/cpu%d/stats", cpu);
		if (!tracefs_file_exists(trace->instance, name))
			break;
		text = read_all(trace, name);
		overrun = strstr(text, "overrun: ");
		lost = !overrun || strtoull(overrun + strlen("overrun: "), NULL, 10);
		if (lost)
			test_note("events were lost: %s: %s", name, text);
		free(text);
	}
	return lost;
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
	if (trace_lost(trace))
		test_fail("events were lost");
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
