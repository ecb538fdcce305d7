// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Applies records to the model: one function for each kind. */
#define HASH_NONFATAL_OOM 1	/* uthash would exit */
#include "model.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kinds.h"

#define ATTRIBUTE_PRIVATE	(1ULL << 3)	/* KVM_MEMORY_ATTRIBUTE_PRIVATE */
#define BLOCK_PAGES		512		/* of 2 MiB */

const char *const gmem_map_state_names[GMEM_MAP_STATES] = {
	[GMEM_MAP_CURRENT]	= "current",
	[GMEM_MAP_UNREAD]	= "unread",
	[GMEM_MAP_READING]	= "reading",
	[GMEM_MAP_STALE]	= "stale",
};

/* A source that does not say is one that tells all. */
struct gmem_model *gmem_model_new(void)
{
	struct gmem_model *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->features = UINT64_MAX;
	m->histories = gmem_histories_new();
	if (m->histories)
		return m;
	free(m);
	return NULL;
}

static void free_file(struct gmem_file *f)
{
	gmem_ranges_free(&f->pages);
	free(f->holders.list);
}

static void free_vm(struct gmem_model *m, struct gmem_vm *vm)
{
	HASH_DEL(m->vms, vm);
	if (m->histories)
		gmem_histories_forget(m->histories, vm->id);
	gmem_ranges_free(&vm->private);
	gmem_ranges_free(&vm->shared_pages);
	for (size_t i = 0; i < vm->nr_files; i++)
		free_file(&vm->files[i]);
	free(vm->holders.list);
	gmem_changes_free(&vm->changes);
	gmem_hot_free(vm->hot);
	free(vm->recent);
	free(vm->slots);
	free(vm->files);
	free(vm->inflight);
	free(vm);
}

void gmem_model_free(struct gmem_model *m)
{
	struct gmem_vm *vm, *tmp;

	if (!m)
		return;
	HASH_ITER(hh, m->vms, vm, tmp)
		free_vm(m, vm);
	free(m->lost_by_cpu);
	gmem_histories_free(m->histories);
	free(m);
}

void gmem_model_forget(struct gmem_model *m, uint64_t ts_ns)
{
	struct gmem_vm *vm, *tmp;

	HASH_ITER(hh, m->vms, vm, tmp) {
		if (vm->ended_ns && vm->ended_ns <= ts_ns)
			free_vm(m, vm);
	}
}

struct gmem_vm *gmem_model_vm(const struct gmem_model *m, uint64_t id)
{
	struct gmem_vm *vm;

	HASH_FIND(hh, m->vms, &id, sizeof(id), vm);
	return vm;
}

static struct gmem_vm *get_vm(struct gmem_model *m, const struct gmem_hdr *h)
{
	struct gmem_vm *vm = gmem_model_vm(m, h->vm);

	if (vm)
		return vm;
	vm = calloc(1, sizeof(*vm));
	if (!vm)
		return NULL;
	vm->id = h->vm;
	vm->pid = h->tgid;
	vm->seen_ns = h->ts_ns;
	HASH_ADD(hh, m->vms, id, sizeof(vm->id), vm);
	if (!vm->hh.tbl) {
		free(vm);
		return NULL;
	}
	return vm;
}

/* Room for one more at index i of an array of n; NULL if there is no memory. */
static void *open_gap(void *array, size_t n, size_t i, size_t size)
{
	char *p = reallocarray(array, n + 1, size);

	if (p)
		memmove(p + (i + 1) * size, p + i * size, (n - i) * size);
	return p;
}

static void close_gap(void *array, size_t n, size_t i, size_t size)
{
	char *p = array;

	memmove(p + i * size, p + (i + 1) * size, (n - i - 1) * size);
}

static struct gmem_file *find_file(struct gmem_vm *vm, uint64_t ino)
{
	for (size_t i = 0; i < vm->nr_files; i++) {
		if (vm->files[i].ino == ino)
			return &vm->files[i];
	}
	return NULL;
}

