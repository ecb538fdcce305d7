// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "recording/recording_info.h"
#include "base/clocks.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

enum type { TEXT, U32, U64 };

#define FIELD(key, type, member) \
	{ key, type, offsetof(struct gmem_recording_info, member), \
	  sizeof(((struct gmem_recording_info *)NULL)->member) }

/* Keys and their fields. Keys are never reused. */
static const struct field {
	const char *key;
	enum type type;
	size_t at;
	size_t size;
} fields[] = {
	FIELD("creator", TEXT, creator),
	FIELD("kernel", TEXT, kernel),
	FIELD("machine", TEXT, machine),
	FIELD("host", TEXT, host),
	FIELD("probes", TEXT, probes),
	FIELD("groups", TEXT, groups),
	FIELD("filters", TEXT, filters),
	FIELD("command", TEXT, command),
	FIELD("cpus", U32, cpus),
	FIELD("page_bytes", U32, page_bytes),
	FIELD("monotonic_ns", U64, monotonic_ns),
	FIELD("realtime_ns", U64, realtime_ns),
	FIELD("boottime_ns", U64, boottime_ns),
};

#define NR_FIELDS (sizeof(fields) / sizeof(*fields))

void gmem_recording_host_info(struct gmem_recording_info *info, const char *creator)
{
	struct utsname u;

	memset(info, 0, sizeof(*info));
	snprintf(info->creator, sizeof(info->creator), "%s", creator);
	if (!uname(&u)) {
		snprintf(info->kernel, sizeof(info->kernel), "%s", u.release);
		snprintf(info->machine, sizeof(info->machine), "%.31s", u.machine);
		snprintf(info->host, sizeof(info->host), "%s", u.nodename);
	}
	info->cpus = (uint32_t)sysconf(_SC_NPROCESSORS_ONLN);
	info->page_bytes = (uint32_t)sysconf(_SC_PAGESIZE);
	info->monotonic_ns = gmem_now_ns();
	info->realtime_ns = gmem_clock_ns(CLOCK_REALTIME);
	info->boottime_ns = gmem_clock_ns(CLOCK_BOOTTIME);
}

static uint64_t number(const struct gmem_recording_info *info, const struct field *f)
{
	const char *at = (const char *)info + f->at;

	return f->type == U32 ? *(const uint32_t *)at : *(const uint64_t *)at;
}

size_t recording_info_write(const struct gmem_recording_info *info, char *buf)
{
	size_t used = 0;
	char layout[64];

	used += sprintf(buf, "clock=CLOCK_MONOTONIC") + 1;
	for (size_t i = 0; i < NR_FIELDS; i++) {
		const struct field *f = &fields[i];

		used += f->type == TEXT ?
			sprintf(buf + used, "%s=%.*s", f->key, (int)f->size - 1, (const char *)info + f->at) :
			sprintf(buf + used, "%s=%llu", f->key, (unsigned long long)number(info, f));
		used++;
	}
	for (unsigned int kind = 0; kind < GMEM_KINDS_MAX; kind++) {
		layout_format(&layouts_here.kind[kind], layout, sizeof(layout));
		if (*layout)
			used += sprintf(buf + used, "layout.%u=%s", kind, layout) + 1;
	}
	return used;
}

static void read_field(struct gmem_recording_info *info, const struct field *f, const char *value)
{
	char *at = (char *)info + f->at;

	switch (f->type) {
	case TEXT:
		snprintf(at, f->size, "%s", value);
		break;
	case U32:
		*(uint32_t *)at = (uint32_t)strtoul(value, NULL, 10);
		break;
	case U64:
		*(uint64_t *)at = strtoull(value, NULL, 10);
	}
}

static void read_line(struct gmem_recording_info *info, struct layouts *layouts, const char *key,
		      size_t key_len, const char *value)
{
	unsigned int kind;

	for (size_t i = 0; i < NR_FIELDS; i++) {
		if (strlen(fields[i].key) == key_len && !memcmp(fields[i].key, key, key_len))
			read_field(info, &fields[i], value);
	}
	if (sscanf(key, "layout.%u=", &kind) == 1 && kind < GMEM_KINDS_MAX)
		layout_parse(&layouts->kind[kind], value);
}

void recording_info_read(struct gmem_recording_info *info, struct layouts *layouts,
			 const char *buf, size_t size)
{
	memset(layouts, 0, sizeof(*layouts));
	while (size) {
		size_t len = strnlen(buf, size);
		const char *is = memchr(buf, '=', len);

		if (len == size)
			return;	/* no NUL: the line is cut */
		if (is)
			read_line(info, layouts, buf, (size_t)(is - buf), is + 1);
		buf += len + 1;
		size -= len + 1;
	}
}
