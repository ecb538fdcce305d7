// SPDX-License-Identifier: GPL-2.0-only
/* Option table and parser. */
#include <argp.h>
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "content.h"
#include "fail.h"
#include "options.h"

#define COMM_MAX 15
#define VMS_MAX 1024
#define VCPUS_MAX 64
#define SLOTS_MAX 500
/* The guest maps 512 GiB: 4 GiB below its RAM, and some above it for the alias windows. */
#define MEM_MAX (480ULL << 30)
#define DEFAULT_COUNT 1000

enum option_key {
	KEY_VMS = 256,
	KEY_VCPUS,
	KEY_MEM,
	KEY_SLOTS,
	KEY_ONE_FILE,
	KEY_ONE_PROCESS,
	KEY_PATTERN,
	KEY_BY,
	KEY_COUNT,
	KEY_DURATION,
	KEY_RATE,
	KEY_SEED,
	KEY_PAUSE_US,
	KEY_OTHER_THREAD,
	KEY_SPLIT,
	KEY_TOUCH,
	KEY_DISCARD,
	KEY_START,
	KEY_HUGE_PAGES,
	KEY_LEDGER,
	KEY_NAME,
	KEY_HOLD,
};

static const struct argp_option option_table[] = {
	{ NULL, 0, NULL, 0, "Virtual machines:", 1 },
	{ "vms", KEY_VMS, "N", 0, "Number of VMs (1)", 1 },
	{ "vcpus", KEY_VCPUS, "N", 0, "vCPUs of each VM; each converts its own slice (1)", 1 },
	{ "mem", KEY_MEM, "SIZE", 0, "Memory of each VM, with K, M or G (64M)", 1 },
	{ "slots", KEY_SLOTS, "N", 0, "Memslots of each VM (one per vCPU)", 1 },
	{ "one-file", KEY_ONE_FILE, NULL, 0,
	  "One guest_memfd for all slots of a VM, bound at different offsets", 1 },
	{ "one-process", KEY_ONE_PROCESS, NULL, 0,
	  "Run all VMs in one process (default: one process each)", 1 },
	{ "start", KEY_START, "private|shared", 0,
	  "Initial memory; private converts each slot once (private)", 1 },
	{ "huge-pages", KEY_HUGE_PAGES, NULL, 0,
	  "Allow huge pages in guest_memfd; the memory of a vCPU must be a multiple of 2M", 1 },
	{ "name", KEY_NAME, "PREFIX", 0, "Name processes PREFIX-0, PREFIX-1, ... (gmemload)", 1 },

	{ NULL, 0, NULL, 0, "Conversions:", 2 },
	{ "pattern", KEY_PATTERN, "NAME", 0,
	  "Ranges to convert: flip4k, single pages; flip2m, aligned 2 MiB; slot, a vCPU's whole "
	  "slice; swiotlb, a pool to shared, then small buffers to shared and back; mix, random "
	  "ranges of 1 to 1024 pages (mix)", 2 },
	{ "by", KEY_BY, "WHO", 0,
	  "Origin: hypercall, the guest calls KVM_HC_MAP_GPA_RANGE; access, the guest touches a "
	  "page (one 4 KiB page each, touched regardless of --touch); ioctl, the VMM by itself; or "
	  "mix (hypercall)", 2 },
	{ "count", KEY_COUNT, "N", 0, "Conversions per vCPU (1000; no limit with --duration)", 2 },
	{ "duration", KEY_DURATION, "SEC", 0, "End after SEC seconds", 2 },
	{ "rate", KEY_RATE, "N", 0, "Conversions per second and vCPU (0: as fast as possible)", 2 },
	{ "seed", KEY_SEED, "S", 0, "Seed of the sequence (1)", 2 },
	{ "other-thread", KEY_OTHER_THREAD, NULL, 0,
	  "Call the ioctl on another thread than the vCPU's", 2 },
	{ "split", KEY_SPLIT, "N", 0,
	  "Split each request into ioctls of N pages (0: one ioctl)", 2 },
	{ "pause-us", KEY_PAUSE_US, "N", 0,
	  "Sleep N microseconds between the guest's exit and the ioctl (0)", 2 },
	{ "touch", KEY_TOUCH, "N|all", 0,
	  "Pages the guest verifies and writes after each conversion (1; 0 with --by ioctl)", 2 },
	{ "discard", KEY_DISCARD, "SIDE", 0,
	  "Discard these sides when memory is converted away from them: both, private, shared or "
	  "none (both)", 2 },

	{ NULL, 0, NULL, 0, "Result:", 3 },
	{ "ledger", KEY_LEDGER, "FILE", 0, "Write counters and final state as JSON (- is stdout)",
	  3 },
	{ "hold", KEY_HOLD, NULL, 0,
	  "When done, print `gmemload: holding' on stdout and keep the VMs until end of stdin, "
	  "SIGINT or SIGTERM", 3 },
	{ "quiet", 'q', NULL, 0, "Print no summary", 3 },
	{ 0 },
};

