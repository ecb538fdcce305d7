// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Longer than 400 lines because it is one table of all metrics, and how each is computed. */
#include "model/metrics.h"

#include <string.h>

#include "abi/hist.h"

#define GETTER(name)								\
	static struct gmem_value name(const struct gmem_metric *self,		\
				      const struct gmem_vm *vm, const struct gmem_model *m)
#define UNUSED(x) ((void)(x))

GETTER(get_counter)
{
	UNUSED(m);
	return (struct gmem_value){
		.u = *(const uint64_t *)((const char *)&vm->now + self->offset),
	};
}

GETTER(get_id)
{
	UNUSED(self);
	UNUSED(m);
	return (struct gmem_value){ .u = vm->id };
}

GETTER(get_pid)
{
	UNUSED(self);
	UNUSED(m);
	return (struct gmem_value){ .u = vm->pid, .unknown = !vm->pid };
}

GETTER(get_comm)
{
	UNUSED(self);
	UNUSED(m);
	return (struct gmem_value){ .s = vm->comm };
}

GETTER(get_name)
{
	UNUSED(self);
	UNUSED(m);
	return (struct gmem_value){ .s = *vm->name ? vm->name : vm->comm };
}

GETTER(get_cgroup)
{
	UNUSED(self);
	UNUSED(m);
	return (struct gmem_value){ .s = vm->cgroup };
}

GETTER(get_slot_bytes)
{
	UNUSED(self);
	UNUSED(m);
	return (struct gmem_value){ .u = gmem_vm_slot_bytes(vm) };
}

GETTER(get_private_bytes)
{
	UNUSED(self);
	UNUSED(m);
	return (struct gmem_value){ .u = gmem_vm_private_bytes(vm) };
}

GETTER(get_shared_bytes)
{
	UNUSED(self);
	UNUSED(m);
	return (struct gmem_value){ .u = gmem_vm_slot_bytes(vm) - gmem_vm_private_bytes(vm) };
}

static struct gmem_value value_of(uint64_t v, enum gmem_known known)
{
	return (struct gmem_value){
		.u = v, .unknown = known == GMEM_KNOWN_NONE, .partial = known == GMEM_KNOWN_PART,
	};
}

static struct gmem_value sum_value(struct gmem_sum s)
{
	struct gmem_value v = value_of(s.bytes, s.known);

	v.stale = s.stale;
	return v;
}

GETTER(get_populated_bytes)
{
	UNUSED(self);
	return sum_value(gmem_vm_populated(m, vm));
}

GETTER(get_populated_huge)
{
	UNUSED(self);
	UNUSED(m);
	return sum_value(gmem_vm_populated_huge(vm));
}

GETTER(get_mapped)
{
	return sum_value(gmem_vm_mapped(m, vm, self->arg));
}

GETTER(get_unused_bytes)
{
	UNUSED(self);
	return sum_value(gmem_vm_unused(m, vm));
}

GETTER(get_shared_populated)
{
	UNUSED(self);
	UNUSED(m);
	return value_of(gmem_vm_shared_populated_bytes(vm), vm->double_backed_known[GMEM_SIDE_SHARED]);
}

GETTER(get_double_backed)
{
	struct gmem_double_backed d = gmem_vm_double_backed(vm);

	UNUSED(m);
	return value_of(self->arg == GMEM_SIDE_PRIVATE ? d.private_bytes : d.shared_bytes,
			vm->double_backed_known[self->arg]);
}

GETTER(get_vcpus)
{
	UNUSED(self);
	UNUSED(m);
	return (struct gmem_value){ .u = vm->vcpus };
}

GETTER(get_extents)
{
	UNUSED(self);
	UNUSED(m);
	return (struct gmem_value){ .u = vm->private.nr_extents };
}

GETTER(get_blocks)
{
	struct gmem_blocks b = gmem_vm_blocks(vm);

	UNUSED(m);
	return (struct gmem_value){ .u = self->arg ? b.mixed : b.total };
}

GETTER(get_rate)
{
	UNUSED(self);
	UNUSED(m);
	return (struct gmem_value){ .f = gmem_vm_conversions_per_s(vm), .unknown = !gmem_vm_has_rates(vm) };
}

GETTER(get_byte_rate)
{
	UNUSED(self);
	UNUSED(m);
	return (struct gmem_value){ .f = gmem_vm_converted_bytes_per_s(vm), .unknown = !gmem_vm_has_rates(vm) };
}

