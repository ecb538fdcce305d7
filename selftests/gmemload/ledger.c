// SPDX-License-Identifier: GPL-2.0-only
/* Ledger in JSON. */
#include <errno.h>
#include <json-c/json.h>
#include <string.h>
#include <unistd.h>

#include "ledger.h"

#define LEDGER_VERSION 1

static void add_u64(struct json_object *to, const char *key, uint64_t value)
{
	json_object_object_add(to, key, json_object_new_uint64(value));
}

static struct json_object *new_pair(uint64_t start, uint64_t npages)
{
	struct json_object *pair = json_object_new_array_ext(2);

	json_object_array_add(pair, json_object_new_uint64(start));
	json_object_array_add(pair, json_object_new_uint64(npages));
	return pair;
}

static struct json_object *new_conversions(const struct conversion_count by_side[NR_SIDES])
{
	static const char *const names[NR_SIDES] = {
		[SIDE_PRIVATE] = "to_private",
		[SIDE_SHARED] = "to_shared",
	};
	struct json_object *conversions = json_object_new_object();
	unsigned int i;

	for (i = 0; i < NR_SIDES; i++) {
		struct json_object *count = json_object_new_object();

		add_u64(count, "count", by_side[i].count);
		add_u64(count, "bytes", by_side[i].bytes);
		add_u64(count, "unchanged_count", by_side[i].unchanged_count);
		json_object_object_add(conversions, names[i], count);
	}
	return conversions;
}

static void add_conversions(struct json_object *to, const struct counters *counters)
{
	static const char *const names[NR_ORIGINS] = {
		[ORIGIN_SETUP] = "setup",
		[ORIGIN_HYPERCALL] = "hypercall",
		[ORIGIN_ACCESS] = "access",
		[ORIGIN_IOCTL] = "ioctl",
	};
	struct json_object *by_origin = json_object_new_object();
	struct conversion_count total[NR_SIDES] = { 0 };
	unsigned int i, side;

	for (i = 0; i < NR_ORIGINS; i++) {
		for (side = 0; side < NR_SIDES; side++)
			conversion_count_add(&total[side], &counters->conversions[i][side]);
		json_object_object_add(by_origin, names[i],
				       new_conversions(counters->conversions[i]));
	}
	json_object_object_add(to, "conversions", new_conversions(total));
	json_object_object_add(to, "by_origin", by_origin);
}

static void add_counters(struct json_object *to, const struct counters *counters)
{
	struct json_object *punches = json_object_new_object();
	struct json_object *discards = json_object_new_object();

	add_conversions(to, counters);
	add_u64(to, "failed_conversions", counters->failed_conversions);
	add_u64(punches, "count", counters->punches);
	add_u64(punches, "again", counters->punches_again);
	add_u64(punches, "bytes", counters->punched_bytes);
	add_u64(punches, "freed_pages", counters->freed_pages);
	json_object_object_add(to, "punches", punches);
	add_u64(discards, "count", counters->shared_discards);
	add_u64(discards, "bytes", counters->shared_discarded_bytes);
	json_object_object_add(to, "shared_discards", discards);
	add_u64(to, "memory_faults", counters->memory_faults);
	add_u64(to, "hypercalls", counters->hypercalls);
}

static struct json_object *new_slots(const struct vm *vm)
{
	struct json_object *slots = json_object_new_array();
	unsigned int i;

	for (i = 0; i < vm->nr_slots; i++) {
		const struct slot *slot = &vm->slots[i];
		struct json_object *entry = json_object_new_object();

		add_u64(entry, "slot", slot->id);
		add_u64(entry, "base_gfn", GM_RAM_GFN + slot->pages.start);
		add_u64(entry, "npages", slot->pages.npages);
		add_u64(entry, "ino", slot->file->ino);
		add_u64(entry, "pgoff", slot->pgoff);
		json_object_array_add(slots, entry);
	}
	return slots;
}

static uint64_t populated_pages(const struct vm *vm, const struct gmem_file *file)
{
	uint64_t populated = 0;
	unsigned int i;

	for (i = 0; i < vm->nr_slots; i++)
		if (vm->slots[i].file == file)
			populated += pagestate_populated(&vm->pages, SIDE_PRIVATE,
							 vm->slots[i].pages.start,
							 vm->slots[i].pages.npages);
	return populated;
}

static struct json_object *new_files(const struct vm *vm)
{
	struct json_object *files = json_object_new_array();
	unsigned int i;

	for (i = 0; i < vm->nr_files; i++) {
		const struct gmem_file *file = &vm->files[i];
		struct json_object *entry = json_object_new_object();

		add_u64(entry, "ino", file->ino);
		add_u64(entry, "fd", file->fd);
		add_u64(entry, "size_bytes", file->npages << GM_PAGE_SHIFT);
		add_u64(entry, "populated_pages", populated_pages(vm, file));
		json_object_array_add(files, entry);
	}
	return files;
}

static struct json_object *new_attributes(const struct vm *vm)
{
	struct json_object *attributes = json_object_new_array();
	struct page_extent extent;
	uint64_t page = 0;

