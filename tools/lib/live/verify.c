// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "live/verify.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <unistd.h>

#include "bpf/gmem_maps.h"
#include "gmem.skel.h"
#include "live/attach.h"
#include "live/probes.h"

#define FTRACE_SWITCH "/proc/sys/kernel/ftrace_enabled"

/* Function that every request to a VM goes through. */
#define BEAT_FUNCTION "kvm_vm_ioctl"

/* include/uapi/linux/kvm.h since 6.8; the C library's headers may be older. */
struct request {
	uint64_t address;
	uint64_t size;
	uint64_t attributes;
	uint64_t flags;
};
#define SET_MEMORY_ATTRIBUTES _IOW(KVMIO, 0xd2, struct request)

uint64_t verify_flags(void)
{
	uint64_t flags;

	if (getrandom(&flags, sizeof(flags), 0) != sizeof(flags))
		flags = (uint64_t)getpid() << 32 | (uint32_t)(uintptr_t)&flags;
	return flags | 1;
}

void verify_open(struct verifier *v)
{
	memset(v, 0, sizeof(*v));
	v->vm = -1;
}

void verify_close(struct verifier *v)
{
	if (v->vm >= 0)
		close(v->vm);
	v->vm = -1;
}

/* Creates the VM for requests, if this process has write access to /dev/kvm. */
static void make_vm(struct verifier *v)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);

	if (v->vm < 0 && kvm >= 0)
		v->vm = ioctl(kvm, KVM_CREATE_VM, 0);
	if (kvm >= 0)
		close(kvm);
}

static bool is_attached(const struct attachment *a, size_t i)
{
	return a->links[i] && gmem_probes[i].attach == GMEM_ON_FUNCTION;
}

static bool is_on(const struct attachment *a, size_t i, const char *function)
{
	return is_attached(a, i) && !strcmp(gmem_probes[i].found, function);
}

/* Sets the proof of a function, unless it is blind. Returns true if that changed it. */
static bool set_proof(struct attachment *a, const char *function, enum gmem_proof proof)
{
	bool news = false;

	for (size_t i = 0; i < gmem_nr_probes; i++) {
		if (!is_on(a, i, function) || gmem_probes[i].proof == GMEM_PROOF_BLIND)
			continue;
		news |= gmem_probes[i].proof != proof;
		gmem_probes[i].proof = proof;
	}
	return news;
}

/* Programs on the function: a tracepoint may provide the begin or the end of a conversion instead. */
static const char *const beat_programs[2] = { "stock_attributes", "stock_attributes_exit" };

static bool is_beat_attached(const struct attachment *a, int where)
{
	for (size_t i = 0; i < gmem_nr_probes; i++) {
		if (is_attached(a, i) && !strcmp(gmem_probes[i].program, beat_programs[where]))
			return true;
	}
	return false;
}

static bool has_beat_function(const struct attachment *a)
{
	return is_beat_attached(a, 0) || is_beat_attached(a, 1);
}

/* Makes the request. *seen: counted at entry and exit. Returns false if this process has no VM. */
static bool beat(struct attachment *a, bool *seen)
{
	struct request r = { .flags = a->skel->rodata->beat_flags };
	struct verifier *v = &a->verifier;
	const volatile __u64 *now = a->skel->bss->beats;

	if (v->vm < 0)
		return false;
	ioctl(v->vm, SET_MEMORY_ATTRIBUTES, &r);
	*seen = true;
	for (int i = 0; i < 2; i++) {
		*seen &= now[i] != v->beats[i] || !is_beat_attached(a, i);
		v->beats[i] = now[i];
	}
	return true;
}

/* Requests before a function counts as blind: the kernel may skip a program now and then. */
#define BEATS_TO_BELIEVE 5

static bool check_beat(struct attachment *a)
{
	bool seen = false;

	if (!has_beat_function(a))
		return false;
	for (int i = 0; !seen && i < BEATS_TO_BELIEVE; i++) {
		if (!beat(a, &seen))
			return false;
	}
	if (!seen && a->verifier.skipped != a->verifier.skipped_then)
		return false;
	return set_proof(a, BEAT_FUNCTION, seen ? GMEM_PROOF_FIRED : GMEM_PROOF_BLIND) && !seen;
}

/* Matches a line of ftrace with a function, whose name may have a suffix of the compiler: ".isra.0". */
static bool is_line_of(const char *line, const char *function)
{
	size_t n = strlen(function);

	return !strncmp(line, function, n) && (line[n] == ' ' || line[n] == '.');
}

static FILE *open_patched(void)
{
	FILE *f = fopen("/sys/kernel/tracing/enabled_functions", "re");

	return f ? f : fopen("/sys/kernel/debug/tracing/enabled_functions", "re");
}

static void mark_listed(struct attachment *a, FILE *f, bool *listed)
{
	char line[512];

	while (fgets(line, sizeof(line), f)) {
		for (size_t i = 0; i < gmem_nr_probes; i++)
			listed[i] |= is_attached(a, i) && is_line_of(line, gmem_probes[i].found);
	}
}

/* Checks ftrace's list. A missing line means blind, except for kprobes, which may not use ftrace. */
static void check_patched(struct attachment *a)
{
	bool *listed = calloc(gmem_nr_probes, sizeof(*listed));
	FILE *f = open_patched();

	if (f && listed) {
		mark_listed(a, f, listed);
		for (size_t i = 0; i < gmem_nr_probes; i++) {
			struct gmem_probe *p = &gmem_probes[i];

			if (!is_attached(a, i) || p->proof == GMEM_PROOF_FIRED)
				continue;
			if (listed[i])
				p->proof = GMEM_PROOF_PATCHED;
			else if (p->way != GMEM_WAY_KPROBE)
				p->proof = GMEM_PROOF_BLIND;
		}
	}
	if (f)
		fclose(f);
	free(listed);
}