static void copy_text(char *to, const char *from, size_t size)
{
	memcpy(to, from, size);
	to[size - 1] = '\0';
}

static int add_holder(struct gmem_holders *holders, uint32_t pid, const char *comm, uint64_t ts_ns)
{
	struct gmem_holder *h = holders->list;
	size_t i = 0;

	while (i < holders->nr && h[i].pid != pid)
		i++;
	if (i == GMEM_HOLDERS_MAX)
		return 0;
	if (i == holders->nr) {
		h = open_gap(h, i, i, sizeof(*h));
		if (!h)
			return -ENOMEM;
		holders->list = h;
		holders->nr++;
		h[i] = (struct gmem_holder){ .pid = pid };
	}
	h[i].seen_ns = ts_ns;
	if (comm)
		copy_text(h[i].comm, comm, sizeof(h[i].comm));
	return 0;
}

static void forget_holders(struct gmem_holders *holders, uint64_t before_ns)
{
	for (size_t i = holders->nr; i-- > 0; ) {
		if (holders->list[i].seen_ns < before_ns)
			close_gap(holders->list, holders->nr--, i, sizeof(*holders->list));
	}
}

/* Who makes a file has it, and has the VM, which it asked for it. */
static int add_creator(struct gmem_vm *vm, const struct gmem_rec *r)
{
	const char *comm = r->h.tgid == vm->pid ? vm->comm : NULL;
	int err = add_holder(&vm->holders, r->h.tgid, comm, r->h.ts_ns);

	return err ? err : add_holder(&find_file(vm, r->ino)->holders, r->h.tgid, comm, r->h.ts_ns);
}

static int apply_holder(struct gmem_vm *vm, const struct gmem_holder_rec *r)
{
	struct gmem_file *f = r->ino ? find_file(vm, r->ino) : NULL;

	if (r->ino)
		return f ? add_holder(&f->holders, r->h.tgid, r->comm, r->h.ts_ns) : 0;
	vm->orphan = false;
	return add_holder(&vm->holders, r->h.tgid, r->comm, r->h.ts_ns);
}

/* Who was not met is gone. Of a VM that came while they were looked for, nothing is known. */
static void apply_holders(struct gmem_model *m, const struct gmem_rec *r)
{
	uint64_t begin_ns = r->h.ts_ns - r->dur_ns;
	struct gmem_vm *vm, *tmp;

	m->holders_ns = begin_ns;
	HASH_ITER(hh, m->vms, vm, tmp) {
		if (vm->seen_ns >= begin_ns || vm->ended_ns)
			continue;
		forget_holders(&vm->holders, begin_ns);
		for (size_t i = 0; i < vm->nr_files; i++)
			forget_holders(&vm->files[i].holders, begin_ns);
		vm->orphan = !vm->holders.nr;
	}
}

/* An event and the inventory may both tell of it, in any order. */
static int add_file(struct gmem_vm *vm, const struct gmem_rec *r)
{
	struct gmem_file *f = find_file(vm, r->ino), *files;

	if (!f) {
		files = open_gap(vm->files, vm->nr_files, vm->nr_files, sizeof(*files));
		if (!files)
			return -ENOMEM;
		vm->files = files;
		f = &files[vm->nr_files++];
		memset(f, 0, sizeof(*f));
	}
	f->ino = r->ino;
	f->size_pages = r->end;
	f->flags = r->arg;
	f->seen_ns = r->h.ts_ns;
	if (r->h.kind == GMEM_SCAN_FILE)
		f->populated = r->nr_pages;
	return f->populated ? 0 : gmem_ranges_del(&f->pages, 0, UINT64_MAX);
}

static void del_slots(struct gmem_vm *vm, uint64_t ino, bool any, uint32_t slot)
{
	for (size_t i = vm->nr_slots; i-- > 0; ) {
		if (vm->slots[i].ino == ino && (any || vm->slots[i].slot == slot))
			close_gap(vm->slots, vm->nr_slots--, i, sizeof(*vm->slots));
	}
}

