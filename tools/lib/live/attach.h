/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* BPF programs, loaded and attached to the KVM that is loaded now. */
#ifndef GMEM_ATTACH_H
#define GMEM_ATTACH_H

#include <bpf/libbpf.h>
#include <stdbool.h>

#include "base/error.h"
#include "bpf/gmem_abi.h"
#include "live/inflight.h"
#include "live/inventory.h"
#include "live/live.h"
#include "live/ring.h"
#include "live/verify.h"

struct attachment {
	struct gmem_bpf *skel;
	struct ring ring;		/* of records */
	struct inventory *inv;		/* NULL: not requested */
	struct inflight inflight;
	struct active active;
	struct gmem_probes_rec probes;	/* last GMEM_PROBES */
	enum gmem_probe_set set;
	int order_argument;		/* as in struct gmem_kernel */
	struct bpf_link **links;	/* one per probe; NULL: not attached */
	struct bpf_link **keepers;	/* one per probe: program that keeps arguments for a kretprobe; else NULL */
	uint32_t *prog_ids;		/* one per probe: program of its link */
	struct verifier verifier;
	unsigned int loaded;		/* groups that can be attached */
	unsigned int groups;		/* groups that are attached */
	bool module;			/* KVM is a module: it can be unloaded once programs are detached */
	bool perf;			/* some programs are on kprobes: attaching them takes CAP_PERFMON */
};

/*
 * Loads and attaches the programs, and verifies that they run. Where one does not run on its function, the
 * next way to attach is tried. On failure *e has the reason and the remedy, and nothing is left attached.
 */
enum gmem_status attach(struct attachment *a, const struct gmem_live_opts *opts, struct gmem_error *e);

/*
 * Attaches the base and these groups, as far as they are loaded, and detaches others. Takes no capabilities,
 * except for CAP_PERFMON if perf is set. Returns 0 or -errno: then none of these groups was added.
 */
int attach_groups(struct attachment *a, unsigned int groups);

/* Verifies again, at a refresh. Returns true if a function turned blind, which changes a->probes. */
bool attach_verify(struct attachment *a);

/* Stops counting, and waits for programs that are running. Returns the time after which nothing was counted. */
uint64_t attach_stop(struct attachment *a);

/* Loads the programs in use of a->loaded, for attach(). In load.c. */
enum gmem_status attach_load(struct attachment *a, const struct gmem_live_opts *opts, struct gmem_error *e);

/* Sets the error of a failed BPF call. */
enum gmem_status attach_fail(struct gmem_error *e, const char *what, int err);

/* Returns the program of a probe, or its twin for kprobes: bpf/gmem_function.bpf.h. */
struct bpf_program *attach_program(struct bpf_object *obj, const struct gmem_probe *p, bool twin);

/* Detaches and unloads all programs, which releases KVM's module. */
void detach(struct attachment *a);

#endif /* GMEM_ATTACH_H */
