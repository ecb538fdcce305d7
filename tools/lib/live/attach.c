// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "attach.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gmem.skel.h"
#include "gmem_maps.h"
#include "probes.h"

static int print_nothing(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	(void)level;
	(void)fmt;
	(void)ap;
	return 0;
}

static int print_to_stderr(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	return level == LIBBPF_DEBUG ? 0 : vfprintf(stderr, fmt, ap);
}

static uint64_t ringbuf_size(const struct gmem_live_opts *opts)
{
	uint64_t want = opts->ringbuf_bytes, size = 1 << 16;

	if (!want)
		want = (uint64_t)libbpf_num_possible_cpus() << 20;
	if (!opts->ringbuf_bytes && want < 16 << 20)
		want = 16 << 20;
	while (size < want && size < 1 << 30)
		size <<= 1;
	return size;
}

static enum gmem_status fail_bpf(struct gmem_error *e, const char *what, int err)
{
	if (err == -EPERM || err == -EACCES)
		return gmem_fail(e, GMEM_E_PERMISSION,
				 "Run it as root, or with what gmemtrace doctor says is missing.",
				 "cannot %s: %s", what, strerror(-err));
	return gmem_fail(e, GMEM_E_FAILED, "Run it again with -v: libbpf then says more.",
			 "cannot %s: %s", what, strerror(-err));
}

/* Programs with nothing to attach to, and those that nobody wants, are left out. */
static int choose_programs(struct bpf_object *obj, enum gmem_probe_set set, unsigned int groups)
{
	for (size_t i = 0; i < gmem_nr_probes; i++) {
		const struct gmem_probe *p = &gmem_probes[i];
		struct bpf_program *prog = bpf_object__find_program_by_name(obj, p->program);
		bool use = gmem_probe_in_use(p, set, groups);
		int err = 0;

		if (!prog)
			return -ENOENT;
		if (use && p->attach == GMEM_ON_FUNCTION)
			err = bpf_program__set_attach_target(prog, 0, p->found);
		/* It was found, so it is libbpf that may not look at the types of modules. */
		if (err)
			return err == -ESRCH ? -EPERM : err;
		bpf_program__set_autoload(prog, use);
	}
	return 0;
}

/* In 7.3 a binding is prepared, then committed. */
static bool binds_in_two_steps(void)
{
	for (size_t i = 0; i < gmem_nr_probes; i++) {
		if (!strcmp(gmem_probes[i].program, "stock_bind_commit"))
			return gmem_probes[i].found;
	}
	return false;
}

static void set_constants(struct attachment *a, const struct gmem_live_opts *opts, uint64_t size)
{
	a->skel->rodata->wakeup_bytes = size / 4;
	a->skel->rodata->bind_in_two_steps = binds_in_two_steps();
	/* Only the tracepoints tell of a change before the next one can be made. */
	a->skel->rodata->marks_blocks = opts->inventory && a->set == GMEM_SET_TRACEPOINTS;
}

static enum gmem_status load(struct attachment *a, const struct gmem_live_opts *opts,
			     ring_buffer_sample_fn fn, void *ctx, struct gmem_error *e)
{
	uint64_t size = ringbuf_size(opts);
	LIBBPF_OPTS(bpf_object_open_opts, open_opts);
	int err;

	/*
	 * A type that this kernel does not have is looked for in modules, which takes
	 * CAP_SYS_ADMIN, unless the types to use are given by name.
	 */
	if (!a->module)
		open_opts.btf_custom_path = "/sys/kernel/btf/vmlinux";
	a->skel = gmem_bpf__open_opts(&open_opts);
	if (!a->skel)
		return fail_bpf(e, "open the BPF programs", -errno);
	err = choose_programs(a->skel->obj, a->set, a->loaded);
	if (err)
		return fail_bpf(e, "choose BPF programs", err);
	bpf_map__set_max_entries(a->skel->maps.records, size);
	set_constants(a, opts, size);
	err = gmem_bpf__load(a->skel);
	if (err)
		return fail_bpf(e, "load the BPF programs", err);
	a->rb = ring_buffer__new(bpf_map__fd(a->skel->maps.records), fn, ctx, NULL);
	if (!a->rb)
		return fail_bpf(e, "map the ring buffer", -errno);
	err = inflight_open(&a->inflight, a->skel);
	if (err)
		return fail_bpf(e, "map what is in flight", err);
	err = changed_open(&a->changed, bpf_map__fd(a->skel->maps.active));
	if (err)
		return fail_bpf(e, "map which VMs are active", err);
	err = attach_groups(a, opts->groups);
	if (err)
		return fail_bpf(e, "attach the BPF programs", err);
	return GMEM_OK;
}

