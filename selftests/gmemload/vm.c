// SPDX-License-Identifier: GPL-2.0-only
/* Creation and memory layout of one VM. */
#include <cpuid.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "boot.h"
#include "convert.h"
#include "kvm_uapi.h"
#include "rng.h"
#include "vm.h"

#define BOOT_SLOT_ID 0
#define FIRST_GMEM_SLOT_ID 1
#define WINDOW_ALIGN_PAGES 512ULL
#define RNG_SALT 0x5a17

static int failed(struct failure *failure, const struct vm *vm, const char *what)
{
	int error = errno;

	return fail(failure, EXIT_FAILED,
		    error == ENOMEM ? "Ask for less --mem, or give it more memory." :
		    error == EMFILE ? "Raise the limit of open files (ulimit -n)." :
		    "See the kernel log.",
		    "cannot %s of vm %u: %s", what, vm->index, strerror(error));
}

/* Returns even share @i: [total * i / parts, total * (i + 1) / parts). */
static struct page_extent share(uint64_t total, unsigned int i, unsigned int parts)
{
	uint64_t start = total / parts * i + total % parts * i / parts;
	uint64_t end = total / parts * (i + 1) + total % parts * (i + 1) / parts;

	return (struct page_extent){ start, end - start };
}

struct page_extent vm_slice(const struct options *options, unsigned int vcpu)
{
	return share(options->mem_pages, vcpu, options->vcpus);
}

struct page_extent vm_slot_piece(const struct vm *vm, uint64_t start, uint64_t npages,
				 const struct slot **slot)
{
	unsigned int low = 0, high = vm->nr_slots - 1;
	uint64_t end;

	while (low < high) {
		unsigned int middle = (low + high + 1) / 2;

		if (vm->slots[middle].pages.start <= start)
			low = middle;
		else
			high = middle - 1;
	}
	*slot = &vm->slots[low];
	end = (*slot)->pages.start + (*slot)->pages.npages;
	return (struct page_extent){ start, start + npages < end ? npages : end - start };
}

uint8_t *vm_shared_page(const struct slot *slot, uint64_t page)
{
	return slot->shared + ((page - slot->pages.start) << GM_PAGE_SHIFT);
}

uint64_t vm_page_gpa(uint64_t page)
{
	return (GM_RAM_GFN + page) << GM_PAGE_SHIFT;
}

/*
 * Returns the size of one window: all are as large as the largest, so that a gfn is divided easily.
 */
static uint64_t window_pages(const struct vm *vm)
{
	return vm->windows.npages / vm->options->vcpus / 2;
}

uint64_t vm_alias_gpa(const struct vm *vm, unsigned int vcpu, uint64_t page, bool to_private)
{
	uint64_t offset = page - vm_slice(vm->options, vcpu).start;
	uint64_t window = vcpu * 2 + !to_private;

	return (vm->windows.start + window * window_pages(vm) + offset) << GM_PAGE_SHIFT;
}

bool vm_alias(const struct vm *vm, unsigned int vcpu, uint64_t gpa, struct alias *alias)
{
	struct page_extent slice = vm_slice(vm->options, vcpu);
	uint64_t gfn = gpa >> GM_PAGE_SHIFT;
	uint64_t window, offset;

	if (gfn < vm->windows.start || gfn >= vm->windows.start + vm->windows.npages)
		return false;
	window = (gfn - vm->windows.start) / window_pages(vm);
	offset = (gfn - vm->windows.start) % window_pages(vm);
	alias->page = slice.start + offset;
	alias->to_private = !(window & 1);
	return window / 2 == vcpu && offset < pattern_alias_pages(slice.npages);
}

static int set_region(struct vm *vm, struct kvm_userspace_memory_region2 *region)
{
	return ioctl(vm->vm_fd, KVM_SET_USER_MEMORY_REGION2, region);
}

/*
 * Maps small pages only: the ledger lists populated pages, so one touch must not populate 512. KVM requires the start
 * to be @offset above a multiple of 2 MiB for huge pages.
 */