static const char doc[] =
	"Runs VMs with private memory (KVM_X86_SW_PROTECTED_VM, guest_memfd) whose guests convert "
	"it, verifies the content of memory, and keeps a ledger of all operations."
	"\vSIGINT and SIGTERM end the run early; the ledger is complete all the same.\n\n"
	"Exit status: 0 ok, 1 verification failed or an error while running, 2 usage, 3 no "
	"permission for /dev/kvm, 4 no KVM, 6 the kernel lacks a capability.";

struct parse_state {
	struct options *options;
	bool count_given;
	bool touch_given;
};

static const char *const pattern_names[] = {
	[PATTERN_FLIP4K] = "flip4k",
	[PATTERN_FLIP2M] = "flip2m",
	[PATTERN_SLOT] = "slot",
	[PATTERN_SWIOTLB] = "swiotlb",
	[PATTERN_MIX] = "mix",
	NULL,
};

static const char *const by_names[] = {
	[BY_HYPERCALL] = "hypercall",
	[BY_ACCESS] = "access",
	[BY_IOCTL] = "ioctl",
	[BY_MIX] = "mix",
	NULL,
};

enum discard_choice {
	DISCARD_NONE,
	DISCARD_PRIVATE,
	DISCARD_SHARED,
	DISCARD_BOTH,
};

static const char *const discard_names[] = {
	[DISCARD_NONE] = "none",
	[DISCARD_PRIVATE] = "private",
	[DISCARD_SHARED] = "shared",
	[DISCARD_BOTH] = "both",
	NULL,
};

static const char *const start_names[] = { "private", "shared", NULL };

static bool parse_number(const char *text, uint64_t *number, const char **end)
{
	char *stop;

	/* strtoull() accepts a sign. */
	if (!isdigit((unsigned char)text[0]))
		return false;
	errno = 0;
	*number = strtoull(text, &stop, 0);
	*end = stop;
	return !errno;
}

bool parse_size(const char *text, uint64_t *bytes)
{
	unsigned int shift = 0;
	const char *end;
	uint64_t number;

	if (!parse_number(text, &number, &end))
		return false;
	switch (toupper((unsigned char)*end)) {
	case 'G':
		shift += 10;
		/* fall through */
	case 'M':
		shift += 10;
		/* fall through */
	case 'K':
		shift += 10;
		end++;
	}
	if (*end || number > UINT64_MAX >> shift)
		return false;
	*bytes = number << shift;
	return true;
}

static uint64_t number_arg(const char *arg, const char *option, uint64_t min, uint64_t max,
			   struct argp_state *state)
{
	const char *end;
	uint64_t number;

	if (!parse_number(arg, &number, &end) || *end || number < min || number > max)
		argp_error(state, "invalid --%s '%s': not a number of at least %llu", option, arg,
			   (unsigned long long)min);
	return number;
}

static unsigned int count_arg(const char *arg, const char *option, unsigned int max,
			      struct argp_state *state)
{
	uint64_t number = number_arg(arg, option, 1, UINT64_MAX, state);

	if (number > max)
		argp_error(state, "invalid --%s '%s': at most %u", option, arg, max);
	return number;
}

static int name_arg(const char *arg, const char *option, const char *const *names,
		    struct argp_state *state)
{
	int i;

	for (i = 0; names[i]; i++)
		if (!strcmp(arg, names[i]))
			return i;
	argp_error(state, "invalid --%s '%s'", option, arg);
	return 0;
}

static uint64_t mem_arg(const char *arg, struct argp_state *state)
{
	uint64_t bytes;

	if (!parse_size(arg, &bytes) || !bytes || bytes % GM_PAGE_SIZE || bytes > MEM_MAX)
		argp_error(state, "invalid --mem '%s': not a multiple of 4K of at most 480G", arg);
	return bytes / GM_PAGE_SIZE;
}

static uint64_t duration_arg(const char *arg, struct argp_state *state)
{
	double seconds;
	char *end;

	errno = 0;
	seconds = strtod(arg, &end);
	if (errno || end == arg || *end || !isfinite(seconds) || seconds < 1e-9 || seconds > 1e9)
		argp_error(state, "invalid --duration '%s': not a number of seconds", arg);
	return seconds * 1e9;
}

