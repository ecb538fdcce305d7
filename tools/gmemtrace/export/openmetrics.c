// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * OpenMetrics: base units, counters that end in _total, one family after the other. Series have
 * labels for VM, direction and phase; names of VMs are in an info family only.
 */
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "abi/hist.h"
#include "abi/kinds.h"
#include "export/export.h"
#include "model/metrics.h"
#include "views/text.h"

/* Least and largest k of the bounds of histograms, 2^k - 1 ns: slots are [.., 2^k), and values are integers. */
#define FIRST_BOUND	10
#define LAST_BOUND	36

enum scale { UNITS, PAGES, SECONDS };	/* unscaled; pages to bytes; nanoseconds to seconds */

struct family {
	const char *name;
	const char *help;
	size_t offset;		/* in struct gmem_counters */
	size_t stride;		/* to the field of the other direction; 0: no directions */
	enum scale scale;
	unsigned int feature;	/* required from the probes */
};

#define AT(field) offsetof(struct gmem_counters, field)
#define OP sizeof(struct gmem_op_counters)

static const struct family families[] = {
	{ "gmem_conversions", "Conversions that changed something.", AT(conversion[0].count), OP, UNITS, 0 },
	{ "gmem_converted_bytes", "Bytes converted.", AT(conversion[0].bytes), OP, UNITS, 0 },
	{ "gmem_conversions_unchanged", "Conversions of ranges that were as requested before.",
		AT(conversion[0].unchanged), OP, UNITS, 0 },
	{ "gmem_conversions_failed", "Conversions that failed.", AT(conversion[0].failed), OP, UNITS, 0 },
	{ "gmem_stalls_unchanged", "Stalls without a conversion.", AT(stall[0].unchanged), OP,
		UNITS, GMEM_FEATURE_STALLS },
	{ "gmem_stall_ioctl_seconds", "Time of stalls in KVM_SET_MEMORY_ATTRIBUTES.", AT(stall_ioctl_ns[0]), 8,
		SECONDS, GMEM_FEATURE_STALLS },
	{ "gmem_stall_discard_seconds", "Time of stalls in punches of guest_memfd.", AT(stall_discard_ns[0]), 8,
		SECONDS, GMEM_FEATURE_STALLS },
	{ "gmem_punches", "Holes punched into guest_memfd.", AT(punch.count), 0, UNITS, 0 },
	{ "gmem_punches_failed", "Punches that failed.", AT(punch.failed), 0, UNITS, 0 },
	{ "gmem_punch_seconds", "Time in punches.", AT(punch.total_ns), 0, SECONDS, 0 },
	{ "gmem_punched_bytes", "Bytes freed by punches.", AT(punched_pages), 0, PAGES, GMEM_FEATURE_FREED },
	{ "gmem_preallocations", "Preallocations of guest_memfd.", AT(allocate.count), 0, UNITS, 0 },
	{ "gmem_preallocations_failed", "Preallocations that failed.", AT(allocate.failed), 0, UNITS, 0 },
	{ "gmem_preallocation_seconds", "Time in preallocations.", AT(allocate.total_ns), 0, SECONDS, 0 },
	{ "gmem_preallocated_bytes", "Bytes allocated by preallocations.", AT(allocated_pages), 0, PAGES,
		GMEM_FEATURE_FREED },
	{ "gmem_invalidations", "Invalidation windows of guest_memfd.", AT(invalidate.count), 0, UNITS,
		GMEM_FEATURE_INVALIDATIONS },
	{ "gmem_invalidation_seconds", "Time in invalidation windows of guest_memfd.", AT(invalidate.total_ns), 0, SECONDS,
		GMEM_FEATURE_INVALIDATIONS },
	{ "gmem_windows", "Invalidation windows of conversions.", AT(window.count), 0, UNITS,
		GMEM_FEATURE_WINDOWS },
	{ "gmem_window_seconds", "Time in invalidation windows of conversions.", AT(window.total_ns), 0, SECONDS, GMEM_FEATURE_WINDOWS },
	{ "gmem_fault_retries", "Faults of vCPUs that met an invalidation.", AT(fault_retries), 0, UNITS,
		GMEM_FEATURE_RETRIES },
	{ "gmem_memory_faults", "Exits with KVM_EXIT_MEMORY_FAULT.", AT(memory_faults), 0, UNITS, 0 },
	{ "gmem_faults", "Private pages found or allocated for a vCPU.", AT(fault.count), 0, UNITS,
		GMEM_FEATURE_FAULTS },
	{ "gmem_faults_failed", "Faults of vCPUs that failed.", AT(fault.failed), 0, UNITS, GMEM_FEATURE_FAULTS },
	{ "gmem_fault_seconds", "Time in faults of vCPUs.", AT(fault.total_ns), 0, SECONDS, GMEM_FEATURE_FAULTS },
	{ "gmem_touched_bytes", "Bytes allocated by faults of vCPUs.", AT(faulted_pages), 0, PAGES, GMEM_FEATURE_TOUCHES },
	{ "gmem_phase_seconds", "Time of conversions that changed something, by phase.", AT(phase_ns[0]),
		sizeof(((struct gmem_counters *)0)->phase_ns[0]), SECONDS, GMEM_FEATURE_PHASES },
};