static void close_file(struct gmem_vm *vm, size_t i)
{
	free_file(&vm->files[i]);
	close_gap(vm->files, vm->nr_files--, i, sizeof(*vm->files));
}

/* The kernel unbinds what is left when the file goes, and tells no more of it. */
static int del_file(struct gmem_vm *vm, const struct gmem_rec *r)
{
	del_slots(vm, r->ino, true, 0);
	for (size_t i = vm->nr_files; i-- > 0; ) {
		if (vm->files[i].ino == r->ino)
			close_file(vm, i);
	}
	return 0;
}

/* A memslot is bound once: what is still bound to it lost its unbind. */
static void del_stale_slot(struct gmem_vm *vm, uint32_t slot)
{
	for (size_t i = vm->nr_slots; i-- > 0; ) {
		if (vm->slots[i].slot == slot)
			close_gap(vm->slots, vm->nr_slots--, i, sizeof(*vm->slots));
	}
}

static int add_slot(struct gmem_vm *vm, const struct gmem_rec *r)
{
	struct gmem_slot *slots;
	size_t i = 0;

	if (r->ret || r->start >= r->end)
		return 0;
	del_stale_slot(vm, r->aux);
	while (i < vm->nr_slots && vm->slots[i].gfn < r->start)
		i++;
	slots = open_gap(vm->slots, vm->nr_slots, i, sizeof(*slots));
	if (!slots)
		return -ENOMEM;
	vm->slots = slots;
	slots[i] = (struct gmem_slot){
		r->aux, r->start, r->end - r->start, r->ino, r->arg, r->h.ts_ns,
	};
	vm->nr_slots++;
	return 0;
}

/* A task is in one operation of a kind; a vCPU that stalls may come back by another task. */
static bool same_op(const struct gmem_inflight *op, const struct gmem_rec *r, uint16_t begin)
{
	if (op->kind != begin)
		return false;
	return begin == GMEM_STALL_BEGIN ? op->aux == r->aux : op->tid == r->h.tid;
}

/* Also all whose end was lost. */
static void drop_op(struct gmem_vm *vm, const struct gmem_rec *r, uint16_t begin)
{
	for (size_t i = vm->nr_inflight; i-- > 0; ) {
		const struct gmem_inflight *op = &vm->inflight[i];

		if (same_op(op, r, begin))
			close_gap(vm->inflight, vm->nr_inflight--, i, sizeof(*op));
	}
}

/* Only the first phase has no record: it begins with the conversion. */
static void enter_phase(struct gmem_vm *vm, const struct gmem_rec *r)
{
	for (size_t i = 0; i < vm->nr_inflight; i++) {
		struct gmem_inflight *op = &vm->inflight[i];

		if (op->kind == GMEM_ATTRIBUTES_BEGIN && op->tid == r->h.tid)
			op->phase = r->arg < GMEM_PHASES - GMEM_PHASE_CHECK ?
				    (uint32_t)r->arg + GMEM_PHASE_CHECK + 1 : 0;
	}
}

static int begin_op(struct gmem_vm *vm, const struct gmem_rec *r)
{
	struct gmem_inflight *p;
	size_t i;

	/* It may be told twice. */
	drop_op(vm, r, r->h.kind);
	i = vm->nr_inflight;
	/* Records of several CPUs may overtake each other. */
	while (i && vm->inflight[i - 1].begin_ns > r->h.ts_ns)
		i--;
	p = open_gap(vm->inflight, vm->nr_inflight, i, sizeof(*p));
	if (!p)
		return -ENOMEM;
	vm->inflight = p;
	vm->nr_inflight++;
	p[i] = (struct gmem_inflight){
		.begin_ns = r->h.ts_ns, .tid = r->h.tid, .kind = r->h.kind, .aux = r->aux,
		.ino = r->ino, .start = r->start, .end = r->end, .arg = r->arg,
	};
	return 0;
}