/* Parses an option of the group "Conversions"; false if @key is none of them. */
static bool parse_conversion_option(int key, const char *arg, struct argp_state *state)
{
	struct parse_state *ps = state->input;
	struct options *o = ps->options;
	int choice;

	switch (key) {
	case KEY_PATTERN:
		o->pattern = name_arg(arg, "pattern", pattern_names, state);
		return true;
	case KEY_BY:
		o->by = name_arg(arg, "by", by_names, state);
		return true;
	case KEY_COUNT:
		o->count = number_arg(arg, "count", 0, UINT64_MAX - 1, state);
		ps->count_given = true;
		return true;
	case KEY_DURATION:
		o->duration_ns = duration_arg(arg, state);
		return true;
	case KEY_RATE:
		o->rate = number_arg(arg, "rate", 0, 1000000000, state);
		return true;
	case KEY_SEED:
		o->seed = number_arg(arg, "seed", 0, UINT64_MAX, state);
		return true;
	case KEY_OTHER_THREAD:
		o->other_thread = true;
		return true;
	case KEY_SPLIT:
		o->split_pages = number_arg(arg, "split", 0, 1000000000, state);
		return true;
	case KEY_PAUSE_US:
		o->pause_us = number_arg(arg, "pause-us", 0, 1000000000, state);
		return true;
	case KEY_TOUCH:
		o->touch = strcmp(arg, "all") ?
			   number_arg(arg, "touch", 0, GM_TOUCH_ALL - 1, state) : GM_TOUCH_ALL;
		ps->touch_given = true;
		return true;
	case KEY_DISCARD:
		choice = name_arg(arg, "discard", discard_names, state);
		o->discard_private = choice & DISCARD_PRIVATE;
		o->discard_shared = choice & DISCARD_SHARED;
		return true;
	}
	return false;
}

/* Checks options against each other and sets the defaults that depend on others. */
static void check(struct parse_state *ps, struct argp_state *state)
{
	struct options *o = ps->options;
	char name[32];

	if (!o->slots)
		o->slots = o->vcpus;
	if (o->mem_pages < o->slots || o->mem_pages < o->vcpus)
		argp_error(state, "--mem is less than a page for each slot and vCPU");
	/* Two vCPUs would populate each other's pages at the same time. */
	if (o->huge_pages && o->mem_pages % (GM_BLOCK_PAGES * o->vcpus))
		argp_error(state, "--huge-pages needs a --mem that is a multiple of 2M for each vCPU");
	if (snprintf(name, sizeof(name), "%s-%u", o->name, o->vms - 1) > COMM_MAX || !*o->name)
		argp_error(state, "invalid --name '%s': with -%u it must have 1 to %d characters",
			   o->name, o->vms - 1, COMM_MAX);
	if (!ps->count_given && o->duration_ns)
		o->count = UINT64_MAX;
	if (!ps->touch_given && o->by == BY_IOCTL)
		o->touch = 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct parse_state *ps = state->input;
	struct options *o = ps->options;

	if (parse_conversion_option(key, arg, state))
		return 0;
	switch (key) {
	case KEY_VMS:
		o->vms = count_arg(arg, "vms", VMS_MAX, state);
		return 0;
	case KEY_VCPUS:
		o->vcpus = count_arg(arg, "vcpus", VCPUS_MAX, state);
		return 0;
	case KEY_SLOTS:
		o->slots = count_arg(arg, "slots", SLOTS_MAX, state);
		return 0;
	case KEY_MEM:
		o->mem_pages = mem_arg(arg, state);
		return 0;
	case KEY_ONE_FILE:
		o->one_file = true;
		return 0;
	case KEY_HUGE_PAGES:
		o->huge_pages = true;
		return 0;
	case KEY_ONE_PROCESS:
		o->one_process = true;
		return 0;
	case KEY_START:
		o->start_shared = name_arg(arg, "start", start_names, state);
		return 0;
	case KEY_NAME:
		o->name = arg;
		return 0;
	case KEY_LEDGER:
		o->ledger = arg;
		return 0;
	case KEY_HOLD:
		o->hold = true;
		return 0;
	case 'q':
		o->quiet = true;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "unexpected argument '%s'", arg);
		return 0;
	case ARGP_KEY_END:
		check(ps, state);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

void options_parse(struct options *options, int argc, char **argv)
{
	static const struct argp argp = {
		.options = option_table,
		.parser = parse,
		.doc = doc,
	};
	struct parse_state ps = { .options = options };

	*options = (struct options){
		.vms = 1,
		.vcpus = 1,
		.mem_pages = (64 << 20) / GM_PAGE_SIZE,
		.pattern = PATTERN_MIX,
		.by = BY_HYPERCALL,
		.count = DEFAULT_COUNT,
		.seed = 1,
		.touch = 1,
		.discard_private = true,
		.discard_shared = true,
		.name = "gmemload",
		.argc = argc,
		.argv = argv,
	};
	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&argp, argc, argv, 0, NULL, &ps);
}

bool options_use_windows(const struct options *options)
{
	return options->by == BY_ACCESS || options->by == BY_MIX;
}
