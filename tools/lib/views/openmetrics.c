// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "views/openmetrics.h"

#include <inttypes.h>
#include <string.h>

#include "abi/hist.h"
#include "abi/kinds.h"
#include "model/metrics.h"
#include "views/text.h"

const char *const gmem_om_group_names[GMEM_OM_GROUPS + 1] = {
	[GMEM_OM_MEMORY]	= "memory",
	[GMEM_OM_CONVERSIONS]	= "conversions",
	[GMEM_OM_STALLS]	= "stalls",
	[GMEM_OM_LATENCY]	= "latency",
	[GMEM_OM_OPERATIONS]	= "operations",
	[GMEM_OM_PHASES]	= "phases",
	[GMEM_OM_FAULTS]	= "faults",
	[GMEM_OM_INVALIDATIONS]	= "invalidations",
	[GMEM_OM_BACKING]	= "backing",
	[GMEM_OM_MAPS]		= "maps",
	[GMEM_OM_TOOL]		= "tool",
	[GMEM_OM_GROUPS]	= "all",
};

#define VM_GAUGE(g, key)		{ "gmem_" key, key, NULL, GMEM_OM_##g, GMEM_OM_BY_VM, GMEM_OM_GAUGE }
#define VM_COUNTER(g, name, key, help)	{ "gmem_" name, key, help, GMEM_OM_##g, GMEM_OM_BY_VM, GMEM_OM_COUNTER }
#define DIR_COUNTER(g, name, key, help)	{ "gmem_" name, key, help, GMEM_OM_##g, GMEM_OM_BY_DIRECTION, GMEM_OM_COUNTER }
#define HISTOGRAM(g, name, key, help)	{ "gmem_" name, key, help, GMEM_OM_##g, GMEM_OM_BY_DIRECTION, GMEM_OM_HISTOGRAM }