#define NR_FAMILIES (sizeof(families) / sizeof(*families))

static void put_value(FILE *out, uint64_t v, enum scale scale)
{
	if (scale == SECONDS)
		fprintf(out, "%" PRIu64 ".%09" PRIu64 "\n", v / 1000000000, v % 1000000000);
	else
		fprintf(out, "%" PRIu64 "\n", scale == PAGES ? v << GMEM_PAGE_SHIFT : v);
}

/* Writes the metadata of a family; the format requires a unit both in the name and in a line of its own. */
static void write_head(FILE *out, const char *name, const char *type, const char *help)
{
	static const char *const units[] = { "seconds", "bytes" };
	size_t len = strlen(name);

	fprintf(out, "# TYPE %s %s\n", name, type);
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		size_t n = strlen(units[i]);

		if (len > n && name[len - n - 1] == '_' && !strcmp(name + len - n, units[i]))
			fprintf(out, "# UNIT %s %s\n", name, units[i]);
	}
	fprintf(out, "# HELP %s %s\n", name, help);
}

static uint64_t counter_at(const struct gmem_counters *c, size_t offset)
{
	uint64_t v;

	memcpy(&v, (const char *)c + offset, sizeof(v));
	return v;
}

static void write_family(const struct report *r, const struct family *f, FILE *out)
{
	int phases = f->offset == AT(phase_ns) ? GMEM_PHASES : 1, rows = phases * (f->stride ? GMEM_DIRECTIONS : 1);

	if ((r->features & f->feature) != f->feature)
		return;
	write_head(out, f->name, "counter", f->help);
	for (size_t i = 0; i < r->nr_vms; i++) {
		const struct report_subject *s = &r->vms[i];

		for (int n = 0; s->counted && n < rows; n++) {
			int d = n / phases, phase = n % phases;

			fprintf(out, "%s_total{vm=\"%" PRIu64 "\"", f->name, s->vm->id);
			if (f->stride)
				fprintf(out, ",direction=\"%s\"", gmem_direction_names[d]);
			if (phases > 1)
				fprintf(out, ",phase=\"%s\"", gmem_phase_names[phase]);
			fputs("} ", out);
			put_value(out, counter_at(&s->c, f->offset + d * f->stride + phase * sizeof(__u64)), f->scale);
		}
	}
}

static void buckets(FILE *out, const char *name, uint64_t vm, int d, const struct gmem_dist *dist)
{
	const char *direction = gmem_direction_names[d];
	unsigned int slot = 0;
	uint64_t n = 0;

	for (unsigned int k = FIRST_BOUND; k <= LAST_BOUND; k++) {
		uint64_t le = (1ULL << k) - 1;

		for (; slot < GMEM_HIST_SLOTS && gmem_hist_low(slot) <= le; slot++)
			n += dist->slots[slot];
		fprintf(out, "%s_bucket{vm=\"%" PRIu64 "\",direction=\"%s\",le=\"%" PRIu64 ".%09" PRIu64 "\"} %"
			PRIu64 "\n", name, vm, direction, le / 1000000000, le % 1000000000, n);
	}
	fprintf(out, "%s_bucket{vm=\"%" PRIu64 "\",direction=\"%s\",le=\"+Inf\"} %" PRIu64 "\n", name, vm,
		direction, dist->count);
	fprintf(out, "%s_count{vm=\"%" PRIu64 "\",direction=\"%s\"} %" PRIu64 "\n", name, vm, direction, dist->count);
	fprintf(out, "%s_sum{vm=\"%" PRIu64 "\",direction=\"%s\"} ", name, vm, direction);
	put_value(out, dist->total_ns, SECONDS);
}

