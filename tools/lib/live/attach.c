// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Longer than 400 lines because a step that fails undoes those before it, and the next way is tried. */
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
	uint64_t want = opts->ringbuf_bytes, size = 1 << 16;

	if (!want)
		want = (uint64_t)libbpf_num_possible_cpus() << 20;
	if (!opts->ringbuf_bytes && want < 16 << 20)
		want = 16 << 20;
	while (size < want && size < 1 << 30)
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

/* The verifier refuses with EACCES, too, and lockdown with EINVAL or EPERM: errno alone does not say why. */
static enum gmem_status fail_bpf(struct gmem_error *e, const char *what, int err)
{
	struct gmem_host host;

	gmem_host_read(&host, "");
	if (gmem_host_is_locked_down(&host))
		return gmem_fail(e, GMEM_E_PERMISSION, GMEM_LOCKDOWN_REMEDY,
				 "cannot %s: " GMEM_LOCKDOWN_REASON, what);
	if (err == -EPERM || (err == -EACCES && !may_load()))
		return gmem_fail(e, GMEM_E_PERMISSION,
				 "Run as root, or grant what gmemtrace doctor lists as missing.",
				 "cannot %s: %s", what, strerror(-err));
	if (err == -EACCES)
		return gmem_fail(e, GMEM_E_FAILED,
				 "Report this kernel and compiler, with the output of -v: it is a bug of gmem.",
				 "cannot %s: the kernel's verifier refuses a program", what);
	return gmem_fail(e, GMEM_E_FAILED, "Run again with -v to see the messages of libbpf.",
			 "cannot %s: %s", what, strerror(-err));
}

/* Each program on a function has a twin for kprobes: bpf/gmem_function.bpf.h. */
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
	/* It was found, so it is libbpf that may not look at the types of modules. */
	return err == -ESRCH ? -EPERM : err;
}

/* Programs with nothing to attach to, and those that nobody wants, are left out. */
static int choose_programs(struct bpf_object *obj, enum gmem_probe_set set, unsigned int groups)
{
	int err = 0;

	for (size_t i = 0; !err && i < gmem_nr_probes; i++)
		err = choose_program(obj, &gmem_probes[i],
				     gmem_probe_in_use(&gmem_probes[i], set, groups));
	choose_keepers(obj, set, groups);
	return err;
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
	a->skel->rodata->order_argument = (uint32_t)a->order_argument;
	a->skel->rodata->beat_flags = verify_flags();
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

static void detach_probe(struct attachment *a, size_t i)
{
	bpf_link__destroy(a->keepers[i]);
	bpf_link__destroy(a->links[i]);
	a->keepers[i] = a->links[i] = NULL;
}

/* In the order of the table begins come before their ends. */
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
	forget_operations(a, groups);
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

/* A kretprobe finds the arguments of its function under its cookie: the one that keeps them comes last. */
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

/* Attaches what these groups need, and detaches the rest. Nothing starts by that. */
static int attach_probes(struct attachment *a, unsigned int groups)
{
	unsigned int before = a->groups;
	int err = 0;

	groups = (groups | GMEM_PROBES_BASE) & a->loaded;
	detach_groups(a, before & ~groups);
	a->groups = groups;
	/* Ends first: what ends without a begin began before us. */
	for (size_t i = gmem_nr_probes; !err && i-- > 0; )
		err = attach_probe(a, i);
	forget_operations(a, groups & ~before);
	if (err)
		detach_groups(a, groups & ~before);
	describe_probes(a);
	return err;
}

int attach_groups(struct attachment *a, unsigned int groups)
{
	int err = attach_probes(a, groups);

	/* Time 0: nothing is counted before the programs see that they are wanted. */
	a->probes.h.ts_ns = gmem_now_ns();
	if (!a->skel->bss->enabled_groups)
		*(volatile __u64 *)&a->skel->bss->begin_ns = a->probes.h.ts_ns;
	*(volatile __u32 *)&a->skel->bss->enabled_groups = a->groups;
	return err;
}

/*
 * MEMBARRIER_CMD_GLOBAL is synchronize_rcu() (kernel/sched/membarrier.c), which waits for programs that
 * run. Where it is refused (nohz_full) one might count and emit just after: rare, and a record too few.
 */
void attach_stop(struct attachment *a)
{
	*(volatile __u32 *)&a->skel->bss->stopped = 1;
	syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
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

/* Keeps what was found about probes, for another load. */
static void unload(struct attachment *a)
{
	for (size_t i = 0; a->links && i < gmem_nr_probes; i++)
		detach_probe(a, i);
	verify_close(&a->verifier);
	inflight_close(&a->inflight);
	changed_close(&a->changed);
	inventory_free(a->inv);
	ring_buffer__free(a->rb);
	gmem_bpf__destroy(a->skel);
	a->inv = NULL;
	a->rb = NULL;
	a->skel = NULL;
	a->groups = 0;
}

/* Chooses the next way for functions that are blind. Returns false if none of them has another. */
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

/* Groups with programs on functions, of those that are loaded: tracepoints need no proof. */
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

/* Groups that may be wanted later are verified, too: by then what loading takes was given up. */
static enum gmem_status load_once(struct attachment *a, const struct gmem_live_opts *opts,
				  ring_buffer_sample_fn fn, void *ctx, struct gmem_error *e)
{
	enum gmem_status status = load(a, opts, fn, ctx, e);
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

static enum gmem_status load_verified(struct attachment *a, const struct gmem_live_opts *opts,
				      ring_buffer_sample_fn fn, void *ctx, struct gmem_error *e)
{
	for (;;) {
		enum gmem_status status = load_once(a, opts, fn, ctx, e);
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
		/* No way works: what is missing is reported. */
		err = attach_groups(a, opts->groups);
		return err ? fail_bpf(e, "attach the BPF programs", err) : GMEM_OK;
	}
}

/* Returns true for programs whose skipped runs make a map wrong; those of vCPUs that exit run too often. */
static bool changes_maps(const struct gmem_probe *p)
{
	return p->attach == GMEM_ON_FUNCTION && p->group == GMEM_PROBES_BASE && p->found &&
	       strcmp(p->found, "kvm_arch_vcpu_ioctl_run");
}

/* Where the kernel preempts at any time, fentry is skipped most: docs/truth.md has measurements. */
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

enum gmem_status attach(struct attachment *a, const struct gmem_live_opts *opts,
			ring_buffer_sample_fn fn, void *ctx, struct gmem_error *e)
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
		status = load_verified(a, opts, fn, ctx, e);
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
