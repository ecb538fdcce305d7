// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Loads and attaches the programs. Longer than 400 lines because a step that fails undoes those before it,
 * and the next way to attach is tried.
 */
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
#include "live/probes.h"

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
	uint64_t bytes = opts->ringbuf_bytes, size = 1 << 16;

	if (!bytes)
		bytes = (uint64_t)libbpf_num_possible_cpus() << 20;
	if (!opts->ringbuf_bytes && bytes < 16 << 20)
		bytes = 16 << 20;
	while (size < bytes && size < 1 << 30)
		size <<= 1;
	return size;
}

static bool may_load(void)
{
	for (size_t i = 0; i < gmem_nr_capabilities; i++) {
		if (!gmem_capabilities[i].for_module && !gmem_holds(&gmem_capabilities[i]))
			return false;
	}
	return true;
}

/*
 * Sets the error of a failed BPF call. errno alone is ambiguous: the verifier also fails with EACCES, and
 * lockdown with EINVAL or EPERM.
 */
static enum gmem_status fail_bpf(struct gmem_error *e, const char *what, int err)
{
	struct gmem_host host;

	gmem_host_read(&host, "");
	if (gmem_host_is_locked_down(&host))
		return gmem_fail(e, GMEM_E_PERMISSION, GMEM_LOCKDOWN_REMEDY,
				 "cannot %s: " GMEM_LOCKDOWN_REASON, what);
	if (err == -EPERM || (err == -EACCES && !may_load()))
		return gmem_fail(e, GMEM_E_PERMISSION,
				 "Run as root, or grant the capabilities that gmemtrace doctor lists as missing.",
				 "cannot %s: %s", what, strerror(-err));
	if (err == -EACCES)
		return gmem_fail(e, GMEM_E_FAILED,
				 "This is a bug in gmem: report the kernel, the compiler and the output of -v.",
				 "cannot %s: the kernel's verifier rejects a program", what);
	return gmem_fail(e, GMEM_E_FAILED, "Run again with -v to see the messages of libbpf.",
			 "cannot %s: %s", what, strerror(-err));
}

/* Returns the program of a probe, or its twin for kprobes: bpf/gmem_function.bpf.h. */
static struct bpf_program *find_program(struct bpf_object *obj, const struct gmem_probe *p, bool twin)
{
	char name[64];

	snprintf(name, sizeof(name), "%s%s", p->program, twin ? "_k" : "");
	return bpf_object__find_program_by_name(obj, name);
}

static struct bpf_program *program_of(struct bpf_object *obj, const struct gmem_probe *p)
{
	return find_program(obj, p, p->way != GMEM_WAY_FENTRY);
}

static void choose_keepers(struct bpf_object *obj, enum gmem_probe_set set, unsigned int groups)
{
	bool needed[GMEM_WAYS] = { false };

	for (size_t i = 0; i < gmem_nr_probes; i++) {
		if (gmem_probe_in_use(&gmem_probes[i], set, groups))
			needed[gmem_probes[i].way] = true;
	}
	bpf_program__set_autoload(bpf_object__find_program_by_name(obj, "keep_args"),
				  needed[GMEM_WAY_KPROBE]);
	bpf_program__set_autoload(bpf_object__find_program_by_name(obj, "keep_args_multi"),
				  needed[GMEM_WAY_KPROBE_MULTI]);
}

static int choose_program(struct bpf_object *obj, const struct gmem_probe *p, bool use)
{
	struct bpf_program *prog = find_program(obj, p, false), *twin;
	bool direct = p->way == GMEM_WAY_FENTRY;
	int err = 0;

	if (!prog)
		return -ENOENT;
	bpf_program__set_autoload(prog, use && direct);
	if (p->attach != GMEM_ON_FUNCTION)
		return 0;
	twin = find_program(obj, p, true);
	if (!twin)
		return -ENOENT;
	bpf_program__set_autoload(twin, use && !direct);
	if (p->way == GMEM_WAY_KPROBE_MULTI)
		bpf_program__set_expected_attach_type(twin, BPF_TRACE_KPROBE_MULTI);
	if (use && direct)
		err = bpf_program__set_attach_target(prog, 0, p->found);
	/* gmem_probes_find() found the target, so libbpf lacks the privilege to read the BTF of modules. */
	return err == -ESRCH ? -EPERM : err;
}

/* Enables loading of the programs that have a target and are in a requested group, and of no others. */
static int choose_programs(struct bpf_object *obj, enum gmem_probe_set set, unsigned int groups)
{
	int err = 0;

	for (size_t i = 0; !err && i < gmem_nr_probes; i++)
		err = choose_program(obj, &gmem_probes[i],
				     gmem_probe_in_use(&gmem_probes[i], set, groups));
	choose_keepers(obj, set, groups);
	return err;
}