/* Where it is at work: of one that never converts, nothing is kept. */
static int remember(struct gmem_vm *vm, const struct gmem_rec *r, bool private)
{
	enum gmem_direction d = private ? GMEM_TO_PRIVATE : GMEM_TO_SHARED;

	if (!vm->hot && !(vm->hot = gmem_hot_new(GMEM_VM_HOT)))
		return -ENOMEM;
	if (!vm->recent && !(vm->recent = calloc(1, sizeof(*vm->recent))))
		return -ENOMEM;
	gmem_hot_add(vm->hot, r->h.ts_ns, r->start, r->end, d);
	gmem_recent_add(vm->recent, r->h.ts_ns, r->start, r->end, d);
	return 0;
}

static int set_attributes(struct gmem_vm *vm, const struct gmem_rec *r)
{
	struct gmem_change change = { r->nr_pages, r->start, r->end };
	bool private = r->arg & ATTRIBUTE_PRIVATE;
	int err;

	/* Attributes by page offset of a file (ino) are of kernels to come. */
	if (r->ino)
		return 0;
	if (r->ret || !r->aux)
		change.end = change.start;
	err = change.start < change.end ? remember(vm, r, private) : 0;
	if (err)
		return err;
	if (change.order)
		return gmem_changes_apply(&vm->changes, &vm->private, &change, private);
	if (change.start == change.end)
		return 0;
	if (private)
		return gmem_ranges_add(&vm->private, r->start, r->end);
	return gmem_ranges_del(&vm->private, r->start, r->end);
}

static void scan_begin(struct gmem_vm *vm, const struct gmem_rec *r)
{
	vm->map = GMEM_MAP_READING;
	vm->scan_ns = r->h.ts_ns;
	vm->scan_lost = r->arg;
}

/* In its range the set is what the record says. */
static int replace(struct gmem_ranges *set, const struct gmem_map_rec *r)
{
	int err = gmem_ranges_del(set, r->start, r->end);

	for (uint64_t i = 0; !err && i < r->nr && i < GMEM_MAP_EXTENTS; i++)
		err = gmem_ranges_add(set, r->extents[i].start, r->extents[i].end);
	return err;
}

static int apply_map(struct gmem_vm *vm, const struct gmem_map_rec *r)
{
	struct gmem_file *f;

	switch (r->h.kind) {
	case GMEM_PAGES:
		f = find_file(vm, r->ino);
		return f ? replace(&f->pages, r) : 0;
	case GMEM_SHARED_PAGES:
		return replace(&vm->shared_pages, r);
	default:
		return replace(&vm->private, r);
	}
}

/* What neither the scan nor an event has told of since it began is gone. */
static void forget_unseen(struct gmem_vm *vm)
{
	for (size_t i = vm->nr_files; i-- > 0; ) {
		if (vm->files[i].seen_ns < vm->scan_ns)
			close_file(vm, i);
	}
	for (size_t i = vm->nr_slots; i-- > 0; ) {
		if (vm->slots[i].seen_ns < vm->scan_ns)
			close_gap(vm->slots, vm->nr_slots--, i, sizeof(*vm->slots));
	}
}

static void scan_end(struct gmem_vm *vm, const struct gmem_rec *r)
{
	if (r->aux)
		forget_unseen(vm);
	vm->scan_took_ns = r->h.ts_ns - vm->scan_ns;
	vm->map = vm->now.lost_state > vm->scan_lost ? GMEM_MAP_STALE : GMEM_MAP_CURRENT;
}

static void end_vm(struct gmem_vm *vm, uint64_t ts_ns)
{
	vm->ended_ns = ts_ns;
	vm->nr_inflight = 0;
	vm->orphan = false;
	vm->map = GMEM_MAP_CURRENT;	/* there is nothing left to read */
}