static uint64_t longest(const struct gmem_vm *vm)
{
	uint64_t a = vm->now.conversion[GMEM_TO_SHARED].max_ns;
	uint64_t b = vm->now.conversion[GMEM_TO_PRIVATE].max_ns;

	return a > b ? a : b;
}

/* Returns a quantile, but at most @max: it is the upper end of a slot. Unknown if the histogram is empty. */
static struct gmem_value quantile_of(const __u64 *hist, uint64_t max, double q)
{
	uint64_t v = gmem_hist_quantile(hist, q);
	bool any = false;

	for (int i = 0; i < GMEM_HIST_SLOTS && !any; i++)
		any = hist[i];
	return (struct gmem_value){ .u = v < max ? v : max, .unknown = !any };
}

static struct gmem_value quantile(const struct gmem_vm *vm, int dir, double q)
{
	return quantile_of(vm->now.conversion_hist[dir], vm->now.conversion[dir].max_ns, q);
}

static struct gmem_value stall_quantile(const struct gmem_vm *vm, int dir, double q)
{
	return quantile_of(vm->now.stall_hist[dir], vm->now.stall[dir].max_ns, q);
}

static struct gmem_value stall_quantile_both(const struct gmem_vm *vm, double q)
{
	const struct gmem_op_counters *s = vm->now.stall;
	uint64_t max = s[0].max_ns > s[1].max_ns ? s[0].max_ns : s[1].max_ns;
	__u64 both[GMEM_HIST_SLOTS];

	for (int i = 0; i < GMEM_HIST_SLOTS; i++)
		both[i] = vm->now.stall_hist[0][i] + vm->now.stall_hist[1][i];
	return quantile_of(both, max, q);
}

GETTER(get_stall_p50)
{
	UNUSED(m);
	return stall_quantile(vm, self->arg, 0.5);
}

GETTER(get_stall_p99)
{
	UNUSED(m);
	return self->arg == GMEM_DIRECTIONS ? stall_quantile_both(vm, 0.99) :
					      stall_quantile(vm, self->arg, 0.99);
}

static struct gmem_value quantile_both(const struct gmem_vm *vm, double q)
{
	__u64 both[GMEM_HIST_SLOTS];

	for (int i = 0; i < GMEM_HIST_SLOTS; i++)
		both[i] = vm->now.conversion_hist[GMEM_TO_SHARED][i] +
			  vm->now.conversion_hist[GMEM_TO_PRIVATE][i];
	return quantile_of(both, longest(vm), q);
}

GETTER(get_p50)
{
	UNUSED(m);
	return self->arg == GMEM_DIRECTIONS ? quantile_both(vm, 0.5) : quantile(vm, self->arg, 0.5);
}

GETTER(get_p99)
{
	UNUSED(m);
	return self->arg == GMEM_DIRECTIONS ? quantile_both(vm, 0.99) :
					      quantile(vm, self->arg, 0.99);
}

GETTER(get_max)
{
	UNUSED(self);
	UNUSED(m);
	return (struct gmem_value){ .u = longest(vm) };
}

GETTER(get_inflight)
{
	UNUSED(self);
	UNUSED(m);
	return (struct gmem_value){ .u = gmem_operations_count(&vm->ops, GMEM_ATTRIBUTES_BEGIN) };
}

GETTER(get_inflight_age)
{
	UNUSED(self);
	return (struct gmem_value){ .u = gmem_operations_age(&vm->ops, GMEM_ATTRIBUTES_BEGIN, m->now_ns) };
}

#define COUNTER_IF(feature, k, t, w, type, field, h)				\
	{ k, t, h, type, w, get_counter, offsetof(struct gmem_counters, field), 0, feature, GMEM_OF_COUNTERS }
#define COUNTER(k, t, w, type, field, h) COUNTER_IF(0, k, t, w, type, field, h)
#define VALUE(of, k, t, w, type, getter, arg, h) { k, t, h, type, w, getter, 0, arg, 0, of }

/* Each help text stands alone: it is also shown without those of its neighbours. */