/* Classes of operations that only these groups tell of. */
static const struct {
	unsigned int group;
	enum gmem_op_class class;
} classes[] = {
	{ GMEM_PROBES_INVALIDATIONS,	OP_INVALIDATE },
	{ GMEM_PROBES_INVALIDATIONS,	OP_AROUND },
	{ GMEM_PROBES_FAULTS,		OP_FAULT },
	{ GMEM_PROBES_FAULTS,		OP_USER_FAULT },
	{ GMEM_PROBES_FAULTS,		OP_POPULATE },
};

/* Of what is under way now, the begin was not seen, or the end will not be. */
static void forget_operations(struct attachment *a, unsigned int groups)
{
	for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++) {
		if (classes[i].group & groups)
			a->skel->bss->epochs[classes[i].class]++;
	}
	if (groups & GMEM_PROBES_PHASES)
		a->skel->bss->phase_epoch++;
}

/* In the order of the table begins come before their ends. */
static void detach_groups(struct attachment *a, unsigned int groups)
{
	a->groups &= ~groups;
	a->skel->bss->wanted = a->groups;
	for (size_t i = 0; i < gmem_nr_probes; i++) {
		if (!(gmem_probes[i].group & groups))
			continue;
		bpf_link__destroy(a->links[i]);
		a->links[i] = NULL;
	}
	forget_operations(a, groups);
}

static int attach_probe(struct attachment *a, size_t i)
{
	struct bpf_program *prog;

	if (a->links[i] || !gmem_probe_in_use(&gmem_probes[i], a->set, a->groups))
		return 0;
	prog = bpf_object__find_program_by_name(a->skel->obj, gmem_probes[i].program);
	a->links[i] = bpf_program__attach(prog);
	return a->links[i] ? 0 : -errno;
}

static void describe_probes(struct attachment *a)
{
	a->probes.h.kind = GMEM_PROBES;
	a->probes.h.size = sizeof(a->probes);
	a->probes.features = gmem_probes_features(a->set, a->groups);
	snprintf(a->probes.set, sizeof(a->probes.set), "%s", gmem_set_names[a->set]);
}

int attach_groups(struct attachment *a, unsigned int groups)
{
	unsigned int before = a->groups;
	struct timespec since;
	int err = 0;

	/* Events come, and count, as soon as the first of them is attached. */
	clock_gettime(CLOCK_MONOTONIC, &since);
	a->probes.h.ts_ns = (uint64_t)since.tv_sec * 1000000000 + (uint64_t)since.tv_nsec;

	groups = (groups | GMEM_PROBES_BASE) & a->loaded;
	detach_groups(a, before & ~groups);
	a->groups = groups;
	/* Ends first: what ends without a begin began before us. */
	for (size_t i = gmem_nr_probes; !err && i-- > 0; )
		err = attach_probe(a, i);
	forget_operations(a, groups & ~before);
	a->skel->bss->wanted = groups;
	if (err)
		detach_groups(a, groups & ~before);
	describe_probes(a);
	return err;
}

/* Events are attached first: whatever changes from now on is told. */
static enum gmem_status find_vms(struct attachment *a, struct gmem_error *e)
{
	int err = -ENOMEM;

	a->inv = inventory_new(a->skel);
	if (a->inv)
		err = inventory_find(a->inv);
	return err ? fail_bpf(e, "look for VMs", err) : GMEM_OK;
}

enum gmem_status attach(struct attachment *a, const struct gmem_live_opts *opts,
			ring_buffer_sample_fn fn, void *ctx, struct gmem_error *e)
{
	struct gmem_probe_choice choice;
	enum gmem_status status;

	memset(a, 0, sizeof(*a));
	libbpf_set_print(opts->verbose ? print_to_stderr : print_nothing);
	status = gmem_probes_find(&choice, opts->set, e);
	if (status)
		return status;
	a->module = choice.module;
	a->set = choice.set;
	a->loaded = opts->groups | opts->later | GMEM_PROBES_BASE;
	a->links = calloc(gmem_nr_probes, sizeof(*a->links));
	if (!a->links)
		return gmem_fail(e, GMEM_E_FAILED, NULL, "out of memory");
	status = load(a, opts, fn, ctx, e);
	if (!status && opts->inventory)
		status = find_vms(a, e);
	if (status)
		detach(a);
	return status;
}

void detach(struct attachment *a)
{
	for (size_t i = 0; a->links && i < gmem_nr_probes; i++)
		bpf_link__destroy(a->links[i]);
	free(a->links);
	inflight_close(&a->inflight);
	changed_close(&a->changed);
	inventory_free(a->inv);
	ring_buffer__free(a->rb);
	gmem_bpf__destroy(a->skel);
	memset(a, 0, sizeof(*a));
}