static int apply_event(struct gmem_vm *vm, const struct gmem_rec *r)
{
	const struct gmem_kind_info *k = gmem_kind(r->h.kind);
	int err;

	if (k->phase == GMEM_BEGIN)
		return begin_op(vm, r);
	if (k->phase == GMEM_END)
		drop_op(vm, r, r->h.kind - 1);
	switch (r->h.kind) {
	case GMEM_CREATE:
		err = add_file(vm, r);
		return err ? err : add_creator(vm, r);
	case GMEM_SCAN_FILE:
		return add_file(vm, r);
	case GMEM_RELEASE:
		return del_file(vm, r);
	case GMEM_BIND:
	case GMEM_SCAN_SLOT:
		return add_slot(vm, r);
	case GMEM_SCAN_BEGIN:
		scan_begin(vm, r);
		return 0;
	case GMEM_SCAN_END:
		scan_end(vm, r);
		return 0;
	case GMEM_ATTRIBUTES_PHASE:
		enter_phase(vm, r);
		return 0;
	case GMEM_UNBIND:
		del_slots(vm, r->ino, false, r->aux);
		return 0;
	case GMEM_ATTRIBUTES_END:
		return set_attributes(vm, r);
	case GMEM_VM_END:
		end_vm(vm, r->h.ts_ns);
		return 0;
	default:
		return 0;
	}
}

static void apply_identity(struct gmem_vm *vm, const struct gmem_vm_rec *r)
{
	vm->vcpus = r->vcpus;
	vm->type = r->type;
	if ((r->flags & GMEM_VM_SCANNED) && !vm->scan_ns)
		vm->map = GMEM_MAP_UNREAD;
	vm->pid = r->h.tgid;
	vm->start_ns = r->start_ns;
	copy_text(vm->comm, r->comm, sizeof(vm->comm));
}

static void apply_name(struct gmem_vm *vm, const struct gmem_name_rec *r)
{
	copy_text(vm->name, r->name, sizeof(vm->name));
	copy_text(vm->cgroup, r->cgroup, sizeof(vm->cgroup));
}

static int apply_counters(struct gmem_model *m, struct gmem_vm *vm, const struct gmem_counters_rec *r)
{
	vm->before = vm->now;
	vm->before_ns = vm->counters_ns;
	/* One that the last refresh did not tell had changed nothing up to then. */
	if (vm->before_ns && vm->before_ns < m->sync_before_ns)
		vm->before_ns = m->sync_ns;
	vm->now = r->c;
	vm->counters_ns = r->h.ts_ns;
	if (r->c.lost_state > vm->scan_lost && vm->map == GMEM_MAP_CURRENT)
		vm->map = GMEM_MAP_STALE;
	/* The record of the end may have been lost. */
	if (r->c.ended_ns)
		end_vm(vm, r->c.ended_ns);
	return gmem_histories_add(m->histories, vm->id, &vm->before, &vm->now);
}

/* Nobody can read it again. */
static void distrust_maps(struct gmem_model *m)
{
	struct gmem_vm *vm, *tmp;

	HASH_ITER(hh, m->vms, vm, tmp) {
		if (vm->map == GMEM_MAP_CURRENT && !vm->ended_ns)
			vm->map = GMEM_MAP_STALE;
	}
}

static void apply_losses(struct gmem_model *m, const struct gmem_lost_rec *r)
{
	if (r->lost[GMEM_LOST_DAMAGED] > m->lost[GMEM_LOST_DAMAGED])
		distrust_maps(m);
	memcpy(m->lost, r->lost, sizeof(m->lost));
	memcpy(m->lost_by_kind, r->by_kind, sizeof(m->lost_by_kind));
}

#define CPUS_MAX	65536	/* no kernel has more, but a recording may say anything */