static uint8_t *map_anonymous(uint64_t size, uint64_t offset)
{
	uint64_t block = GM_BLOCK_PAGES << GM_PAGE_SHIFT, skipped;
	uint8_t *memory = mmap(NULL, size + block, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (memory == MAP_FAILED)
		return NULL;
	skipped = (offset - (uintptr_t)memory) % block;
	if (skipped)
		munmap(memory, skipped);
	memory += skipped;
	munmap(memory + size, block - skipped);
	/* EINVAL: kernel without transparent huge pages */
	if (madvise(memory, size, MADV_NOHUGEPAGE) && errno != EINVAL) {
		munmap(memory, size);
		return NULL;
	}
	return memory;
}

static int add_boot_slot(struct vm *vm, struct failure *failure)
{
	struct kvm_userspace_memory_region2 region = {
		.slot = BOOT_SLOT_ID,
		.guest_phys_addr = BOOT_GPA,
		.memory_size = boot_size(vm->options->vcpus),
	};

	vm->boot_size = region.memory_size;
	vm->boot = map_anonymous(vm->boot_size, 0);
	if (!vm->boot)
		return failed(failure, vm, "map the boot memory");
	boot_fill(vm->boot);
	region.userspace_addr = (uintptr_t)vm->boot;
	if (set_region(vm, &region))
		return failed(failure, vm, "add the boot slot");
	return 0;
}

static int create_file(struct vm *vm, struct gmem_file *file, uint64_t npages,
		       struct failure *failure)
{
	struct kvm_create_guest_memfd create = {
		.size = npages << GM_PAGE_SHIFT,
		.flags = vm->options->huge_pages ? GUEST_MEMFD_FLAG_HUGE_PAGES : 0,
	};
	struct stat stat;

	file->npages = npages;
	file->fd = ioctl(vm->vm_fd, KVM_CREATE_GUEST_MEMFD, &create);
	if (file->fd < 0)
		return failed(failure, vm, "create a guest_memfd");
	vm->nr_files++;
	if (fstat(file->fd, &stat))
		return failed(failure, vm, "stat a guest_memfd");
	file->ino = stat.st_ino;
	return 0;
}

static int add_gmem_slot(struct vm *vm, struct slot *slot, struct failure *failure)
{
	struct kvm_userspace_memory_region2 region = {
		.slot = slot->id,
		.flags = KVM_MEM_GUEST_MEMFD,
		.guest_phys_addr = vm_page_gpa(slot->pages.start),
		.memory_size = slot->pages.npages << GM_PAGE_SHIFT,
		.guest_memfd = slot->file->fd,
		.guest_memfd_offset = slot->pgoff << GM_PAGE_SHIFT,
	};

	slot->shared = map_anonymous(region.memory_size, region.guest_phys_addr);
	if (!slot->shared)
		return failed(failure, vm, "map shared memory");
	vm->nr_slots++;
	region.userspace_addr = (uintptr_t)slot->shared;
	if (set_region(vm, &region))
		return failed(failure, vm, "add a gmem slot");
	return 0;
}

/* The guest's addresses and the file's offsets must be congruent. */
static bool has_huge_pages(const struct vm *vm, const struct slot *slot)
{
	return vm->options->huge_pages && !((slot->pages.start - slot->pgoff) % GM_BLOCK_PAGES);
}

static int add_gmem_slots(struct vm *vm, struct failure *failure)
{
	const struct options *o = vm->options;
	unsigned int i;

	vm->slots = calloc(o->slots, sizeof(*vm->slots));
	vm->files = calloc(o->one_file ? 1 : o->slots, sizeof(*vm->files));
	if (!vm->slots || !vm->files)
		return failed(failure, vm, "allocate the slots");
	if (o->one_file && create_file(vm, &vm->files[0], o->mem_pages, failure))
		return -1;
	for (i = 0; i < o->slots; i++) {
		struct slot *slot = &vm->slots[i];

		slot->id = FIRST_GMEM_SLOT_ID + i;
		slot->pages = share(o->mem_pages, i, o->slots);
		slot->file = &vm->files[o->one_file ? 0 : i];
		if (!o->one_file && create_file(vm, &vm->files[i], slot->pages.npages, failure))
			return -1;
		/*
		 * Place the last slot first in the file, so that file offsets differ from those of
		 * the RAM.
		 */
		if (o->one_file)
			slot->pgoff = o->mem_pages - slot->pages.start - slot->pages.npages;
		if (add_gmem_slot(vm, slot, failure))
			return -1;
		if (has_huge_pages(vm, slot) &&
		    pagestate_allow_huge(&vm->pages, slot->pages.start, slot->pages.npages))
			return failed(failure, vm, "allocate the page states");
	}
	return 0;
}

static void place_windows(struct vm *vm)
{
	uint64_t ram_end = GM_RAM_GFN + vm->options->mem_pages;
	uint64_t largest = 0;
	unsigned int i;

	for (i = 0; i < vm->options->vcpus; i++) {
		uint64_t pages = pattern_alias_pages(vm_slice(vm->options, i).npages);

		largest = pages > largest ? pages : largest;
	}
	vm->windows.start = (ram_end / WINDOW_ALIGN_PAGES + 2) * WINDOW_ALIGN_PAGES;
	vm->windows.npages = largest * vm->options->vcpus * 2;
}

/*
 * Sets the start state as a confidential VM's VMM does: all memory is shared at first, and each
 * slot is converted to private.
 */
static int set_start_state(struct vm *vm, struct failure *failure)
{
	unsigned int i;

	if (options_use_windows(vm->options)) {
		place_windows(vm);
		if (convert_windows(vm))
			return failed(failure, vm, "make the alias windows private");
	}
	for (i = 0; !vm->options->start_shared && i < vm->nr_slots; i++)
		if (convert_slot_to_private(vm, &vm->slots[i]))
			return failed(failure, vm, "make the memory private");
	return 0;
}

static bool cpu_uses_vmmcall(void)
{
	unsigned int max, vendor[3];

	__cpuid(0, max, vendor[0], vendor[2], vendor[1]);
	return !memcmp(vendor, "AuthenticAMD", 12) || !memcmp(vendor, "HygonGenuine", 12);
}

static int enable_hypercall_exits(struct vm *vm)
{
	struct kvm_enable_cap cap = {
		.cap = KVM_CAP_EXIT_HYPERCALL,
		.args = { 1 << KVM_HC_MAP_GPA_RANGE },
	};

	return ioctl(vm->vm_fd, KVM_ENABLE_CAP, &cap);
}

int vm_create(struct vm *vm, const struct options *options, unsigned int index, int kvm_fd,
	      struct failure *failure)
{
	struct rng rng = rng_stream(options->seed, index, RNG_SALT, 0);

	*vm = (struct vm){
		.options = options,
		.index = index,
		.pid = getpid(),
		.kvm_fd = kvm_fd,
		.salt = rng_next(&rng),
		.use_vmmcall = cpu_uses_vmmcall(),
	};
	snprintf(vm->name, sizeof(vm->name), options->one_process ? "%s" : "%s-%u", options->name,
		 index);
	vm->vm_fd = ioctl(kvm_fd, KVM_CREATE_VM, KVM_X86_SW_PROTECTED_VM);
	if (vm->vm_fd < 0)
		return failed(failure, vm, "create the KVM side");
	if (options->huge_pages && ioctl(vm->vm_fd, KVM_CHECK_EXTENSION, KVM_CAP_GUEST_MEMFD_HUGE_PAGES) <= 0)
		return fail(failure, EXIT_NO_CAPABILITY, "Boot variant full of the series.",
			    "cannot use huge pages: KVM_CAP_GUEST_MEMFD_HUGE_PAGES is missing");
	if (enable_hypercall_exits(vm))
		return failed(failure, vm, "enable hypercall exits");
	if (pagestate_init(&vm->pages, options->mem_pages))
		return failed(failure, vm, "allocate the page states");
	if (add_boot_slot(vm, failure) || add_gmem_slots(vm, failure))
		return -1;
	return set_start_state(vm, failure);
}

void vm_destroy(struct vm *vm)
{
	unsigned int i;

	for (i = 0; i < vm->nr_files; i++)
		close(vm->files[i].fd);
	if (vm->vm_fd >= 0)
		close(vm->vm_fd);
	for (i = 0; i < vm->nr_slots; i++)
		munmap(vm->slots[i].shared, vm->slots[i].pages.npages << GM_PAGE_SHIFT);
	if (vm->boot)
		munmap(vm->boot, vm->boot_size);
	pagestate_free(&vm->pages);
	free(vm->slots);
	free(vm->files);
}
