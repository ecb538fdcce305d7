/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Providers of events: a tracepoint, or functions. Each event uses the first one that the kernel has, whatever
 * the others use.
 */
#ifndef GMEM_PROVIDERS_H
#define GMEM_PROVIDERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "bpf/gmem_abi.h"
#include "live/probes.h"

/* Kinds of providers in use. Also the choices of --probes, where MIXED is none. */
enum gmem_probe_set {
	GMEM_SET_TRACEPOINTS,	/* a tracepoint for every event that may have one */
	GMEM_SET_STOCK,		/* functions only */
	GMEM_SET_MIXED,
	GMEM_SETS,
	GMEM_SET_ANY = GMEM_SETS	/* in options: the best provider for each event */
};

extern const char *const gmem_set_names[GMEM_SETS];	/* "tracepoints", "stock", "mixed" */

#define GMEM_PROVIDER_PROGRAMS 9

struct gmem_provider {
	enum gmem_attach attach;
	const char *programs[GMEM_PROVIDER_PROGRAMS];	/* all are needed; ends at NULL */
};

#define GMEM_EVENT_PROVIDERS 3

struct gmem_event_info {
	enum gmem_probe_group group;
	bool required;		/* the tools do not work without it */
	bool attributes;	/* only on kernels with memory attributes */
	struct gmem_provider providers[GMEM_EVENT_PROVIDERS];	/* in order of preference; ends at one without programs */
	const struct gmem_provider *in_use;	/* NULL: the kernel has none of them */
};

extern struct gmem_event_info gmem_events[GMEM_EVENTS];	/* names: gmem_event_names of abi/kinds.h */

#define gmem_for_each_event(e)	\
	for (struct gmem_event_info *e = gmem_events; e < gmem_events + GMEM_EVENTS; e++)

/* Result of gmem_providers_find(). */
struct gmem_choice {
	struct gmem_kernel kernel;
	enum gmem_probe_set set;	/* kind of the providers in use; GMEM_SETS: not usable */
	/*
	 * First tracepoint that the kernel lacks although the event exists: a function is in use instead, or the event
	 * is required and has no provider. NULL: none.
	 */
	const char *no_tracepoint;
};

/* Returns true if KVM can run VMs: its device exists. */
bool gmem_kvm_is_there(void);

/*
 * Finds all probes, and chooses the providers. @wish: GMEM_SET_STOCK for functions only; GMEM_SET_TRACEPOINTS is an
 * error where a tracepoint is missing (no_tracepoint). Returns GMEM_OK, or another status with the reason in *e. *c
 * holds what was found in either case.
 */
enum gmem_status gmem_providers_find(struct gmem_choice *c, enum gmem_probe_set wish, struct gmem_error *e);

/* The same in BTF that was read already: that of this kernel, or one made for a test. */
enum gmem_status gmem_providers_find_in(struct gmem_choice *c, struct btf *vmlinux, enum gmem_probe_set wish,
					struct gmem_error *e);

/* Returns GMEM_EVENT_BIT() of the events of these groups whose provider in use is of this kind. */
uint64_t gmem_providers_mask(enum gmem_attach attach, unsigned int groups);

/* Returns the name of the first target of the event's provider of this kind that was not found, or NULL. */
const char *gmem_event_lacks(const struct gmem_event_info *e, enum gmem_attach attach);

/* Writes the targets of the provider, each once, separated by ", ": "kvm_gmem_create". Returns @buf. */
const char *gmem_provider_targets(char *buf, size_t size, const struct gmem_provider *p);

/* Returns true if the provider in use has this program. */
bool gmem_event_uses(enum gmem_event event, const char *program);

/*
 * Returns the features with these groups attached: those whose events have a provider, no program
 * of which is blind. To be called after the choice.
 */
unsigned int gmem_probes_features(unsigned int groups);

#endif /* GMEM_PROVIDERS_H */