#define DIRECTION(name, T, TO, D)						\
	COUNTER_IF(GMEM_FEATURE_CONVERSIONS, name "_count", T, 7, GMEM_COUNT, conversion[D].count,		\
		"conversions " TO " that changed something"),			\
	COUNTER_IF(GMEM_FEATURE_CONVERSIONS, name "_bytes", T "-B", 7, GMEM_BYTES, conversion[D].bytes,	\
		"bytes of the ranges of conversions " TO),			\
	COUNTER_IF(GMEM_FEATURE_CONVERSIONS, name "_unchanged", T "-SAME", 10, GMEM_COUNT, conversion[D].unchanged, \
		"requests of conversions " TO " that found everything as asked"),	\
	COUNTER_IF(GMEM_FEATURE_CONVERSIONS, name "_failed", T "-ERR", 9, GMEM_COUNT, conversion[D].failed,	\
		"conversions " TO " that failed"),				\
	COUNTER_IF(GMEM_FEATURE_CONVERSIONS, name "_total_ns", T "-T", 7, GMEM_NS, conversion[D].total_ns,	\
		"total time of conversions " TO " (KVM_SET_MEMORY_ATTRIBUTES)"),	\
	COUNTER_IF(GMEM_FEATURE_CONVERSIONS, name "_max_ns", T "-MAX", 9, GMEM_NS, conversion[D].max_ns,	\
		"longest conversion " TO),					\
	VALUE_IF(GMEM_FEATURE_CONVERSIONS, GMEM_OF_COUNTERS, name "_p50_ns", T "-P50", 9, GMEM_NS, get_p50, D,	\
		"median time of a conversion " TO),				\
	VALUE_IF(GMEM_FEATURE_CONVERSIONS, GMEM_OF_COUNTERS, name "_p99_ns", T "-P99", 9, GMEM_NS, get_p99, D,	\
		"99th percentile of the time of a conversion " TO)

#define OPERATION(F, name, T, field, what, one, many)				\
	COUNTER_IF(F, name "_count", T, 7, GMEM_COUNT, field.count, what),	\
	COUNTER_IF(F, name "_bytes", T "-B", 7, GMEM_BYTES, field.bytes,	\
		   "bytes of the ranges of " many),				\
	COUNTER_IF(F, name "_failed", T "-ERR", 9, GMEM_COUNT, field.failed,	\
		   many " that failed"),					\
	COUNTER_IF(F, name "_total_ns", T "-T", 7, GMEM_NS, field.total_ns, "total time of " many), \
	COUNTER_IF(F, name "_max_ns", T "-MAX", 9, GMEM_NS, field.max_ns, "longest " one)

#define VALUE_IF(feature, of, k, t, w, type, getter, arg, h) { k, t, h, type, w, getter, 0, arg, feature, of }
#define STALL_COUNTER(k, t, w, type, field, h) COUNTER_IF(GMEM_FEATURE_STALLS, k, t, w, type, field, h)

/* Stalls: from the vCPU's exit that asks for a conversion to its re-entry. */
#define STALLS(name, T, TO, D)							\
	STALL_COUNTER(name "_stall_count", T, 7, GMEM_COUNT, stall[D].count,	\
		      "stalls of vCPUs for conversions " TO),			\
	STALL_COUNTER(name "_stall_unchanged", T "-SAME", 12, GMEM_COUNT, stall[D].unchanged, \
		      "stalls " TO " during which no thread converted the range"),	\
	STALL_COUNTER(name "_stall_total_ns", T "-T", 9, GMEM_NS, stall[D].total_ns,	\
		      "total time of stalls " TO ", from exit to re-entry"),	\
	STALL_COUNTER(name "_stall_ioctl_ns", T "-IOC", 11, GMEM_NS, stall_ioctl_ns[D], \
		      "time of stalls " TO " in KVM_SET_MEMORY_ATTRIBUTES"),	\
	STALL_COUNTER(name "_stall_discard_ns", T "-DIS", 11, GMEM_NS, stall_discard_ns[D], \
		      "time of stalls " TO " in punches of the guest_memfd"),	\
	STALL_COUNTER(name "_stall_max_ns", T "-MAX", 11, GMEM_NS, stall[D].max_ns,	\
		      "longest stall " TO),					\
	VALUE_IF(GMEM_FEATURE_STALLS, GMEM_OF_COUNTERS, name "_stall_p50_ns", T "-P50", 11, GMEM_NS,	\
		 get_stall_p50, D, "median of stalls " TO),			\
	VALUE_IF(GMEM_FEATURE_STALLS, GMEM_OF_COUNTERS, name "_stall_p99_ns", T "-P99", 11, GMEM_NS,	\
		 get_stall_p99, D, "99th percentile of stalls " TO)

#define PHASE(name, D, P, T, what)						\
	COUNTER_IF(GMEM_FEATURE_PHASES, name "_ns", T, 9, GMEM_NS, phase_ns[D][P], what)

