// SPDX-License-Identifier: GPL-2.0-only
/* Events of an instance of tracefs. */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"
#include "trace.h"

#define TRACEFS "/sys/kernel/tracing"
#define INSTANCE TRACEFS "/instances/gmem-test-%d"
#define BUFFER_KB "2048"

static int write_file(const char *path, const char *text, int flags)
{
	int fd = open(path, O_WRONLY | flags);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = write(fd, text, strlen(text));
	if (n < 0)
		n = -errno;
	close(fd);
	return n < 0 ? (int)n : 0;
}

static void set(const struct trace *trace, const char *name, const char *text)
{
	char path[256];
	int r;

	snprintf(path, sizeof(path), "%s/%s", trace->path, name);
	r = write_file(path, text, 0);
	if (r)
		test_fail("cannot write %s to %s: %s", text, path, strerror(-r));
}

/* Enables the events that match one pattern. */
static void enable(const struct trace *trace, const char *pattern)
{
	char path[256];
	glob_t found;
	size_t i;

	snprintf(path, sizeof(path), "%s/events/%s%s/enable", trace->path,
		 strchr(pattern, '/') ? "" : "kvm/", pattern);
	if (glob(path, 0, NULL, &found))
		test_skip("the kernel has no event %s", pattern);
	for (i = 0; i < found.gl_pathc; i++) {
		int r = write_file(found.gl_pathv[i], "1", 0);

		if (r)
			test_fail("cannot enable %s: %s", found.gl_pathv[i], strerror(-r));
	}
	globfree(&found);
}

bool trace_possible(const char **why)
{
	glob_t found;
	int r;

	if (access(TRACEFS "/instances", W_OK | X_OK)) {
		*why = "tracefs cannot be used at " TRACEFS;
		return false;
	}
	r = glob(TRACEFS "/events/kvm/kvm_gmem_*", 0, NULL, &found);
	if (!r)
		globfree(&found);
	*why = "the kernel has no events kvm_gmem_*";
	return !r;
}

void trace_open(struct trace *trace, const char *events)
{
	char *words = strdup(events);
	char *word, *rest = words;
	char pid[16];

	*trace = (struct trace){ 0 };
	snprintf(trace->path, sizeof(trace->path), INSTANCE, getpid());
	if (mkdir(trace->path, 0700))
		test_fail("cannot make %s: %s", trace->path, strerror(errno));
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
	char path[64];

	snprintf(path, sizeof(path), INSTANCE, pid);
	rmdir(path);
}

void trace_clear(struct trace *trace)
{
	char path[128];
	unsigned int i;
	int r;

	for (i = 0; i < trace->nr_wanted; i++)
		free(trace->wanted[i]);
	trace->nr_wanted = 0;
	snprintf(path, sizeof(path), "%s/trace", trace->path);
	r = write_file(path, "", O_TRUNC);
	if (r)
		test_fail("cannot clear %s: %s", path, strerror(-r));
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

static char *read_all(const char *path)
{
	size_t size = 0, room = 1 << 16;
	char *text = malloc(room);
	int fd = open(path, O_RDONLY);
	ssize_t n;

	if (fd < 0 || !text)
		test_fail("cannot read %s: %s", path, strerror(errno));
	while ((n = read(fd, text + size, room - size - 1)) > 0) {
		size += n;
		if (room - size < 1 << 15) {
			room *= 2;
			text = realloc(text, room);
			CHECK(text);
		}
	}
	if (n < 0)
		test_fail("cannot read %s: %s", path, strerror(errno));
	close(fd);
	text[size] = '\0';
	return text;
}

static void check_lost(const struct trace *trace)
{
	char pattern[128];
	glob_t found;
	size_t i;

	snprintf(pattern, sizeof(pattern), "%s/per_cpu/cpu*/stats", trace->path);
	CHECK(!glob(pattern, 0, NULL, &found));
	for (i = 0; i < found.gl_pathc; i++) {
		char *text = read_all(found.gl_pathv[i]);
		char *overrun = strstr(text, "overrun: ");

		if (!overrun || strtoull(overrun + strlen("overrun: "), NULL, 10))
			test_fail("events were lost: %s: %s", found.gl_pathv[i], text);
		free(text);
	}
	globfree(&found);
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
	char path[128];
	char *line, *rest;

	snprintf(path, sizeof(path), "%s/trace", trace->path);
	records.buffer = read_all(path);
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
