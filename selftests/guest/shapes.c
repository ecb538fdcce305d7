// SPDX-License-Identifier: GPL-2.0-only
/*
 * A VM whose attributes take all shapes that a store of ranges can have, and that knows each page's. Usage:
 * shapes GIB. Lines of stdin:
 *   first | one | all | none | edges | fragments | blocks | holes   sets attributes, see the functions of these names
 *   churn       starts a thread that converts at random in some zones; stop ends it
 *   check FILE  compares FILE, lines "gfn pages" of private extents, with what was set. While the thread runs, its
 *               zones are not compared
 * Prints the PID, and for each line "done", "equal" or the first difference. Ends with stdin.
 */
#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../gmemload/kvm_uapi.h"

#define PAGE		4096UL
#define BLOCK		512UL		/* pages of 2 MiB, as all numbers here are pages */
#define GIB		(1UL << 18)

/* Every so many blocks one is a zone of the thread; blocks() leaves them shared, in a row of shared ones. */
#define ZONE_EVERY	32
#define ZONE_AT		17

static int vm;
static unsigned long npages;
static bool *private;			/* by gfn */
static uint64_t random_state = 1;
static volatile bool churning;

static int must(int r, const char *what)
{
	if (r < 0)
		err(1, "%s", what);
	return r;
}

static unsigned long any(uint64_t *state, unsigned long below)
{
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (*state >> 33) % below;
}

static void set(unsigned long first, unsigned long n, bool to_private)
{
	struct kvm_memory_attributes a = {
		.address = first * PAGE, .size = n * PAGE, .attributes = to_private ? KVM_MEMORY_ATTRIBUTE_PRIVATE : 0,
	};

	must(ioctl(vm, KVM_SET_MEMORY_ATTRIBUTES, &a), "KVM_SET_MEMORY_ATTRIBUTES");
	memset(private + first, to_private, n);
}

static bool is_zone(unsigned long gfn)
{
	return gfn / BLOCK % ZONE_EVERY == ZONE_AT;
}

static void first(void)
{
	set(0, 1, true);
}

/* The tree is one range, or one range and what follows. */
static void one(void)
{
	set(0, BLOCK, true);
}

static void all(void)
{
	set(0, npages, true);
}

static void none(void)
{
	set(0, npages, false);
}

/* Ranges that begin and end anywhere, at either side of a block's edge, and with nothing between two of them. */
static void edges(void)
{
	for (unsigned long at = 0; at < 64; at++)
		set(at * 3 * BLOCK + BLOCK - at % 3, 1 + at % 5 * (BLOCK - 1), at % 7 != 0);
	for (int i = 0; i < 200; i++)
		set(any(&random_state, GIB - 4 * BLOCK), 1 + any(&random_state, 4 * BLOCK), i % 3 != 0);
	set(npages - 1, 1, true);
	set(npages - 3 * BLOCK - 1, BLOCK + 2, true);
}

/* Every other page of 8 MiB, then single bits at every place of a word, then blocks with equal words. */
static void fragments(void)
{
	for (unsigned long gfn = 0; gfn < 4 * BLOCK; gfn += 2)
		set(gfn, 1, true);
	for (unsigned long n = 0; n < 64; n++)
		set((4 + n) * BLOCK + n * 65 % BLOCK, 1, true);
	for (unsigned long n = 1; n < 8; n++)
		set((100 + n) * BLOCK, n * 64, true);
	for (unsigned long n = 0; n < 8; n++)
		set((110 + n) * BLOCK + n * 64 + 1, BLOCK - n * 64 - 1, true);
}

/* Every other 2 MiB: a range for each, so that the tree has several levels. The upper half is private in rows. */
static void blocks(void)
{
	for (unsigned long gfn = 0; gfn < npages / 2; gfn += 2 * BLOCK)
		set(gfn, BLOCK, true);
	for (unsigned long gfn = npages / 2; gfn < npages; gfn += ZONE_EVERY * BLOCK)
		set(gfn, (ZONE_EVERY / 2) * BLOCK, true);
}

/* Single pages and blocks of memory that is private otherwise. */
static void holes(void)
{
	all();
	for (unsigned long gfn = 7; gfn < GIB; gfn += 3 * BLOCK + 1)
		set(gfn, gfn % 4 ? 1 : BLOCK, false);
}