/* Phases of conversions that changed something; 0 if phases were not requested. */
#define PHASES(name, T, TO, D)							\
	PHASE(name "_lock", D, GMEM_PHASE_LOCK, "LOCK" T,			\
	      "conversions " TO ": time waiting for slots_lock"),		\
	PHASE(name "_check", D, GMEM_PHASE_CHECK, "CHECK" T,			\
	      "conversions " TO ": time checking for anything to change"),	\
	PHASE(name "_reserve", D, GMEM_PHASE_RESERVE, "RESERVE" T,		\
	      "conversions " TO ": time allocating for the attributes"),	\
	PHASE(name "_zap", D, GMEM_PHASE_ZAP, "ZAP" T,				\
	      "conversions " TO ": time zapping mappings, flushing TLBs"),	\
	PHASE(name "_store", D, GMEM_PHASE_STORE, "STORE" T,			\
	      "conversions " TO ": time storing the attributes"),		\
	PHASE(name "_mixed", D, GMEM_PHASE_MIXED, "MIXSCAN" T,			\
	      "conversions " TO ": time finding possible huge pages")

const struct gmem_metric gmem_metrics[] = {
	VALUE(GMEM_OF_ALL, "vm", "VM", 5, GMEM_ID, get_id, 0,
	      "number of the VM (kvm-vm-id in its fdinfo)"),
	VALUE(GMEM_OF_ALL, "pid", "PID", 7, GMEM_ID, get_pid, 0, "process of the VMM"),
	VALUE(GMEM_OF_ALL, "comm", "COMMAND", 15, GMEM_TEXT, get_comm, 0, "name of the VMM's process"),
	VALUE(GMEM_OF_ALL, "name", "NAME", 15, GMEM_TEXT, get_name, 0,
	      "name on the VMM's command line, else of its process"),
	VALUE(GMEM_OF_ALL, "cgroup", "CGROUP", 15, GMEM_TEXT, get_cgroup, 0, "control group of the VMM's process"),
	VALUE(GMEM_OF_MAP, "slot_bytes", "SLOTS", 6, GMEM_BYTES, get_slot_bytes, 0,
	      "size of the memslots bound to guest_memfd"),
	VALUE(GMEM_OF_MAP, "private_bytes", "PRIV", 6, GMEM_BYTES, get_private_bytes, 0,
	      "slot memory with the private attribute"),
	VALUE(GMEM_OF_MAP, "shared_bytes", "SHARED", 6, GMEM_BYTES, get_shared_bytes, 0,
	      "slot memory without the private attribute"),
	VALUE(GMEM_OF_MAP, "populated_bytes", "POP", 6, GMEM_BYTES, get_populated_bytes, 0,
	      "populated pages of guest_memfd files, at most 1 s old"),
	VALUE_IF(GMEM_FEATURE_BACKING, GMEM_OF_BACKING, "populated_huge_bytes", "POP2M", 6, GMEM_BYTES, get_populated_huge, 0,
	      "populated pages in folios of 2 MiB or more, at the last scan of pages"),
	VALUE(GMEM_OF_ALL, "mapped_bytes", "MAPPED", 6, GMEM_BYTES, get_mapped, false,
	      "memory that KVM maps into the guest, private or shared, at most 1 s old (x86)"),
	VALUE(GMEM_OF_ALL, "mapped_huge_bytes", "MAP2M", 6, GMEM_BYTES, get_mapped, true,
	      "memory that KVM maps into the guest by pages of 2 MiB or more (x86)"),
	VALUE(GMEM_OF_MAP, "unused_bytes", "UNUSED", 6, GMEM_BYTES, get_unused_bytes, 0,
	      "populated pages of files that no VM can use: orphan or unbound, and not mapped"),
	VALUE_IF(GMEM_FEATURE_BACKING, GMEM_OF_BACKING, "shared_populated_bytes", "SHPOP", 6, GMEM_BYTES,
		 get_shared_populated, 0, "populated pages of the VMM's mappings of the slots"),
	VALUE_IF(GMEM_FEATURE_BACKING, GMEM_OF_BACKING, "double_backed_private_bytes", "2xPRIV", 6, GMEM_BYTES,
		 get_double_backed, GMEM_SIDE_PRIVATE, "private pages that are populated although shared is in use"),
	VALUE_IF(GMEM_FEATURE_BACKING, GMEM_OF_BACKING, "double_backed_shared_bytes", "2xSHRD", 6, GMEM_BYTES,
		 get_double_backed, GMEM_SIDE_SHARED, "shared pages that are populated although private is in use"),
	VALUE(GMEM_OF_PROCESS, "vcpus", "VCPUS", 5, GMEM_COUNT, get_vcpus, 0, "vCPUs when the VM was first seen"),
	VALUE(GMEM_OF_MAP, "extents", "EXTENTS", 7, GMEM_COUNT, get_extents, 0,
	      "maximal private ranges, in slots or not"),
	VALUE(GMEM_OF_MAP, "mixed_blocks", "MIXED", 6, GMEM_COUNT, get_blocks, 1,
	      "2 MiB blocks that are private in part: no huge page there"),
	VALUE(GMEM_OF_MAP, "blocks", "BLOCKS", 6, GMEM_COUNT, get_blocks, 0, "2 MiB blocks of the slots"),
	VALUE_IF(GMEM_FEATURE_RATES | GMEM_FEATURE_CONVERSIONS, GMEM_OF_COUNTERS, "conversions_per_s", "CONV/s", 7, GMEM_PER_S, get_rate, 0,
	      "conversions a second since the last refresh"),
	VALUE_IF(GMEM_FEATURE_RATES | GMEM_FEATURE_CONVERSIONS, GMEM_OF_COUNTERS, "converted_bytes_per_s", "BYTES/s", 7, GMEM_BYTES_PER_S, get_byte_rate, 0,
	      "bytes converted a second since the last refresh"),
	VALUE_IF(GMEM_FEATURE_CONVERSIONS, GMEM_OF_COUNTERS, "conversion_p50_ns", "P50", 6, GMEM_NS, get_p50, GMEM_DIRECTIONS,
	      "median time of a conversion, either direction, since the VM was first seen"),
	VALUE_IF(GMEM_FEATURE_CONVERSIONS, GMEM_OF_COUNTERS, "conversion_p99_ns", "P99", 6, GMEM_NS, get_p99, GMEM_DIRECTIONS,
	      "99th percentile of the time of a conversion, either direction"),
	VALUE_IF(GMEM_FEATURE_CONVERSIONS, GMEM_OF_COUNTERS, "conversion_max_ns", "MAX", 6, GMEM_NS, get_max, 0, "longest conversion, either direction"),
	VALUE_IF(GMEM_FEATURE_STALLS, GMEM_OF_COUNTERS, "stall_p99_ns", "STALL", 6, GMEM_NS, get_stall_p99, GMEM_DIRECTIONS,
		 "99th percentile of stalls: a vCPU's exit for a conversion to its re-entry"),
	VALUE_IF(GMEM_FEATURE_CONVERSIONS, GMEM_OF_ALL, "inflight", "INFL", 4, GMEM_COUNT, get_inflight, 0,
	      "conversions in flight: begun and not ended"),
	VALUE_IF(GMEM_FEATURE_CONVERSIONS, GMEM_OF_ALL, "inflight_age_ns", "AGE", 6, GMEM_NS, get_inflight_age, 0,
	      "time since the begin of the oldest conversion in flight"),
	DIRECTION("to_private", ">PRIV", "to private", GMEM_TO_PRIVATE),
	DIRECTION("to_shared", ">SHRD", "to shared", GMEM_TO_SHARED),
	STALLS("to_private", "STALL>P", "to private", GMEM_TO_PRIVATE),
	STALLS("to_shared", "STALL>S", "to shared", GMEM_TO_SHARED),
	OPERATION(GMEM_FEATURE_FALLOCATES, "punch", "PUNCH", punch, "holes punched into guest_memfd",
		  "punch", "punches"),
	COUNTER_IF(GMEM_FEATURE_FREED, "punched_pages", "FREED", 7, GMEM_COUNT, punched_pages, "pages that punches freed"),
	OPERATION(GMEM_FEATURE_FALLOCATES, "allocate", "ALLOC", allocate, "preallocations of guest_memfd",
		  "preallocation", "preallocations"),
	COUNTER_IF(GMEM_FEATURE_FREED, "allocated_pages", "NEW", 7, GMEM_COUNT, allocated_pages,
		"pages that preallocations allocated"),
	OPERATION(GMEM_FEATURE_INVALIDATIONS, "invalidate", "INVAL", invalidate,
		  "invalidation windows of punches, releases and memory errors",
		  "invalidation of guest_memfd", "invalidations of guest_memfd"),
	OPERATION(GMEM_FEATURE_WINDOWS, "window", "WIN", window,
		  "invalidation windows of conversions: vCPUs that fault in one retry",
		  "invalidation window of a conversion", "invalidation windows of conversions"),
	OPERATION(GMEM_FEATURE_FAULTS, "fault", "FAULT", fault, "private pages found or allocated for a vCPU",
		  "fault on private memory", "faults on private memory"),
	COUNTER_IF(GMEM_FEATURE_TOUCHES, "faulted_pages", "TOUCH", 7, GMEM_COUNT, faulted_pages,
		"pages that faults on private memory allocated: first touches"),
	COUNTER_IF(GMEM_FEATURE_RETRIES, "fault_retries", "RETRY", 7, GMEM_COUNT, fault_retries,
		"faults of vCPUs that met an invalidation and had to be repeated"),
	PHASES("to_private", ">P", "to private", GMEM_TO_PRIVATE),
	PHASES("to_shared", ">S", "to shared", GMEM_TO_SHARED),
	COUNTER_IF(GMEM_FEATURE_MEMORY_FAULTS, "memory_faults", "MFAULT", 7, GMEM_COUNT, memory_faults,
		"exits to the VMM with KVM_EXIT_MEMORY_FAULT"),
};