const struct gmem_om_family gmem_om_families[] = {
	VM_GAUGE(MEMORY, "slot_bytes"),
	VM_GAUGE(MEMORY, "private_bytes"),
	VM_GAUGE(MEMORY, "populated_bytes"),
	VM_GAUGE(MEMORY, "mapped_bytes"),
	VM_GAUGE(MEMORY, "unused_bytes"),
	VM_GAUGE(MAPS, "shared_bytes"),
	VM_GAUGE(MAPS, "extents"),
	VM_GAUGE(MAPS, "blocks"),
	VM_GAUGE(MAPS, "mixed_blocks"),
	VM_GAUGE(MAPS, "mapped_huge_bytes"),
	VM_GAUGE(BACKING, "populated_huge_bytes"),
	VM_GAUGE(BACKING, "shared_populated_bytes"),
	VM_GAUGE(BACKING, "double_backed_private_bytes"),
	VM_GAUGE(BACKING, "double_backed_shared_bytes"),
	DIR_COUNTER(CONVERSIONS, "conversions", "count", "Conversions that changed something."),
	DIR_COUNTER(CONVERSIONS, "converted_bytes", "bytes", "Bytes converted."),
	{ "gmem_inflight_conversions", "inflight", NULL, GMEM_OM_CONVERSIONS, GMEM_OM_BY_VM, GMEM_OM_GAUGE },
	{ "gmem_inflight_age_seconds", "inflight_age_ns", NULL, GMEM_OM_CONVERSIONS, GMEM_OM_BY_VM, GMEM_OM_GAUGE },
	HISTOGRAM(STALLS, "stall_duration_seconds", "stall_count",
		  "Duration of stalls: from the vCPU's exit that asks for a conversion to its re-entry."),
	HISTOGRAM(LATENCY, "conversion_duration_seconds", "count",
		  "Duration of conversions that changed something (KVM_SET_MEMORY_ATTRIBUTES)."),
	DIR_COUNTER(LATENCY, "stall_ioctl_seconds", "stall_ioctl_ns", "Time of stalls in KVM_SET_MEMORY_ATTRIBUTES."),
	DIR_COUNTER(LATENCY, "stall_discard_seconds", "stall_discard_ns", "Time of stalls in punches of guest_memfd."),
	DIR_COUNTER(OPERATIONS, "conversions_unchanged", "unchanged", "Conversions of ranges that were as requested before."),
	DIR_COUNTER(OPERATIONS, "conversions_failed", "failed", "Conversions that failed."),
	DIR_COUNTER(OPERATIONS, "stalls_unchanged", "stall_unchanged", "Stalls without a conversion."),
	VM_COUNTER(OPERATIONS, "punches", "punch_count", "Holes punched into guest_memfd."),
	VM_COUNTER(OPERATIONS, "punches_failed", "punch_failed", "Punches that failed."),
	VM_COUNTER(OPERATIONS, "punch_seconds", "punch_total_ns", "Time in punches."),
	VM_COUNTER(OPERATIONS, "punched_bytes", "punched_pages", "Bytes freed by punches."),
	VM_COUNTER(OPERATIONS, "preallocations", "allocate_count", "Preallocations of guest_memfd."),
	VM_COUNTER(OPERATIONS, "preallocations_failed", "allocate_failed", "Preallocations that failed."),
	VM_COUNTER(OPERATIONS, "preallocation_seconds", "allocate_total_ns", "Time in preallocations."),
	VM_COUNTER(OPERATIONS, "preallocated_bytes", "allocated_pages", "Bytes allocated by preallocations."),
	VM_COUNTER(OPERATIONS, "memory_faults", "memory_faults", "Exits with KVM_EXIT_MEMORY_FAULT."),
	VM_COUNTER(INVALIDATIONS, "invalidations", "invalidate_count", "Invalidation windows of guest_memfd."),
	VM_COUNTER(INVALIDATIONS, "invalidation_seconds", "invalidate_total_ns", "Time in invalidation windows of guest_memfd."),
	VM_COUNTER(INVALIDATIONS, "windows", "window_count", "Invalidation windows of conversions."),
	VM_COUNTER(INVALIDATIONS, "window_seconds", "window_total_ns", "Time in invalidation windows of conversions."),
	VM_COUNTER(INVALIDATIONS, "fault_retries", "fault_retries", "Faults of vCPUs that met an invalidation."),
	VM_COUNTER(FAULTS, "faults", "fault_count", "Private pages found or allocated for a vCPU."),
	VM_COUNTER(FAULTS, "faults_failed", "fault_failed", "Faults of vCPUs that failed."),
	VM_COUNTER(FAULTS, "fault_seconds", "fault_total_ns", "Time in faults of vCPUs."),
	VM_COUNTER(FAULTS, "touched_bytes", "faulted_pages", "Bytes allocated by faults of vCPUs."),
	{ "gmem_phase_seconds", "ns", "Time of conversions that changed something, by phase.", GMEM_OM_PHASES,
	  GMEM_OM_BY_PHASE, GMEM_OM_COUNTER },
};

const size_t gmem_om_nr_families = sizeof(gmem_om_families) / sizeof(*gmem_om_families);

const char *const gmem_om_type_names[] = {
	[GMEM_OM_GAUGE] = "gauge", [GMEM_OM_COUNTER] = "counter", [GMEM_OM_HISTOGRAM] = "histogram", [GMEM_OM_INFO] = "info",
};

/* Suffixes of samples; those of histograms are written with them. */
static const char *const suffixes[] = {
	[GMEM_OM_GAUGE] = "", [GMEM_OM_COUNTER] = "_total", [GMEM_OM_HISTOGRAM] = "", [GMEM_OM_INFO] = "_info",
};

/* OpenMetrics requires a unit both in the name and in a line of its own. */
static void write_unit(const struct gmem_om *o, const char *name)
{
	static const char *const units[] = { "seconds", "bytes" };
	size_t len = strlen(name);

	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		size_t n = strlen(units[i]);

		if (len > n && name[len - n - 1] == '_' && !strcmp(name + len - n, units[i]))
			fprintf(o->out, "# UNIT %s %s\n", name, units[i]);
	}
}

void gmem_om_head(const struct gmem_om *o, const char *name, enum gmem_om_type type, const char *help)
{
	/* Prometheus' text format has no infos, and its families are named as their samples are. */
	const char *suffix = o->openmetrics ? "" : suffixes[type];
	const char *kind = type == GMEM_OM_INFO && !o->openmetrics ? gmem_om_type_names[GMEM_OM_GAUGE] : gmem_om_type_names[type];

	fprintf(o->out, "# TYPE %s%s %s\n", name, suffix, kind);
	if (o->openmetrics)
		write_unit(o, name);
	fprintf(o->out, "# HELP %s%s %s\n", name, suffix, help);
}

