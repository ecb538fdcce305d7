/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Expected state of the world if the kernel carries out all requests: actors, handles, VMs, files,
 * slots, and counters. Updated when an order is planned, and compared with the outcome later. Makes
 * no system calls.
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

/* Each VM has its own gfns, which identify VMs where nothing numbers them. */
#define WINDOW		32768		/* pages in a VM's bitmap */
#define ROOM		32000		/* pages that the plan uses */
#define SIGNATURE	(WINDOW - 2)	/* page of a VM's first conversion, never converted again */
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
	uint64_t gfn, pages, pgoff;	/* gfn: within the window */
	uint32_t file;			/* NONE: released since */
};

struct vm {
	uint32_t creator, mm;
	int pid;
	enum vm_type type;
	bool ended;
	/* conversions overlapped: which of them changed something is open */
	bool raced;
	uint32_t refs;
	uint64_t base, kernel_id;
	uint64_t private[WINDOW / 64];
	struct slot slots[SLOTS];
	struct tally conversions[2];	/* to shared, to private */
	struct tally punch, allocate;
	uint32_t vcpus;
	uint32_t refused_files;		/* creations that guest_memfd refused */
	unsigned long round;		/* round in which only @actor may give orders for it */
	uint32_t actor;
};

struct file {
	uint32_t vm, refs;
	uint64_t ino, pages, flags, populated;
	uint64_t bits[MAX_FILE_PAGES / 64];
	unsigned long round;		/* round in which only @actor may use it */
	uint32_t actor;
};

enum handle_kind { H_FREE, H_VM, H_VCPU, H_FILE, H_MAP };

struct handle {
	enum handle_kind kind;
	uint32_t object;	/* index of the VM or file */
	uint32_t actor;
	/* place in the queue of the actor's shelf; 0: the actor has the descriptor */
	uint64_t parked;
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
	bool warm;	/* arguments lie in present pages only */
	struct actor actors[MAX_ACTORS];
	uint32_t nr_actors;
	struct vm *vms[MAX_VMS];
	uint32_t nr_vms;
	struct file *files[MAX_FILES];
	uint32_t nr_files;
	struct handle handles[MAX_HANDLES];
	uint32_t nr_handles;
	uint64_t parked;	/* last place given out on a shelf */
	uint64_t populated;	/* pages, of all files */
	unsigned long round;
};

uint32_t world_add_actor(struct world *w, enum actor_kind kind, uint32_t parent, int pid, int socket);
uint32_t world_add_vm(struct world *w, uint32_t actor, enum vm_type type);
uint32_t world_add_file(struct world *w, uint32_t vm, uint64_t pages, uint64_t flags);

/* Returns the handle, which takes a reference to the object. */
uint32_t world_add_handle(struct world *w, enum handle_kind kind, uint32_t object, uint32_t actor);
void world_drop_handle(struct world *w, uint32_t handle);
bool world_has_room(const struct world *w);

/* Ends an actor with all its descriptors, and the actors that are threads of its process. */
void world_end_actor(struct world *w, uint32_t actor);

/* Returns whether any actor uses the memory of actor @mm. */
bool world_mm_lives(const struct world *w, uint32_t mm);

uint32_t world_vm_of(const struct world *w, uint32_t handle);

/* Applies a KVM_SET_MEMORY_ATTRIBUTES that KVM accepts; @start: within the window. */
void world_convert(struct vm *vm, uint64_t start, uint64_t n, bool to_private);

/* Applies a fallocate that reaches guest_memfd. Returns whether it succeeds. */
bool world_fallocate(struct world *w, uint32_t file, int mode, uint64_t offset, uint64_t length);
void world_touch(struct world *w, uint32_t file, uint64_t start, uint64_t n);

/* Returns the slot of @vm that overlaps the range, or NONE. */
uint32_t world_slot_at(const struct vm *vm, uint64_t gfn, uint64_t pages);
bool world_is_bound(const struct world *w, uint32_t file, uint64_t pgoff, uint64_t pages);

#endif
