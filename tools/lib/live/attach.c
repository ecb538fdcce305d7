// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Attaches the programs; where one does not run on its function, the next way to attach is tried. */
#include "live/attach.h"

#include <errno.h>
#include <linux/membarrier.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clocks.h"
#include "bpf/gmem_maps.h"
#include "gmem.skel.h"
#include "live/host.h"
#include "live/providers.h"

static int print_to_stderr(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	return level == LIBBPF_DEBUG ? 0 : vfprintf(stderr, fmt, ap);
}

/* Classes of operations whose begins and ends only these groups see. */
static const struct {
	unsigned int group;
	enum gmem_op_class class;
} classes[] = {
	{ GMEM_PROBES_INVALIDATIONS,	OP_INVALIDATE },
	{ GMEM_PROBES_INVALIDATIONS,	OP_AROUND },
	{ GMEM_PROBES_FAULTS,		OP_FAULT },
	{ GMEM_PROBES_FAULTS,		OP_USER_FAULT },
};

/* Invalidates operations in flight of these groups: their begin was missed, or their end will be. */
static void advance_epochs(struct attachment *a, unsigned int groups)
{
	for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++) {
		if (classes[i].group & groups)
			a->skel->bss->epochs[classes[i].class]++;
	}
	if (groups & GMEM_PROBES_PHASES)
		a->skel->bss->phase_epoch++;
}

static void detach_probe(struct attachment *a, size_t i)
{
	bpf_link__destroy(a->keepers[i]);
	bpf_link__destroy(a->links[i]);
	a->keepers[i] = a->links[i] = NULL;
}

/* Detaches in the order of the table, which has begins before their ends. */
static void detach_groups(struct attachment *a, unsigned int groups)
{
	a->groups &= ~groups;
	if (a->skel->bss->enabled_groups)
		a->skel->bss->enabled_groups = a->groups;
	for (size_t i = 0; i < gmem_nr_probes; i++) {
		if (!a->links[i] || gmem_probe_in_use(&gmem_probes[i], a->groups))
			continue;
		a->verifier.detached += verify_missed(a, i);
		detach_probe(a, i);
	}
	advance_epochs(a, groups);
}

static struct bpf_program *program_of(struct bpf_object *obj, const struct gmem_probe *p)
{
	return attach_program(obj, p, p->way != GMEM_WAY_FENTRY);
}

static bool is_exit(const struct attachment *a, const struct gmem_probe *p)
{
	const struct bpf_program *direct = attach_program(a->skel->obj, p, false);

	return bpf_program__expected_attach_type(direct) == BPF_TRACE_FEXIT;
}

static struct bpf_link *attach_multi(const struct bpf_program *prog, const char *function, bool exit,
				     uint64_t cookie)
{
	LIBBPF_OPTS(bpf_kprobe_multi_opts, opts, .syms = &function, .cnt = 1, .retprobe = exit,
		    .cookies = (__u64 *)&cookie);

	return bpf_program__attach_kprobe_multi_opts(prog, NULL, &opts);
}

static struct bpf_link *attach_kprobe(const struct bpf_program *prog, const char *function, bool exit,
				      uint64_t cookie)
{
	LIBBPF_OPTS(bpf_kprobe_opts, opts, .retprobe = exit, .bpf_cookie = cookie);

	return bpf_program__attach_kprobe_opts(prog, function, &opts);
}

/*
 * Attaches the kprobe or kretprobe of a function. A kretprobe also needs a program that keeps the arguments,
 * with the same cookie: it is attached last.
 */
static int attach_twin(struct attachment *a, size_t i)
{
	const struct gmem_probe *p = &gmem_probes[i];
	bool multi = p->way == GMEM_WAY_KPROBE_MULTI, exit = is_exit(a, p);
	struct bpf_link *(*attach)(const struct bpf_program *, const char *, bool, uint64_t) =
		multi ? attach_multi : attach_kprobe;

	a->links[i] = attach(program_of(a->skel->obj, p), p->found, exit, i);
	if (!a->links[i])
		return -errno;
	if (!exit)
		return 0;
	a->keepers[i] = attach(multi ? a->skel->progs.keep_args_multi : a->skel->progs.keep_args,
			       p->found, false, i);
	return a->keepers[i] ? 0 : -errno;
}