static int apply_lost_cpu(struct gmem_model *m, const struct gmem_lost_cpu_rec *r)
{
	size_t n = (size_t)r->h.cpu + 1;
	uint64_t *p;

	if (n > CPUS_MAX)
		return 0;
	if (n > m->nr_lost_cpus) {
		p = reallocarray(m->lost_by_cpu, n, sizeof(*p));
		if (!p)
			return -ENOMEM;
		memset(p + m->nr_lost_cpus, 0, (n - m->nr_lost_cpus) * sizeof(*p));
		m->lost_by_cpu = p;
		m->nr_lost_cpus = n;
	}
	m->lost_by_cpu[r->h.cpu] = r->lost;
	return 0;
}

/* What is still in flight is told next. */
static void forget_inflight(struct gmem_model *m)
{
	struct gmem_vm *vm, *tmp;

	HASH_ITER(hh, m->vms, vm, tmp)
		vm->nr_inflight = 0;
}

/* KVM was unloaded and loaded again, and numbers its VMs from the start. */
static void forget_namesake(struct gmem_model *m, const struct gmem_hdr *rec)
{
	struct gmem_vm *vm = rec->kind == GMEM_VM ? gmem_model_vm(m, rec->vm) : NULL;

	if (vm && vm->ended_ns && vm->ended_ns < rec->ts_ns)
		free_vm(m, vm);
}

int gmem_model_apply(struct gmem_model *m, const struct gmem_hdr *rec)
{
	const struct gmem_kind_info *k = gmem_kind(rec->kind);
	struct gmem_vm *vm;
	int err;

	if (!k)
		return 0;
	if (rec->size < gmem_kind_bytes(rec->kind))
		return -EINVAL;
	if (rec->ts_ns > m->now_ns)
		m->now_ns = rec->ts_ns;
	if (rec->kind == GMEM_LOST)
		apply_losses(m, (const struct gmem_lost_rec *)rec);
	if (rec->kind == GMEM_LOST_CPU)
		return apply_lost_cpu(m, (const struct gmem_lost_cpu_rec *)rec);
	if (rec->kind == GMEM_BACKING) {
		m->features |= GMEM_FEATURE_BACKING;
		m->backing_ns = rec->ts_ns;
		m->backing_took_ns = ((const struct gmem_rec *)rec)->dur_ns;
	}
	if (rec->kind == GMEM_INFLIGHT)
		forget_inflight(m);
	if (rec->kind == GMEM_SYNC)
		gmem_histories_sync(m->histories, rec->ts_ns);
	if (rec->kind == GMEM_SYNC) {
		m->sync_before_ns = m->sync_ns;
		m->sync_ns = rec->ts_ns;
	}
	if (rec->kind == GMEM_COST) {
		m->cost_before = m->cost;
		memcpy(&m->cost, rec, sizeof(m->cost));
	}
	if (rec->kind == GMEM_PROBES)
		m->features = ((const struct gmem_probes_rec *)rec)->features;
	if (rec->kind == GMEM_HOLDERS)
		apply_holders(m, (const struct gmem_rec *)rec);
	if (!rec->vm)
		return 0;
	/* A VM that is known by nothing else has no private memory. */
	if (rec->kind == GMEM_HOLDER) {
		vm = gmem_model_vm(m, rec->vm);
		return vm ? apply_holder(vm, (const struct gmem_holder_rec *)rec) : 0;
	}
	forget_namesake(m, rec);
	vm = get_vm(m, rec);
	if (!vm)
		return -ENOMEM;
	if (rec->kind == GMEM_VM) {
		apply_identity(vm, (const struct gmem_vm_rec *)rec);
		return 0;
	}
	if (rec->kind == GMEM_NAME) {
		apply_name(vm, (const struct gmem_name_rec *)rec);
		return 0;
	}
	if (rec->kind == GMEM_COUNTERS)
		return apply_counters(m, vm, (const struct gmem_counters_rec *)rec);
	if (rec->kind == GMEM_SCAN_MAP || rec->kind == GMEM_PAGES || rec->kind == GMEM_SHARED_PAGES)
		return apply_map(vm, (const struct gmem_map_rec *)rec);
	err = apply_event(vm, (const struct gmem_rec *)rec);
	if (!err && k->phase != GMEM_META)
		m->nr_events++;
	return err;
}

