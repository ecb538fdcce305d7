/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The world as it must be if the kernel does what it was asked: actors, handles, VMs, files, slots,
 * and counters. Changed when an order is planned; the outcome is compared with that later.
 * Makes no system calls.
 */
#ifndef CHAOS_WORLD_H
#define CHAOS_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "wire.h"

#define MAX_ACTORS	256
#define MAX_VMS		250
#define MAX_FILES	1024
#define SLOTS		20

/* Each VM has gfns of its own: that tells VMs apart where nothing numbers them. */
#define WINDOW		32768		/* pages that a VM's bitmap has */
#define ROOM		32000		/* of which the plan uses these */
#define SIGNATURE	(WINDOW - 2)	/* asked for first, and never again */
#define VM_STRIDE	(1ULL << 20)
#define MAX_FILE_PAGES	8192

#define NONE		(~0U)

enum vm_type { VM_DEFAULT, VM_PROTECTED };

/* Limits of this kernel, by type of VM and flags of the file. */
struct powers {
	bool create[2][4], bind[2][4];
};

struct tally {
	uint64_t count, bytes, unchanged, failed, pages;
};

struct slot {
	bool used;
	uint64_t gfn, pages, pgoff;	/* gfn: of the window */
	uint32_t file;			/* NONE: it was released since */
};

struct vm {
	uint32_t creator, mm;
	int pid;
	enum vm_type type;
	bool ended;
	bool raced;			/* conversions overlapped: which of them changed something is open */
	uint32_t refs;
	uint64_t base, kernel_id;
	uint64_t private[WINDOW / 64];
	struct slot slots[SLOTS];
	struct tally conversions[2];	/* to shared, to private */
	struct tally punch, allocate;
	uint32_t vcpus;
	unsigned long round;		/* in which @actor alone may order for it */
	uint32_t actor;
};

struct file {
	uint32_t vm, refs;
	uint64_t ino, pages, flags, populated;
	uint64_t bits[MAX_FILE_PAGES / 64];
	unsigned long round;		/* in which @actor alone may use it */
	uint32_t actor;
};

enum handle_kind { H_FREE, H_VM, H_VCPU, H_FILE, H_MAP };

struct handle {
	enum handle_kind kind;
	uint32_t object;	/* index of the VM or file */
	uint32_t actor;
	uint64_t parked;	/* place in the queue of the actor's shelf; 0: it has the descriptor */
};

struct actor {
	bool lives;
	enum actor_kind kind;
	int pid;
	uint32_t mm;		/* index of the actor whose memory it uses */
	int socket;
};

struct world {
	struct powers powers;
	bool warm;	/* no argument lies in a page that is not present yet */
	struct actor actors[MAX_ACTORS];
	uint32_t nr_actors;
	struct vm *vms[MAX_VMS];
	uint32_t nr_vms;
	struct file *files[MAX_FILES];
	uint32_t nr_files;
	struct handle handles[MAX_HANDLES];
	uint32_t nr_handles;
	uint64_t parked;	/* grows */
	uint64_t populated;	/* pages, of all files */
	unsigned long round;
};

uint32_t world_add_actor(struct world *w, enum actor_kind kind, uint32_t parent, int pid, int socket);
uint32_t world_add_vm(struct world *w, uint32_t actor, enum vm_type type);
uint32_t world_add_file(struct world *w, uint32_t vm, uint64_t pages, uint64_t flags);

/* Returns the handle. A reference to the object goes with it. */
uint32_t world_add_handle(struct world *w, enum handle_kind kind, uint32_t object, uint32_t actor);
void world_drop_handle(struct world *w, uint32_t handle);
bool world_has_room(const struct world *w);

/* All that it has, and the actors that are threads of its process, are gone. */
void world_end_actor(struct world *w, uint32_t actor);

/* Has any actor the memory of actor @mm? */
bool world_mm_lives(const struct world *w, uint32_t mm);

uint32_t world_vm_of(const struct world *w, uint32_t handle);

/* Makes a KVM_SET_MEMORY_ATTRIBUTES that KVM accepts; @start: of the window. */
void world_convert(struct vm *vm, uint64_t start, uint64_t n, bool to_private);

/* Makes a fallocate that comes to guest_memfd. Returns if it succeeds. */
bool world_fallocate(struct world *w, uint32_t file, int mode, uint64_t offset, uint64_t length);
void world_touch(struct world *w, uint32_t file, uint64_t start, uint64_t n);

/* Returns the slot of @vm that overlaps, or NONE. */
uint32_t world_slot_at(const struct vm *vm, uint64_t gfn, uint64_t pages);
bool world_is_bound(const struct world *w, uint32_t file, uint64_t pgoff, uint64_t pages);

#endif