static void write_histogram(const struct report *r, const char *name, enum gmem_series_id series, FILE *out)
{
	if (!report_knows(r, series))
		return;
	write_head(out, name, "histogram", gmem_series[series].help);
	for (size_t i = 0; i < r->nr_vms; i++) {
		for (int d = 0; d < GMEM_DIRECTIONS; d++) {
			struct gmem_dist dist = report_dist(&r->vms[i], series, d);

			buckets(out, name, r->vms[i].vm->id, d, &dist);
		}
	}
}

/* Writes a label; gmem_text_name() leaves no newline. */
static void put_label(FILE *out, const char *name, const char *value)
{
	char buf[REPORT_NAME_SIZE];

	fprintf(out, ",%s=", name);
	export_put_string(out, gmem_text_name(buf, sizeof(buf), value));
}

static void write_infos(const struct report *r, FILE *out)
{
	write_head(out, "gmem_vm", "info", "PID and name of a VM.");
	for (size_t i = 0; i < r->nr_vms; i++) {
		const struct gmem_vm_stats *vm = r->vms[i].vm;

		fprintf(out, "gmem_vm_info{vm=\"%" PRIu64 "\",pid=\"%u\"", vm->id, vm->pid);
		put_label(out, "comm", vm->comm);
		put_label(out, "name", *vm->name ? vm->name : vm->comm);
		fputs("} 1\n", out);
	}
}

/* Writes gauges of VMs that have not ended, from the metric table, so that names and meanings match gmemtop. */
static void write_gauges(const struct report *r, FILE *out)
{
	static const char *const keys[] = { "slot_bytes", "private_bytes", "shared_bytes", "populated_bytes" };

	for (size_t k = 0; k < sizeof(keys) / sizeof(*keys); k++) {
		const struct gmem_metric *m = gmem_metric(keys[k]);
		char name[64];

		snprintf(name, sizeof(name), "gmem_%s", keys[k]);
		write_head(out, name, "gauge", m->help);
		for (size_t i = 0; i < r->nr_vms; i++) {
			const struct gmem_vm_stats *s = r->vms[i].vm;
			const struct gmem_vm *vm = s->end_ns ? NULL : gmem_model_vm(r->a->model, s->id);
			struct gmem_value v = vm ? gmem_metric_get(m, vm, r->a->model) : GMEM_NO_VALUE;

			/* A partial sum would be taken for the whole. */
			if (!v.unknown && !v.partial)
				fprintf(out, "%s{vm=\"%" PRIu64 "\"} %" PRIu64 "\n", name, s->id, v.u);
		}
	}
}

static void write_tool_counters(const struct report *r, FILE *out)
{
	write_head(out, "gmem_events", "counter", "Events seen.");
	fprintf(out, "gmem_events_total %" PRIu64 "\n", r->a->nr_events);
	write_head(out, "gmem_lost", "counter", "Losses, by reason: docs/json.md.");
	for (int i = 0; i < GMEM_LOSSES; i++)
		fprintf(out, "gmem_lost_total{reason=\"%s\"} %" PRIu64 "\n", gmem_loss_names[i],
			r->a->model->lost[i]);
}

void export_openmetrics(const struct report *r, FILE *out)
{
	write_infos(r, out);
	write_gauges(r, out);
	for (size_t i = 0; i < NR_FAMILIES; i++)
		write_family(r, &families[i], out);
	write_histogram(r, "gmem_conversion_duration_seconds", GMEM_S_CONVERSION, out);
	write_histogram(r, "gmem_stall_duration_seconds", GMEM_S_STALL, out);
	write_tool_counters(r, out);
	fputs("# EOF\n", out);
}