static int attach_probe(struct attachment *a, size_t i)
{
	struct gmem_probe *p = &gmem_probes[i];
	int err;

	if (a->links[i] || !gmem_probe_in_use(p, a->groups))
		return 0;
	if (p->way != GMEM_WAY_FENTRY) {
		err = attach_twin(a, i);
	} else {
		a->links[i] = bpf_program__attach(program_of(a->skel->obj, p));
		err = a->links[i] ? 0 : -errno;
	}
	if (err && p->attach == GMEM_ON_FUNCTION)
		p->proof = GMEM_PROOF_BLIND;
	if (!err)
		a->prog_ids[i] = verify_prog_id(a->links[i]);
	return err;
}

static void describe_probes(struct attachment *a)
{
	a->probes.h.kind = GMEM_PROBES;
	a->probes.h.size = sizeof(a->probes);
	a->probes.features = gmem_probes_features(a->groups);
	snprintf(a->probes.set, sizeof(a->probes.set), "%s", gmem_set_names[a->set]);
	gmem_probes_blind(a->probes.blind, sizeof(a->probes.blind), a->groups);
	a->probes.by_tracepoint = gmem_providers_mask(GMEM_ON_TRACEPOINT, a->groups);
	a->probes.by_function = gmem_providers_mask(GMEM_ON_FUNCTION, a->groups);
}

bool attach_verify(struct attachment *a)
{
	if (!verify_again(a))
		return false;
	a->probes.h.ts_ns = gmem_now_ns();
	describe_probes(a);
	return true;
}

/* Attaches the probes of these groups, and detaches all others. Does not enable the programs. */
static int attach_probes(struct attachment *a, unsigned int groups)
{
	unsigned int before = a->groups;
	int err = 0;

	groups = (groups | GMEM_PROBES_BASE) & a->loaded;
	detach_groups(a, before & ~groups);
	a->groups = groups;
	/* Attach ends first: an end without a begin then belongs to an operation from before attach. */
	for (size_t i = gmem_nr_probes; !err && i-- > 0; )
		err = attach_probe(a, i);
	advance_epochs(a, groups & ~before);
	if (err)
		detach_groups(a, groups & ~before);
	describe_probes(a);
	return err;
}

int attach_groups(struct attachment *a, unsigned int groups)
{
	int err = attach_probes(a, groups);

	/* Time 0: programs count nothing before enabled_groups is set. */
	a->probes.h.ts_ns = gmem_now_ns();
	if (!a->skel->bss->enabled_groups)
		*(volatile __u64 *)&a->skel->bss->begin_ns = a->probes.h.ts_ns;
	*(volatile __u32 *)&a->skel->bss->enabled_groups = a->groups;
	return err;
}

/*
 * MEMBARRIER_CMD_GLOBAL is synchronize_rcu() (kernel/sched/membarrier.c), which waits for running programs.
 * With nohz_full the kernel refuses it: a program may then still count an event whose record is
 * not read, which is rare.
 */
uint64_t attach_stop(struct attachment *a)
{
	uint64_t stopped_ns;

	*(volatile __u32 *)&a->skel->bss->stopped = 1;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	stopped_ns = gmem_now_ns();
	syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
	return stopped_ns;
}

/* Starts the search for VMs. Programs are attached before, so that later changes are emitted. */
static enum gmem_status find_vms(struct attachment *a, struct gmem_error *e)
{
	int err = -ENOMEM;

	a->inv = inventory_new(a->skel);
	if (a->inv)
		err = inventory_find(a->inv);
	return err ? attach_fail(e, "look for VMs", err) : GMEM_OK;
}

/* Unloads the programs. Keeps the results about probes, for another load. */
static void unload(struct attachment *a)
{
	for (size_t i = 0; a->links && i < gmem_nr_probes; i++)
		detach_probe(a, i);
	verify_close(&a->verifier);
	inflight_close(&a->inflight);
	inventory_free(a->inv);
	ring_close(&a->ring);
	gmem_bpf__destroy(a->skel);
	a->inv = NULL;
	a->skel = NULL;
	a->groups = 0;
}

/* Chooses the next way to attach for blind functions. Returns false if none of them has one. */
static bool try_other_ways(struct attachment *a)
{
	bool more = false;

	gmem_for_each_probe(p) {
		if (p->attach != GMEM_ON_FUNCTION || p->proof != GMEM_PROOF_BLIND ||
		    p->way + 1 == GMEM_WAYS)
			continue;
		p->way++;
		more = true;
	}
	for (size_t i = 0; more && i < gmem_nr_probes; i++) {
		gmem_probes[i].proof = GMEM_PROOF_NONE;
		a->perf |= gmem_probes[i].way == GMEM_WAY_KPROBE;
	}
	return more;
}

