// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Chooses and loads the programs, and maps what they share with this process. */
#include "live/attach.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "bpf/gmem_maps.h"
#include "gmem.skel.h"
#include "live/host.h"
#include "live/providers.h"

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

static bool may_load(const struct gmem_host *host)
{
	for (size_t i = 0; i < gmem_nr_capabilities; i++) {
		if (gmem_needs(host, &gmem_capabilities[i]) && !gmem_holds(&gmem_capabilities[i]))
			return false;
	}
	return true;
}

enum gmem_status attach_fail(struct gmem_error *e, const char *what, int err)
{
	/* errno alone is ambiguous: the verifier also fails with EACCES, and lockdown with EINVAL or EPERM. */
	struct gmem_host host;

	gmem_host_read(&host, "");
	if (gmem_host_is_locked_down(&host))
		return gmem_fail(e, GMEM_E_PERMISSION, GMEM_LOCKDOWN_REMEDY,
				 "cannot %s: " GMEM_LOCKDOWN_REASON, what);
	if (err == -EPERM || (err == -EACCES && !may_load(&host)))
		return gmem_fail(e, GMEM_E_PERMISSION, may_load(&host) ?
				 "Check whether a seccomp profile, a user namespace or a security module forbids it." :
				 "Run as root, or grant the capabilities that gmemtrace doctor lists as missing.",
				 "cannot %s: %s", what, strerror(-err));
	if (err == -EACCES)
		return gmem_fail(e, GMEM_E_FAILED,
				 "This is a bug in gmem: report the kernel, the compiler and the output of -v.",
				 "cannot %s: the kernel's verifier rejects a program", what);
	return gmem_fail(e, GMEM_E_FAILED, "Run again with -v to see the messages of libbpf.",
			 "cannot %s: %s", what, strerror(-err));
}

struct bpf_program *attach_program(struct bpf_object *obj, const struct gmem_probe *p, bool twin)
{
	char name[64];

	snprintf(name, sizeof(name), "%s%s", p->program, twin ? "_k" : "");
	return bpf_object__find_program_by_name(obj, name);
}

static void choose_keepers(struct bpf_object *obj, unsigned int groups)
{
	bool needed[GMEM_WAYS] = { false };

	gmem_for_each_probe(p) {
		if (gmem_probe_in_use(p, groups))
			needed[p->way] = true;
	}
	bpf_program__set_autoload(bpf_object__find_program_by_name(obj, "keep_args"),
				  needed[GMEM_WAY_KPROBE]);
	bpf_program__set_autoload(bpf_object__find_program_by_name(obj, "keep_args_multi"),
				  needed[GMEM_WAY_KPROBE_MULTI]);
}

static int choose_program(struct bpf_object *obj, const struct gmem_probe *p, bool use)
{
	struct bpf_program *prog = attach_program(obj, p, false), *twin;
	bool direct = p->way == GMEM_WAY_FENTRY;
	int err = 0;

	if (!prog)
		return -ENOENT;
	bpf_program__set_autoload(prog, use && direct);
	if (p->attach != GMEM_ON_FUNCTION)
		return 0;
	twin = attach_program(obj, p, true);
	if (!twin)
		return -ENOENT;
	bpf_program__set_autoload(twin, use && !direct);
	if (p->way == GMEM_WAY_KPROBE_MULTI)
		bpf_program__set_expected_attach_type(twin, BPF_TRACE_KPROBE_MULTI);
	if (use && direct)
		err = bpf_program__set_attach_target(prog, 0, p->found);
	/* gmem_providers_find() found the target, so libbpf lacks the privilege to read the BTF of modules. */
	return err == -ESRCH ? -EPERM : err;
}

/* Enables loading of the programs that have a target and are in a requested group, and of no others. */
static int choose_programs(struct bpf_object *obj, unsigned int groups)
{
	int err = 0;

	for (size_t i = 0; !err && i < gmem_nr_probes; i++)
		err = choose_program(obj, &gmem_probes[i], gmem_probe_in_use(&gmem_probes[i], groups));
	choose_keepers(obj, groups);
	return err;
}

static void set_constants(struct attachment *a, const struct gmem_live_opts *opts, uint64_t size)
{
	a->skel->rodata->order_argument = (uint32_t)a->order_argument;
	a->skel->rodata->beat_flags = verify_flags();
	a->skel->rodata->wakeup_bytes = size / 4;
	a->skel->rodata->bind_in_two_steps = gmem_event_uses(GMEM_EVENT_BIND, "stock_bind_commit");
	a->skel->rodata->by_function = gmem_providers_mask(GMEM_ON_FUNCTION, ~0U);
	/* Only the tracepoint emits a change before the next one can be made, as is_emitted() in bpf/ requires. */
	a->skel->rodata->marks_blocks = opts->inventory && gmem_event_uses(GMEM_EVENT_ATTRIBUTES_END, "on_attributes_end");
}

enum gmem_status attach_load(struct attachment *a, const struct gmem_live_opts *opts, struct gmem_error *e)
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
		return attach_fail(e, "open the BPF programs", -errno);
	err = choose_programs(a->skel->obj, a->loaded);
	if (err)
		return attach_fail(e, "choose BPF programs", err);
	bpf_map__set_max_entries(a->skel->maps.records, size);
	set_constants(a, opts, size);
	err = gmem_bpf__load(a->skel);
	if (err)
		return attach_fail(e, "load the BPF programs", err);
	err = ring_open(&a->ring, bpf_map__fd(a->skel->maps.records), bpf_map__max_entries(a->skel->maps.records));
	if (err)
		return attach_fail(e, "map the ring buffer", err);
	err = inflight_open(&a->inflight, a->skel);
	if (err)
		return attach_fail(e, "map what is in flight", err);
	active_open(&a->active, a->skel->bss->active);
	return GMEM_OK;
}