	while (pagestate_next_private(&vm->pages, page, vm->pages.npages, &extent)) {
		json_object_array_add(attributes,
				      new_pair(GM_RAM_GFN + extent.start, extent.npages));
		page = extent.start + extent.npages;
	}
	/* The windows lie above RAM and are never adjacent to it. */
	if (vm->windows.npages)
		json_object_array_add(attributes, new_pair(vm->windows.start, vm->windows.npages));
	return attributes;
}

/* Adds an extent; extents adjacent in the file are merged, even across two slots. */
static void add_extent(struct json_object *extents, struct page_extent *open, uint64_t start,
		       uint64_t npages)
{
	if (open->npages && open->start + open->npages == start) {
		open->npages += npages;
		return;
	}
	if (open->npages)
		json_object_array_add(extents, new_pair(open->start, open->npages));
	*open = (struct page_extent){ start, npages };
}

static void add_slot_extents(struct json_object *extents, const struct vm *vm,
			     const struct slot *slot, struct page_extent *open)
{
	uint64_t page = slot->pages.start;
	uint64_t end = page + slot->pages.npages;
	struct page_extent extent;

	while (pagestate_next_populated(&vm->pages, SIDE_PRIVATE, page, end, &extent)) {
		add_extent(extents, open, slot->pgoff + extent.start - slot->pages.start,
			   extent.npages);
		page = extent.start + extent.npages;
	}
}

static struct json_object *new_populated(const struct vm *vm)
{
	struct json_object *populated = json_object_new_array();
	unsigned int i, j;

	for (i = 0; i < vm->nr_files; i++) {
		struct json_object *entry = json_object_new_object();
		struct json_object *extents = json_object_new_array();
		struct page_extent open = { 0 };

		/* In a file with several slots, the last slot comes first (see vm.c). */
		for (j = vm->nr_slots; j-- > 0;)
			if (vm->slots[j].file == &vm->files[i])
				add_slot_extents(extents, vm, &vm->slots[j], &open);
		add_extent(extents, &open, UINT64_MAX, 0);
		add_u64(entry, "ino", vm->files[i].ino);
		json_object_object_add(entry, "extents", extents);
		json_object_array_add(populated, entry);
	}
	return populated;
}

struct json_object *ledger_vm(const struct runner *runner)
{
	const struct vm *vm = &runner->vm;
	struct json_object *entry = json_object_new_object();

	add_u64(entry, "vm", vm->index);
	add_u64(entry, "pid", vm->pid);
	add_u64(entry, "vm_fd", vm->vm_fd);
	json_object_object_add(entry, "name", json_object_new_string(vm->name));
	add_u64(entry, "vcpus", vm->options->vcpus);
	json_object_object_add(entry, "slots", new_slots(vm));
	json_object_object_add(entry, "files", new_files(vm));
	add_counters(entry, &runner->counters);
	json_object_object_add(entry, "attributes", new_attributes(vm));
	json_object_object_add(entry, "populated", new_populated(vm));
	add_u64(entry, "shared_populated_pages",
		pagestate_populated(&vm->pages, SIDE_SHARED, 0, vm->pages.npages));
	add_u64(entry, "double_backed_private_pages", pagestate_double_backed(&vm->pages, SIDE_PRIVATE));
	add_u64(entry, "double_backed_shared_pages", pagestate_double_backed(&vm->pages, SIDE_SHARED));
	add_u64(entry, "verified_pages", runner->counters.verified_pages);
	add_u64(entry, "verify_failures", runner->counters.verify_failures);
	add_u64(entry, "elapsed_ns", vm->elapsed_ns);
	return entry;
}

struct json_object *ledger_new(const struct options *options)
{
	struct json_object *ledger = json_object_new_object();
	struct json_object *argv = json_object_new_array();
	int i;

	for (i = 0; i < options->argc; i++)
		json_object_array_add(argv, json_object_new_string(options->argv[i]));
	add_u64(ledger, "version", LEDGER_VERSION);
	add_u64(ledger, "seed", options->seed);
	json_object_object_add(ledger, "argv", argv);
	json_object_object_add(ledger, "vms", json_object_new_array());
	return ledger;
}

void ledger_add_vm(struct json_object *ledger, struct json_object *vm)
{
	json_object_array_add(json_object_object_get(ledger, "vms"), vm);
}

void ledger_free(struct json_object *ledger)
{
	json_object_put(ledger);
}

int ledger_write(struct json_object *ledger, int fd)
{
	const char *text = json_object_to_json_string_ext(ledger, JSON_C_TO_STRING_PLAIN |
							  JSON_C_TO_STRING_NOSLASHESCAPE);
	size_t size = text ? strlen(text) : 0;
	size_t done = 0;
	ssize_t n;

	if (!text)
		return -ENOMEM;
	while (done < size) {
		n = write(fd, text + done, size - done);
		if (n < 0 && errno != EINTR)
			return -errno;
		done += n < 0 ? 0 : n;
	}
	return write(fd, "\n", 1) == 1 ? 0 : -errno;
}