/* Returns true for 7.3, where KVM prepares a binding, then commits it. */
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
	a->skel->rodata->order_argument = (uint32_t)a->order_argument;
	a->skel->rodata->beat_flags = verify_flags();
	a->skel->rodata->wakeup_bytes = size / 4;
	a->skel->rodata->bind_in_two_steps = binds_in_two_steps();
	/* Only tracepoints emit a change before the next one can be made, as is_emitted() in bpf/ requires. */
	a->skel->rodata->marks_blocks = opts->inventory && a->set == GMEM_SET_TRACEPOINTS;
}

static enum gmem_status load_programs(struct attachment *a, const struct gmem_live_opts *opts, struct gmem_error *e)
{
	uint64_t size = ringbuf_size(opts);
	LIBBPF_OPTS(bpf_object_open_opts, open_opts);
	int err;

	/*
	 * libbpf searches modules for types that the kernel lacks, which takes CAP_SYS_ADMIN, unless a BTF
	 * file is given.
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
	err = ring_open(&a->ring, bpf_map__fd(a->skel->maps.records), bpf_map__max_entries(a->skel->maps.records));
	if (err)
		return fail_bpf(e, "map the ring buffer", err);
	err = inflight_open(&a->inflight, a->skel);
	if (err)
		return fail_bpf(e, "map what is in flight", err);
	changed_open(&a->changed, a->skel->bss->active);
	return GMEM_OK;
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
	{ GMEM_PROBES_FAULTS,		OP_POPULATE },
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
		if (!(gmem_probes[i].group & groups))
			continue;
		a->verifier.detached += verify_missed(a, i);
		detach_probe(a, i);
	}
	advance_epochs(a, groups);
}

static bool is_exit(const struct attachment *a, const struct gmem_probe *p)
{
	const struct bpf_program *direct = find_program(a->skel->obj, p, false);

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

	if (a->links[i] || !gmem_probe_in_use(p, a->set, a->groups))
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
	a->probes.features = gmem_probes_features(a->set, a->groups);
	snprintf(a->probes.set, sizeof(a->probes.set), "%s", gmem_set_names[a->set]);
	gmem_probes_blind(a->probes.blind, sizeof(a->probes.blind), a->set, a->groups);
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
	/* Ends first: an end without a begin then is of an operation from before attach. */
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
void attach_stop(struct attachment *a)
{
	*(volatile __u32 *)&a->skel->bss->stopped = 1;
	syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
}

/* Starts the search for VMs. Programs are attached before, so that later changes are emitted. */
static enum gmem_status find_vms(struct attachment *a, struct gmem_error *e)
{
	int err = -ENOMEM;

	a->inv = inventory_new(a->skel);
	if (a->inv)
		err = inventory_find(a->inv);
	return err ? fail_bpf(e, "look for VMs", err) : GMEM_OK;
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

	for (size_t i = 0; i < gmem_nr_probes; i++) {
		struct gmem_probe *p = &gmem_probes[i];

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

	for (size_t i = 0; i < gmem_nr_probes; i++) {
		const struct gmem_probe *p = &gmem_probes[i];

		if (p->attach == GMEM_ON_FUNCTION && gmem_probe_in_use(p, a->set, a->loaded))
			groups |= p->group;
	}
	return groups;
}

/* Loads, verifies and attaches. Verifies groups for later, too: by then the capabilities are dropped. */
static enum gmem_status load_once(struct attachment *a, const struct gmem_live_opts *opts, struct gmem_error *e)
{
	enum gmem_status status = load_programs(a, opts, e);
	int err;

	if (status)
		return status;
	err = attach_probes(a, opts->groups | groups_to_verify(a));
	if (!err && !verify_attached(a))
		err = attach_groups(a, opts->groups);
	return err ? fail_bpf(e, "attach the BPF programs", err) : GMEM_OK;
}

static bool is_any_blind(const struct attachment *a)
{
	char none[1];

	return gmem_probes_blind(none, sizeof(none), a->set, a->loaded);
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
		/* No way works: GMEM_PROBES reports the blind functions. */
		err = attach_groups(a, opts->groups);
		return err ? fail_bpf(e, "attach the BPF programs", err) : GMEM_OK;
	}
}

/* Returns true if skipped runs make a map wrong. Not for vCPU exits, which are too frequent for kprobes. */
static bool changes_maps(const struct gmem_probe *p)
{
	return p->attach == GMEM_ON_FUNCTION && p->group == GMEM_PROBES_BASE && p->found &&
	       strcmp(p->found, "kvm_arch_vcpu_ioctl_run");
}

/* Avoids fentry where the kernel preempts at any time, and skips it most: figures in docs/truth.md. */
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
	struct gmem_probe_choice choice;
	enum gmem_status status;

	memset(a, 0, sizeof(*a));
	verify_open(&a->verifier);
	libbpf_set_print(opts->verbose ? print_to_stderr : print_nothing);
	status = gmem_probes_find(&choice, opts->set, e);
	if (status)
		return status;
	a->module = choice.module;
	a->set = choice.set;
	a->order_argument = choice.order_argument;
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