/* Features that a source has unless it reports the opposite, as older recordings lack their bits. */
static const struct {
	uint64_t lacking;
	uint64_t seen;
} opposites[] = {
	{ GMEM_FEATURE_NO_ATTRIBUTES,	GMEM_FEATURE_CONVERSIONS },
	{ GMEM_FEATURE_NO_FALLOCATES,	GMEM_FEATURE_FALLOCATES },
	{ GMEM_FEATURE_NO_MEMORY_FAULTS, GMEM_FEATURE_MEMORY_FAULTS },
};

uint64_t gmem_features_complete(uint64_t features)
{
	for (size_t i = 0; i < sizeof(opposites) / sizeof(*opposites); i++)
		features |= features & opposites[i].lacking ? 0 : opposites[i].seen;
	return features;
}

const size_t gmem_nr_metrics = sizeof(gmem_metrics) / sizeof(*gmem_metrics);

const struct gmem_metric *gmem_metric(const char *key)
{
	for (size_t i = 0; i < gmem_nr_metrics; i++) {
		if (!strcmp(gmem_metrics[i].key, key))
			return &gmem_metrics[i];
	}
	return NULL;
}

static bool backing_known(const struct gmem_vm *vm, const struct gmem_model *m)
{
	return m->backing_ns && vm->map_known;
}