/* Returns the loaded groups with programs on functions: tracepoints need no proof. */
static unsigned int groups_to_verify(const struct attachment *a)
{
	unsigned int groups = 0;

	gmem_for_each_probe(p) {
		if (p->attach == GMEM_ON_FUNCTION && gmem_probe_in_use(p, a->loaded))
			groups |= p->groups;
	}
	return groups;
}

/* Loads, verifies and attaches. Verifies groups for later, too: by then the capabilities are dropped. */
static enum gmem_status load_once(struct attachment *a, const struct gmem_live_opts *opts, struct gmem_error *e)
{
	enum gmem_status status = attach_load(a, opts, e);
	int err;

	if (status)
		return status;
	err = attach_probes(a, opts->groups | groups_to_verify(a));
	if (!err && !verify_attached(a))
		err = attach_groups(a, opts->groups);
	return err ? attach_fail(e, "attach the BPF programs", err) : GMEM_OK;
}

static bool is_any_blind(const struct attachment *a)
{
	char none[1];

	return gmem_probes_blind(none, sizeof(none), a->loaded);
}

static enum gmem_status load_verified(struct attachment *a, const struct gmem_live_opts *opts, struct gmem_error *e)
{
	for (;;) {
		enum gmem_status status = load_once(a, opts, e);
		int err;

		if (!is_any_blind(a))
			return status;
		if (!verify_is_switched_off() && try_other_ways(a)) {
			unload(a);
			verify_open(&a->verifier);
			continue;
		}
		if (status)
			return status;
		/* No way to attach works: GMEM_PROBES reports the blind functions. */
		err = attach_groups(a, opts->groups);
		return err ? attach_fail(e, "attach the BPF programs", err) : GMEM_OK;
	}
}

/* Returns true if skipped runs make a map wrong. Not for vCPU exits, which are too frequent for kprobes. */
static bool changes_maps(const struct gmem_probe *p)
{
	return p->attach == GMEM_ON_FUNCTION && (p->groups & GMEM_PROBES_BASE) &&
	       strcmp(p->found, "kvm_arch_vcpu_ioctl_run");
}

/* Avoids fentry on kernels that preempt at any time: they skip fentry programs most (docs/truth.md). */
static void choose_ways(void)
{
	struct gmem_host host;

	gmem_host_read(&host, "");
	for (size_t i = 0; host.preempts && i < gmem_nr_probes; i++) {
		if (changes_maps(&gmem_probes[i]))
			gmem_probes[i].way = GMEM_WAY_KPROBE_MULTI;
	}
}

static bool alloc_links(struct attachment *a)
{
	a->links = calloc(gmem_nr_probes, sizeof(*a->links));
	a->keepers = calloc(gmem_nr_probes, sizeof(*a->keepers));
	a->prog_ids = calloc(gmem_nr_probes, sizeof(*a->prog_ids));
	return a->links && a->keepers && a->prog_ids;
}

enum gmem_status attach(struct attachment *a, const struct gmem_live_opts *opts, struct gmem_error *e)
{
	struct gmem_choice choice;
	enum gmem_status status;

	memset(a, 0, sizeof(*a));
	verify_open(&a->verifier);
	libbpf_set_print(opts->verbose ? print_to_stderr : NULL);
	status = gmem_providers_find(&choice, opts->set, e);
	if (status)
		return status;
	a->module = choice.kernel.module;
	a->set = choice.set;
	a->order_argument = choice.kernel.order_argument;
	a->loaded = opts->groups | opts->later | GMEM_PROBES_BASE;
	choose_ways();
	if (alloc_links(a))
		status = load_verified(a, opts, e);
	else
		status = gmem_fail(e, GMEM_E_FAILED, NULL, "out of memory");
	if (!status && opts->inventory)
		status = find_vms(a, e);
	if (status)
		detach(a);
	return status;
}

void detach(struct attachment *a)
{
	unload(a);
	free(a->links);
	free(a->keepers);
	free(a->prog_ids);
	memset(a, 0, sizeof(*a));
	verify_open(&a->verifier);
}