const char *gmem_om_sample_name(char buf[GMEM_OM_NAME], const char *name, enum gmem_om_type type)
{
	snprintf(buf, GMEM_OM_NAME, "%s%s", name, suffixes[type]);
	return buf;
}

void gmem_om_sample(const struct gmem_om *o, const char *name, enum gmem_om_type type, const char *labels,
		    const char *value)
{
	bool any = labels && *labels;

	fprintf(o->out, "%s%s%s%s%s %s\n", name, suffixes[type], any ? "{" : "", any ? labels : "", any ? "}" : "", value);
}

const char *gmem_om_seconds(char buf[GMEM_OM_NUMBER], uint64_t ns)
{
	snprintf(buf, GMEM_OM_NUMBER, "%" PRIu64 ".%09" PRIu64, ns / 1000000000, ns % 1000000000);
	return buf;
}

void gmem_om_number(const struct gmem_om *o, const char *name, enum gmem_om_type type, const char *labels, uint64_t v)
{
	char buf[GMEM_OM_NUMBER];

	snprintf(buf, sizeof(buf), "%" PRIu64, v);
	gmem_om_sample(o, name, type, labels, buf);
}

static bool ends_with(const char *s, const char *end)
{
	return strlen(s) >= strlen(end) && !strcmp(s + strlen(s) - strlen(end), end);
}

/* Writes a value of the metric in base units. */
static void write_value(const struct gmem_om *o, const struct gmem_om_family *f, const struct gmem_metric *m,
			const char *labels, uint64_t v)
{
	char buf[GMEM_OM_NUMBER];

	if (m->type == GMEM_NS)
		gmem_om_sample(o, f->name, f->type, labels, gmem_om_seconds(buf, v));
	else
		gmem_om_number(o, f->name, f->type, labels, ends_with(m->key, "_pages") ? v << GMEM_PAGE_SHIFT : v);
}

#define KEY_SIZE	64
#define LABELS_SIZE	96

/* Returns the metric of a family in a direction and a phase. */
static const struct gmem_metric *metric_of(const struct gmem_om_family *f, int d, int phase)
{
	char key[KEY_SIZE];

	if (f->by == GMEM_OM_BY_VM)
		return gmem_metric(f->key);
	if (f->by == GMEM_OM_BY_DIRECTION)
		snprintf(key, sizeof(key), "%s_%s", gmem_direction_names[d], f->key);
	else
		snprintf(key, sizeof(key), "%s_%s_%s", gmem_direction_names[d], gmem_phase_names[phase], f->key);
	return gmem_metric(key);
}

const char *gmem_om_family_help(const struct gmem_om_family *f)
{
	return f->help ? f->help : metric_of(f, 0, 0)->help;
}

static void labels_of(char *buf, const struct gmem_om_family *f, uint64_t vm, int d, int phase)
{
	int n = snprintf(buf, LABELS_SIZE, "vm=\"%" PRIu64 "\"", vm);

	if (f->by != GMEM_OM_BY_VM)
		n += snprintf(buf + n, LABELS_SIZE - (size_t)n, ",direction=\"%s\"", gmem_direction_names[d]);
	if (f->by == GMEM_OM_BY_PHASE)
		snprintf(buf + n, LABELS_SIZE - (size_t)n, ",phase=\"%s\"", gmem_phase_names[phase]);
}

/* Counters come from @vm->c, which may be those of a part of the VM's life; all else is the state of the model. */
static struct gmem_value value_of(const struct gmem_om *o, const struct gmem_metric *m, const struct gmem_om_vm *vm)
{
	struct gmem_value v = GMEM_NO_VALUE;

	if (!gmem_metric_is_counter(m))
		return vm->now ? gmem_metric_get(m, vm->now, o->model) : v;
	if (vm->c) {
		memcpy(&v.u, (const char *)vm->c + m->offset, sizeof(v.u));
		v.unknown = false;
	}
	return v;
}