static size_t nr_blind(const struct attachment *a)
{
	size_t n = 0;

	for (size_t i = 0; i < gmem_nr_probes; i++)
		n += is_attached(a, i) && gmem_probes[i].proof == GMEM_PROOF_BLIND;
	return n;
}

/* All ways depend on the switch: kprobes on a function's entry use ftrace, too. */
bool verify_is_switched_off(void)
{
	FILE *f = fopen(FTRACE_SWITCH, "re");
	int c = f ? fgetc(f) : EOF;

	if (f)
		fclose(f);
	return c == '0';
}

static bool blind_all(struct attachment *a)
{
	bool news = false;

	for (size_t i = 0; i < gmem_nr_probes; i++) {
		if (is_attached(a, i))
			news |= set_proof(a, gmem_probes[i].found, GMEM_PROOF_BLIND);
	}
	return news;
}

/* If KVM is a module, the VM is closed after the check: it would keep the modules from being unloaded. */
size_t verify_attached(struct attachment *a)
{
	if (has_beat_function(a))
		make_vm(&a->verifier);
	check_beat(a);
	check_patched(a);
	if (verify_is_switched_off())
		blind_all(a);
	/* Contradictions up to now come from attaching programs one after the other. */
	a->verifier.contradictions = *(volatile __u64 *)&a->skel->bss->contradictions;
	if (a->module)
		verify_close(&a->verifier);
	return nr_blind(a);
}

/* Layout of struct bpf_link_info of Linux 6.7, which headers may lack. */
struct link_info {
	uint32_t type;
	uint32_t id;
	uint32_t prog_id;
	uint32_t pad;
	union {
		struct {
			uint64_t addrs;
			uint32_t count;
			uint32_t flags;
			uint64_t missed;
		} kprobe_multi;
		struct {
			uint32_t type;
			uint32_t pad;
			uint64_t func_name;
			uint32_t name_len;
			uint32_t offset;
			uint64_t addr;
			uint64_t missed;
		} perf_event;
		char room[112];
	};
};

static bool read_link(const struct bpf_link *link, struct link_info *info)
{
	uint32_t size = sizeof(*info);

	memset(info, 0, sizeof(*info));
	return !bpf_obj_get_info_by_fd(bpf_link__fd(link), info, &size);
}

uint32_t verify_prog_id(const struct bpf_link *link)
{
	struct link_info info;

	return read_link(link, &info) ? info.prog_id : 0;
}

/* Returns false if the link's descriptor was closed, or refers to something else by now. */
static bool is_intact(const struct attachment *a, size_t i)
{
	struct link_info info;

	return read_link(a->links[i], &info) && info.prog_id == a->prog_ids[i];
}

static bool check_links(struct attachment *a)
{
	bool news = false;

	for (size_t i = 0; i < gmem_nr_probes; i++) {
		struct gmem_probe *p = &gmem_probes[i];

		if (!a->links[i] || p->proof == GMEM_PROOF_BLIND || is_intact(a, i))
			continue;
		p->proof = GMEM_PROOF_BLIND;
		news = true;
	}
	return news;
}

static bool check_contradictions(struct attachment *a)
{
	uint64_t now = *(volatile __u64 *)&a->skel->bss->contradictions;
	bool more = now != a->verifier.contradictions;

	a->verifier.contradictions = now;
	return more && a->verifier.skipped == a->verifier.skipped_then &&
	       set_proof(a, BEAT_FUNCTION, GMEM_PROOF_BLIND);
}

bool verify_again(struct attachment *a)
{
	bool news = check_links(a);

	news |= check_beat(a);
	news |= check_contradictions(a);
	a->verifier.skipped_then = a->verifier.skipped;
	return (verify_is_switched_off() && blind_all(a)) || news;
}

static uint64_t missed_by(const struct bpf_link *link, enum gmem_way way)
{
	struct link_info info;

	if (!link || way == GMEM_WAY_FENTRY || !read_link(link, &info))
		return 0;
	return way == GMEM_WAY_KPROBE_MULTI ? info.kprobe_multi.missed : info.perf_event.missed;
}

uint64_t verify_missed(const struct attachment *a, size_t i)
{
	return missed_by(a->links[i], gmem_probes[i].way) + missed_by(a->keepers[i], gmem_probes[i].way);
}

static uint64_t skipped_of(const struct bpf_program *prog)
{
	struct bpf_prog_info info = { 0 };
	uint32_t size = sizeof(info);

	if (bpf_program__fd(prog) < 0 || bpf_obj_get_info_by_fd(bpf_program__fd(prog), &info, &size))
		return 0;
	return info.recursion_misses;
}

uint64_t verify_skipped(struct attachment *a)
{
	uint64_t skipped = a->verifier.detached + *(volatile __u64 *)&a->skel->bss->skipped_ends;
	const struct bpf_program *prog = NULL;

	for (size_t i = 0; i < gmem_nr_probes; i++)
		skipped += verify_missed(a, i);
	while ((prog = bpf_object__next_program(a->skel->obj, (struct bpf_program *)prog)))
		skipped += skipped_of(prog);
	a->verifier.skipped = skipped;
	return skipped;
}