uint64_t gmem_vm_slot_bytes(const struct gmem_vm *vm)
{
	uint64_t pages = 0;

	for (size_t i = 0; i < vm->nr_slots; i++)
		pages += vm->slots[i].npages;
	return pages << GMEM_PAGE_SHIFT;
}

uint64_t gmem_vm_populated_bytes(const struct gmem_vm *vm)
{
	uint64_t pages = 0;

	for (size_t i = 0; i < vm->nr_files; i++)
		pages += vm->files[i].populated;
	return pages << GMEM_PAGE_SHIFT;
}

size_t gmem_file_bindings(const struct gmem_vm *vm, const struct gmem_file *f)
{
	size_t n = 0;

	for (size_t i = 0; i < vm->nr_slots; i++)
		n += vm->slots[i].ino == f->ino;
	return n;
}

bool gmem_file_unused(const struct gmem_vm *vm, const struct gmem_file *f)
{
	return vm->orphan || !gmem_file_bindings(vm, f);
}

uint64_t gmem_vm_unused_bytes(const struct gmem_vm *vm)
{
	uint64_t pages = 0;

	for (size_t i = 0; i < vm->nr_files; i++) {
		if (gmem_file_unused(vm, &vm->files[i]))
			pages += vm->files[i].populated;
	}
	return pages << GMEM_PAGE_SHIFT;
}

uint64_t gmem_vm_private_bytes(const struct gmem_vm *vm)
{
	uint64_t pages = 0;

	for (size_t i = 0; i < vm->nr_slots; i++)
		pages += gmem_ranges_count(&vm->private, vm->slots[i].gfn,
					   vm->slots[i].gfn + vm->slots[i].npages);
	return pages << GMEM_PAGE_SHIFT;
}

/* Pages of the set in [start, end) that are private; or, of the others, shared. */
static uint64_t pages_of(const struct gmem_vm *vm, const struct gmem_ranges *set, uint64_t start,
			 uint64_t end, uint64_t to_gfn, bool private)
{
	struct gmem_extent x = { 0, start };
	uint64_t pages = 0;

	while (gmem_ranges_next(set, x.end, &x) && x.start < end) {
		uint64_t lo = x.start > start ? x.start : start, hi = x.end < end ? x.end : end;
		uint64_t n = gmem_ranges_count(&vm->private, lo + to_gfn, hi + to_gfn);

		pages += private ? n : hi - lo - n;
	}
	return pages;
}

struct gmem_doubled gmem_slot_doubled(const struct gmem_vm *vm, const struct gmem_slot *s,
				      uint64_t start, uint64_t end)
{
	struct gmem_doubled d = { 0, 0 };
	const struct gmem_file *f = NULL;

	for (size_t n = 0; n < vm->nr_files && !f; n++)
		f = vm->files[n].ino == s->ino ? &vm->files[n] : NULL;
	if (f)
		d.private_bytes = pages_of(vm, &f->pages, start - s->gfn + s->pgoff,
					   end - s->gfn + s->pgoff, s->gfn - s->pgoff, false);
	d.shared_bytes = pages_of(vm, &vm->shared_pages, start, end, 0, true);
	d.private_bytes <<= GMEM_PAGE_SHIFT;
	d.shared_bytes <<= GMEM_PAGE_SHIFT;
	return d;
}

struct gmem_doubled gmem_vm_doubled(const struct gmem_vm *vm)
{
	struct gmem_doubled sum = { 0, 0 };

	for (size_t i = 0; i < vm->nr_slots; i++) {
		const struct gmem_slot *s = &vm->slots[i];
		struct gmem_doubled d = gmem_slot_doubled(vm, s, s->gfn, s->gfn + s->npages);

		sum.private_bytes += d.private_bytes;
		sum.shared_bytes += d.shared_bytes;
	}
	return sum;
}