static void write_buckets(const struct gmem_om *o, const struct gmem_om_family *f, const char *labels,
			  const struct gmem_om_hist *h)
{
	char bound[GMEM_OM_NUMBER];
	unsigned int slot = 0;
	uint64_t n = 0;

	for (unsigned int k = 0; k < 64; k++) {
		uint64_t le = (1ULL << k) - 1;

		if (!(o->bounds & 1ULL << k))
			continue;
		for (; slot < GMEM_HIST_SLOTS && gmem_hist_low(slot) <= le; slot++)
			n += h->slots[slot];
		fprintf(o->out, "%s_bucket{%s,le=\"%s\"} %" PRIu64 "\n", f->name, labels, gmem_om_seconds(bound, le), n);
	}
	fprintf(o->out, "%s_bucket{%s,le=\"+Inf\"} %" PRIu64 "\n", f->name, labels, h->count);
	fprintf(o->out, "%s_count{%s} %" PRIu64 "\n", f->name, labels, h->count);
	fprintf(o->out, "%s_sum{%s} %s\n", f->name, labels, gmem_om_seconds(bound, h->total_ns));
}

static enum gmem_om_hist_id hist_of(const struct gmem_om_family *f)
{
	return f->group == GMEM_OM_STALLS ? GMEM_OM_STALL : GMEM_OM_CONVERSION;
}

static void write_row(const struct gmem_om *o, const struct gmem_om_family *f, const struct gmem_metric *m,
		      const struct gmem_om_vm *vm, int d, int phase)
{
	char labels[LABELS_SIZE];
	struct gmem_value v;

	labels_of(labels, f, vm->id, d, phase);
	if (f->type == GMEM_OM_HISTOGRAM) {
		if (vm->hist[hist_of(f)][d].slots)
			write_buckets(o, f, labels, &vm->hist[hist_of(f)][d]);
		return;
	}
	v = value_of(o, m, vm);
	/* A partial sum would be taken for the whole. */
	if (!v.unknown && !v.partial)
		write_value(o, f, m, labels, v.u);
}

static void write_family(const struct gmem_om *o, const struct gmem_om_family *f)
{
	int directions = f->by == GMEM_OM_BY_VM ? 1 : GMEM_DIRECTIONS, phases = f->by == GMEM_OM_BY_PHASE ? GMEM_PHASES : 1;
	const struct gmem_metric *m[GMEM_DIRECTIONS * GMEM_PHASES];

	for (int n = 0; n < directions * phases; n++)
		m[n] = metric_of(f, n / phases, n % phases);
	if (!gmem_metric_known(m[0], o->model->features))
		return;
	gmem_om_head(o, f->name, f->type, gmem_om_family_help(f));
	for (size_t i = 0; i < o->nr; i++) {
		for (int n = 0; n < directions * phases; n++)
			write_row(o, f, m[n], &o->vms[i], n / phases, n % phases);
	}
}

/* Writes a label, with a backslash before quotes and backslashes; gmem_text_name() leaves no newline. An empty one is none. */
static void write_label(FILE *out, const char *name, const char *value)
{
	char buf[4 * GMEM_CGROUP_LEN];

	if (!*value)
		return;
	fprintf(out, ",%s=\"", name);
	for (const char *s = gmem_text_name(buf, sizeof(buf), value); *s; s++)
		fprintf(out, *s == '"' || *s == '\\' ? "\\%c" : "%c", *s);
	fputc('"', out);
}

static void write_infos(const struct gmem_om *o)
{
	gmem_om_head(o, "gmem_vm", GMEM_OM_INFO, GMEM_OM_VM_HELP);
	for (size_t i = 0; i < o->nr; i++) {
		const struct gmem_om_vm *vm = &o->vms[i];

		fprintf(o->out, "gmem_vm_info{vm=\"%" PRIu64 "\"", vm->id);
		if (vm->pid)
			fprintf(o->out, ",pid=\"%" PRIu32 "\"", vm->pid);
		write_label(o->out, "comm", vm->comm);
		write_label(o->out, "name", *vm->name ? vm->name : vm->comm);
		write_label(o->out, "cgroup", vm->cgroup);
		fputs("} 1\n", o->out);
	}
}

void gmem_om_write_vms(const struct gmem_om *o, unsigned int groups)
{
	write_infos(o);
	for (size_t i = 0; i < gmem_om_nr_families; i++) {
		if (groups & GMEM_OM_BIT(gmem_om_families[i].group))
			write_family(o, &gmem_om_families[i]);
	}
}

void gmem_om_finish(const struct gmem_om *o)
{
	if (o->openmetrics)
		fputs("# EOF\n", o->out);
}