static bool is_known(const struct gmem_metric *metric, const struct gmem_vm *vm, const struct gmem_model *m)
{
	if (!gmem_metric_known(metric, m->features))
		return false;
	switch (metric->of) {
	case GMEM_OF_PROCESS:
		return vm->identified;
	case GMEM_OF_MAP:
		return vm->map_known;
	case GMEM_OF_BACKING:
		return backing_known(vm, m);
	case GMEM_OF_COUNTERS:
		return vm->counters_ns;
	default:
		return true;
	}
}

struct gmem_value gmem_metric_get(const struct gmem_metric *metric, const struct gmem_vm *vm,
				  const struct gmem_model *m)
{
	struct gmem_value v;

	if (!is_known(metric, vm, m))
		return (struct gmem_value){ .s = "", .unknown = true };
	v = metric->get(metric, vm, m);
	if (v.unknown)
		v.u = 0, v.f = 0;
	else if (metric->of == GMEM_OF_MAP && vm->map != GMEM_MAP_CURRENT)
		v.stale = true;
	return v;
}

struct gmem_value gmem_value_add(const struct gmem_metric *metric, struct gmem_value sum, struct gmem_value v)
{
	if (v.unknown) {
		sum.partial = true;
		return sum;
	}
	if (metric->type == GMEM_NS)
		sum.u = v.u > sum.u ? v.u : sum.u;
	else
		sum.u += v.u;
	sum.f += v.f;
	sum.unknown = false;
	sum.partial |= v.partial;
	sum.stale |= v.stale;
	return sum;
}

bool gmem_metric_is_counter(const struct gmem_metric *m)
{
	return m->get == get_counter && !strstr(m->key, "_max_ns");
}

int gmem_value_cmp(const struct gmem_metric *m, struct gmem_value a, struct gmem_value b)
{
	switch (m->type) {
	case GMEM_TEXT:
		return strcmp(a.s, b.s);
	case GMEM_PER_S:
	case GMEM_BYTES_PER_S:
		return (a.f > b.f) - (a.f < b.f);
	default:
		return (a.u > b.u) - (a.u < b.u);
	}
}
