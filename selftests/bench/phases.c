// SPDX-License-Identifier: GPL-2.0-only
/* Phases of a conversion (phases.h), read from the text of ftrace's buffer. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "phases.h"

#define TRACEFS "/sys/kernel/tracing/"
#define EVENTS "events/kvm/"

const char *const phase_names[PHASES] = { "check", "reserve", "zap", "store", "mixed" };

static const char *const events[] = { "kvm_mem_attributes_phase", "kvm_mem_attributes_end" };

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

static int enable_events(const char *value)
{
	char path[128];
	int err = 0;

	for (size_t i = 0; !err && i < sizeof(events) / sizeof(*events); i++) {
		snprintf(path, sizeof(path), TRACEFS EVENTS "%s/enable", events[i]);
		err = write_file(path, value);
	}
	return err;
}

int phases_start(void)
{
	int err = write_file(TRACEFS "trace_clock", "x86-tsc");

	if (!err)
		err = write_file(TRACEFS "trace", "");
	return err ? err : enable_events("1");
}

/* Reads "... TIMESTAMP: EVENT: ... phase NAME". */
static void parse_line(const char *line, struct phases *p)
{
	const char *event = strstr(line, ": kvm_mem_attributes_"), *phase;
	uint64_t time;

	if (!event)
		return;
	while (event > line && event[-1] >= '0' && event[-1] <= '9')
		event--;
	time = strtoull(event, NULL, 10);
	if (strstr(event, "kvm_mem_attributes_end"))
		p->start[PHASES] = time;
	phase = strstr(event, " phase ");
	for (int i = 0; phase && i < PHASES; i++)
		if (!strncmp(phase + 7, phase_names[i], strlen(phase_names[i])))
			p->start[i] = time;
}

int phases_stop(struct phases *p)
{
	int err = enable_events("0");
	char line[512];
	FILE *in;

	*p = (struct phases){ 0 };
	if (err)
		return err;
	in = fopen(TRACEFS "trace", "re");
	if (!in)
		return -errno;
	while (fgets(line, sizeof(line), in))
		if (line[0] != '#')
			parse_line(line, p);
	fclose(in);
	return p->start[PHASES] ? 0 : -ENODATA;
}

uint64_t phases_time(const struct phases *p, enum phase phase)
{
	if (!p->start[phase])
		return 0;
	for (int next = phase + 1; next <= PHASES; next++)
		if (p->start[next])
			return p->start[next] - p->start[phase];
	return 0;
}

uint64_t phases_window(const struct phases *p)
{
	return p->start[PHASE_ZAP] ? p->start[PHASES] - p->start[PHASE_ZAP] : 0;
}
