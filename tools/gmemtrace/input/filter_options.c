// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Options of a filter: parsing and formatting. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/kinds.h"
#include "base/number.h"
#include "cli/args.h"
#include "input/filter.h"
#include "views/text.h"

static bool read_gfns(struct filter_options *o, const char *arg)
{
	char *end;

	errno = 0;
	o->start_gfn = strtoull(arg, &end, 0);
	if (end == arg || *arg == '-' || errno)
		return false;
	o->end_gfn = o->start_gfn + 1;
	if (*end != '-')
		return !*end && o->end_gfn;
	arg = end + 1;
	o->end_gfn = strtoull(arg, &end, 0);
	return end != arg && !*end && *arg != '-' && !errno && o->end_gfn > o->start_gfn;
}

static bool read_sizes(struct filter_options *o, const char *arg)
{
	const char *dash = strchr(arg, '-');
	char min[32];

	snprintf(min, sizeof(min), "%.*s", dash ? (int)(dash - arg) : (int)strlen(arg), arg);
	if (!gmem_parse_bytes(min, &o->min_bytes))
		return false;
	return !dash || (gmem_parse_bytes(dash + 1, &o->max_bytes) && o->max_bytes >= o->min_bytes &&
			 o->max_bytes);
}

/* Returns the kinds of an event, an operation, or its alias (convert, punch, allocate); 0: unknown name. */
static uint64_t kinds_by_name(const char *name)
{
	uint64_t kinds = 0;

	if (!strcmp(name, "convert"))
		name = "attributes";
	if (!strcmp(name, "punch") || !strcmp(name, "allocate"))
		name = "fallocate";
	for (unsigned int kind = 1; kind < GMEM_KINDS; kind++) {
		const struct gmem_kind_info *k = gmem_kind(kind);

		if (k && (k->phase != GMEM_META || kind == GMEM_VM) &&
		    (!strcmp(name, k->name) || !strcmp(name, k->op)))
			kinds |= 1ULL << kind;
	}
	return kinds;
}

static bool read_kinds(struct filter_options *o, const char *arg)
{
	char buf[256], *save = NULL;

	snprintf(buf, sizeof(buf), "%s", arg);
	for (char *name = strtok_r(buf, ",", &save); name; name = strtok_r(NULL, ",", &save)) {
		uint64_t kinds = kinds_by_name(name);

		if (!kinds)
			return false;
		o->kinds |= kinds;
		o->fallocate |= !strcmp(name, "punch") ? 1 : !strcmp(name, "allocate") ? 2 :
				kinds >> GMEM_FALLOCATE_END & 1 ? 3 : 0;
	}
	return o->kinds;
}

static void list_kinds(void)
{
	printf("convert punch allocate");
	for (unsigned int kind = 1; kind < GMEM_KINDS; kind++) {
		const struct gmem_kind_info *k = gmem_kind(kind);

		if (k && k->phase != GMEM_META && k->phase != GMEM_BEGIN)
			printf(" %s", k->op);
	}
	putchar('\n');
	exit(0);
}

static error_t parse_gfns(const struct option_row *row, void *o, char *arg, const struct argp_state *state)
{
	return read_gfns(o, arg) ? 0 : gmem_args_bad(state, row->bad, arg);
}

static error_t parse_sizes(const struct option_row *row, void *o, char *arg, const struct argp_state *state)
{
	return read_sizes(o, arg) ? 0 : gmem_args_bad(state, row->bad, arg);
}

static error_t parse_kinds(const struct option_row *row, void *o, char *arg, const struct argp_state *state)
{
	if (!strcmp(arg, "help"))
		list_kinds();
	return read_kinds(o, arg) ? 0 : gmem_args_bad(state, row->bad, arg);
}

static const char *const sides[] = { [GMEM_TO_PRIVATE] = "private", [GMEM_TO_SHARED] = "shared" };

#define AT(member) .at = offsetof(struct filter_options, member)

const struct option_row filter_rows[] = {
	{ .help = "Filters:", .group = 1 },
	{ "pid", 'p', "PID", "Only VMs of this process, and events that it causes", 1, OPTION_PID, AT(pid) },
	{ "vm", 0, "VM", "Only this VM (number or name)", 1, OPTION_TEXT, AT(vm), "empty name of a VM:" },
	{ "gfn", 0, "RANGE", "Only events on gfns START-END (without END), or one gfn", 1, OPTION_OTHER,
	  .bad = "invalid range of gfns:", .parse = parse_gfns },
	{ "kind", 0, "KIND[,..]", "Only these kinds: convert, punch, .. (help lists all)", 1, OPTION_OTHER,
	  .bad = "unknown kinds of events (--kind help lists them):", .parse = parse_kinds },
	{ "to", 0, "SIDE", "Only conversions to private or to shared", 1, OPTION_CHOICE, AT(direction),
	  "no side:", .value = 1, .names = sides, .nr_names = GMEM_DIRECTIONS },
	{ "size", 0, "MIN[-MAX]", "Only ranges of MIN to MAX bytes, as 4K-2M", 1, OPTION_OTHER,
	  .bad = "invalid size or range of sizes:", .parse = parse_sizes },
	{ "longer", 0, "TIME", "Only operations of at least TIME, as 100us", 1, OPTION_NS, AT(longer_ns),
	  "invalid time (use 100us):" },
	/* Phases are numbered from check: the first one, lock, begins without an event. */
	{ "phase", 0, "PHASE", "Only begins of a phase: check, reserve, zap, store, mixed", 1, OPTION_CHOICE,
	  AT(phase), "no phase that begins with an event:", .value = 1,
	  .names = gmem_phase_names + GMEM_PHASE_CHECK, .nr_names = GMEM_PHASES - GMEM_PHASE_CHECK },
	{ 0 }
};

char *filter_text(const struct filter_options *o, char *buf, size_t size)
{
	typedef unsigned long long ull;
	FILE *f = fmemopen(buf, size, "w");

	*buf = '\0';
	if (!f)
		return buf;
	if (o->pid)
		fprintf(f, "pid=%u ", o->pid);
	if (o->vm)
		fprintf(f, "vm=%s ", o->vm);
	if (o->end_gfn)
		fprintf(f, "gfn=0x%llx-0x%llx ", (ull)o->start_gfn, (ull)o->end_gfn);
	if (o->kinds)
		fprintf(f, "kinds=0x%llx ", (ull)o->kinds);
	if (o->direction)
		fprintf(f, "to=%s ", o->direction == 1 + GMEM_TO_PRIVATE ? "private" : "shared");
	if (o->min_bytes)
		fprintf(f, "min_bytes=%llu ", (ull)o->min_bytes);
	if (o->max_bytes)
		fprintf(f, "max_bytes=%llu ", (ull)o->max_bytes);
	if (o->longer_ns)
		fprintf(f, "longer_ns=%llu ", (ull)o->longer_ns);
	if (o->phase)
		fprintf(f, "phase=%s ", gmem_phase_names[o->phase - 1 + GMEM_PHASE_CHECK]);
	fclose(f);
	buf[*buf ? strlen(buf) - 1 : 0] = '\0';
	return buf;
}