uint64_t gmem_vm_shared_populated_bytes(const struct gmem_vm *vm)
{
	uint64_t pages = 0;

	for (size_t i = 0; i < vm->nr_slots; i++)
		pages += gmem_ranges_count(&vm->shared_pages, vm->slots[i].gfn,
					   vm->slots[i].gfn + vm->slots[i].npages);
	return pages << GMEM_PAGE_SHIFT;
}

/* Of a block that slots may cover in part, or several together. */
static bool is_mixed(const struct gmem_vm *vm, uint64_t block)
{
	uint64_t from = block * BLOCK_PAGES, to = from + BLOCK_PAGES, pages = 0, private = 0;

	for (size_t i = 0; i < vm->nr_slots && vm->slots[i].gfn < to; i++) {
		uint64_t start = vm->slots[i].gfn, end = start + vm->slots[i].npages;

		start = start > from ? start : from;
		end = end < to ? end : to;
		if (start >= end)
			continue;
		pages += end - start;
		private += gmem_ranges_count(&vm->private, start, end);
	}
	return private && private < pages;
}

/* Of the blocks [first, last), which one slot covers: those with an edge of an extent inside. */
static uint64_t mixed_within(const struct gmem_vm *vm, uint64_t first, uint64_t last)
{
	uint64_t mixed = 0, done = first;	/* blocks below done were counted or are whole */
	struct gmem_extent x = { 0, first * BLOCK_PAGES };

	if (first >= last)
		return 0;
	while (gmem_ranges_next(&vm->private, x.end, &x) && x.start / BLOCK_PAGES < last) {
		uint64_t edges[2] = { x.start, x.end };

		for (int i = 0; i < 2; i++) {
			uint64_t block = edges[i] / BLOCK_PAGES;

			if (edges[i] % BLOCK_PAGES == 0 || block < done || block >= last)
				continue;
			mixed++;
			done = block + 1;
		}
	}
	return mixed;
}

/* Slots are in order of gfn, and neighbours may share a block: it is looked at once. */
struct gmem_blocks gmem_vm_blocks(const struct gmem_vm *vm)
{
	struct gmem_blocks b = { 0, 0 };
	uint64_t done = 0;	/* blocks below were looked at */

	for (size_t i = 0; i < vm->nr_slots; i++) {
		const struct gmem_slot *s = &vm->slots[i];
		uint64_t first = s->gfn / BLOCK_PAGES;
		uint64_t last = (s->gfn + s->npages - 1) / BLOCK_PAGES;

		if (first < done)
			first = done;
		if (first > last)
			continue;
		b.total += last + 1 - first;
		b.mixed += is_mixed(vm, first) + mixed_within(vm, first + 1, last);
		if (last > first)
			b.mixed += is_mixed(vm, last);
		done = last + 1;
	}
	return b;
}

double gmem_vm_rate(const struct gmem_vm *vm, uint64_t now, uint64_t before)
{
	if (!vm->before_ns || vm->counters_ns <= vm->before_ns || now < before)
		return 0;
	return (double)(now - before) * 1e9 / (double)(vm->counters_ns - vm->before_ns);
}

double gmem_vm_conversions_per_s(const struct gmem_vm *vm)
{
	double f = 0;

	for (int d = 0; d < GMEM_DIRECTIONS; d++)
		f += gmem_vm_rate(vm, vm->now.conversion[d].count, vm->before.conversion[d].count);
	return f;
}

double gmem_vm_converted_bytes_per_s(const struct gmem_vm *vm)
{
	double f = 0;

	for (int d = 0; d < GMEM_DIRECTIONS; d++)
		f += gmem_vm_rate(vm, vm->now.conversion[d].bytes, vm->before.conversion[d].bytes);
	return f;
}