/* Changes a page, a part of a block, or blocks, in one zone: what is stored for it comes and goes. */
static void convert_in_zone(uint64_t *state)
{
	unsigned long zone = any(state, npages / (ZONE_EVERY * BLOCK)) * ZONE_EVERY + ZONE_AT;
	unsigned long at = 0, n = BLOCK;

	switch (any(state, 4)) {
	case 0:
		at = any(state, BLOCK);
		n = 1;
		break;
	case 1:
		at = any(state, BLOCK);
		n = 1 + any(state, BLOCK - at);
		break;
	}
	set(zone * BLOCK + at, n, any(state, 2));
}

static void *churn(void *unused)
{
	uint64_t state = 42;

	while (churning)
		convert_in_zone(&state);
	return unused;
}

static pthread_t churner;

static void start(void)
{
	churning = true;
	if (pthread_create(&churner, NULL, churn, NULL))
		errx(1, "cannot create a thread");
}

static void stop(void)
{
	churning = false;
	pthread_join(churner, NULL);
}

static const struct {
	const char *name;
	void (*act)(void);
} acts[] = {
	{ "first", first }, { "one", one }, { "all", all }, { "none", none }, { "edges", edges },
	{ "fragments", fragments }, { "blocks", blocks }, { "holes", holes }, { "churn", start }, { "stop", stop },
};

/* Compares with pages [from, to), which FILE has as @is. Returns false at the first difference, which is printed. */
static bool compare(unsigned long from, unsigned long to, bool is)
{
	if (to > npages) {
		printf("gfn %#lx of the map is above the memory\n", to - 1);
		return false;
	}
	for (unsigned long gfn = from; gfn < to; gfn++) {
		if (private[gfn] == is || (churning && is_zone(gfn)))
			continue;
		printf("gfn %#lx of the map is %s\n", gfn, is ? "private" : "shared");
		return false;
	}
	return true;
}

static void check(const char *path)
{
	FILE *f = fopen(path, "r");
	unsigned long gfn, n, done = 0;

	if (!f)
		err(1, "%s", path);
	while (fscanf(f, "%lu %lu", &gfn, &n) == 2) {
		if (!compare(done, gfn, false) || !compare(gfn, gfn + n, true)) {
			fclose(f);
			return;
		}
		done = gfn + n;
	}
	fclose(f);
	if (compare(done, npages, false))
		puts("equal");
}

static void serve(const char *line)
{
	if (!strncmp(line, "check ", 6)) {
		check(line + 6);
		return;
	}
	for (size_t i = 0; i < sizeof(acts) / sizeof(*acts); i++) {
		if (strcmp(line, acts[i].name))
			continue;
		acts[i].act();
		puts("done");
		return;
	}
	errx(1, "unknown line %s", line);
}

static void create_vm(void)
{
	int kvm = must(open("/dev/kvm", O_RDWR | O_CLOEXEC), "/dev/kvm");
	struct kvm_create_guest_memfd gmem = { .size = npages * PAGE };
	struct kvm_userspace_memory_region2 slot = { .flags = KVM_MEM_GUEST_MEMFD, .memory_size = npages * PAGE };
	void *memory = mmap(NULL, npages * PAGE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (memory == MAP_FAILED)
		err(1, "mmap");
	vm = must(ioctl(kvm, KVM_CREATE_VM, KVM_X86_SW_PROTECTED_VM), "KVM_CREATE_VM");
	slot.userspace_addr = (unsigned long)memory;
	slot.guest_memfd = must(ioctl(vm, KVM_CREATE_GUEST_MEMFD, &gmem), "KVM_CREATE_GUEST_MEMFD");
	must(ioctl(vm, KVM_SET_USER_MEMORY_REGION2, &slot), "KVM_SET_USER_MEMORY_REGION2");
}

int main(int argc, char **argv)
{
	char line[4096];

	if (argc != 2 || atol(argv[1]) < 1)
		errx(2, "usage: shapes GIB");
	npages = atol(argv[1]) * GIB;
	private = calloc(npages, sizeof(*private));
	if (!private)
		err(1, "calloc");
	create_vm();
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("%d\n", getpid());
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		serve(line);
	}
	return 0;
}
