// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* gmemtrace map: maps of private memory, now or at any time of a recording. */
#include "map/map.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "abi/kinds.h"
#include "base/number.h"
#include "cli/args.h"
#include "commands/command.h"
#include "input/input.h"
#include "output/output.h"

struct options {
	struct input in;
	bool json;
	bool ascii;
	bool at_given;
	uint64_t at_ns;		/* since the first record */
	bool synced;		/* a snapshot is complete (GMEM_SYNC) */

	struct gmem_model *model;
	__u64 begin_ns;		/* from gmem_first_ns(); 0: no record yet */
};

static error_t parse_at(const struct option_row *row, void *base, char *arg, const struct argp_state *state)
{
	struct options *o = base;

	o->at_given = true;
	return gmem_parse_ns(arg, &o->at_ns) ? 0 : gmem_args_bad(state, row->bad, arg);
}

static const struct option_row rows[] = {
	{ "at", 0, "TIME", "Map at TIME of the recording (0s: first; default: end)", 0, OPTION_OTHER,
	  .bad = "invalid time (use 12.5s or 100ms):", .parse = parse_at },
	{ "json", 0, NULL, "Print one JSON object with all ranges", 0, OPTION_FLAG, .at = offsetof(struct options, json) },
	{ "ascii", 0, NULL, "Use only ASCII characters", 0, OPTION_FLAG, .at = offsetof(struct options, ascii) },
	{ 0 }
};

/* Upper bound of how far records of different CPUs are out of order. */
#define OUT_OF_ORDER_NS 1000000000ULL

/* Returns true once the maps of all VMs are known: VMs older than the recording must be scanned first. */
static bool is_consistent(const struct options *o)
{
	struct gmem_vm *vm, *tmp;

	HASH_ITER(hh, o->model->vms, vm, tmp) {
		if (!vm->map_known && !o->synced)
			return false;
	}
	return o->synced || o->model->vms;
}

/* Applies records up to --at, or up to the first consistent state if that is later. */
static int on_record(void *ctx, const struct gmem_hdr *rec, bool selected)
{
	struct options *o = ctx;

	(void)selected;
	gmem_first_ns(&o->begin_ns, rec);
	if (o->at_given && rec->ts_ns > o->begin_ns + o->at_ns && is_consistent(o))
		return rec->ts_ns - o->begin_ns > o->at_ns + OUT_OF_ORDER_NS ? -ECANCELED : 0;
	o->synced |= rec->kind == GMEM_SYNC;
	return gmem_model_apply(o->model, rec);
}

static int by_id(const void *a, const void *b)
{
	const struct gmem_vm *const *x = a, *const *y = b;

	return ((*x)->id > (*y)->id) - ((*x)->id < (*y)->id);
}

/* Collects the VMs that pass the filters, by number. Ended VMs have only their names left. */
static int choose_vms(struct map_vms *m, const struct options *o)
{
	struct filter filter = { .o = o->in.filter, .model = o->model };
	struct gmem_vm *vm, *tmp;

	m->model = o->model;
	m->vms = calloc(HASH_COUNT(o->model->vms) + 1, sizeof(*m->vms));
	if (!m->vms)
		return -ENOMEM;
	HASH_ITER(hh, o->model->vms, vm, tmp) {
		const struct gmem_hdr h = { .vm = vm->id, .tgid = vm->pid };

		if (filter_wants_vm(&filter, &h))
			m->vms[m->nr++] = vm;
	}
	qsort(m->vms, m->nr, sizeof(*m->vms), by_id);
	return 0;
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = s ? strlen(s) : 0;

	return n >= strlen(end) && !strcmp(s + n - strlen(end), end);
}

static int draw(const struct map_vms *m, const struct options *o, FILE *out)
{
	if (o->json) {
		command_json(map_json(m), out);
		return 0;
	}
	if (ends_with(o->in.output, ".png"))
		return map_png(m, out);
	if (ends_with(o->in.output, ".svg"))
		return map_svg(m, out);
	return map_text(m, o->ascii, out);
}

static enum gmem_status draw_chosen(const struct options *o, FILE *out)
{
	struct map_vms m = { .nr = 0 };
	int err = choose_vms(&m, o);

	if (!err && !m.nr && (o->in.filter.vm || o->in.filter.pid)) {
		free(m.vms);
		return gmem_fail(o->in.e, GMEM_E_NOTHING, "Run gmemtrace map without --vm and -p to see all VMs.",
				 "no such VM%s", o->at_given ? " at that time" : "");
	}
	if (!err)
		err = draw(&m, o, out);
	free(m.vms);
	if (err == -EIO)
		return GMEM_OK;		/* output_write() reports it */
	return err ? gmem_fail(o->in.e, GMEM_E_FAILED, NULL, "cannot draw the map: %s", strerror(-err)) : GMEM_OK;
}

/* Reads the records and draws the map. Live, without a duration or a command, it takes one snapshot. */
static enum gmem_status write_map(void *ctx, FILE *out)
{
	struct options *o = ctx;
	enum gmem_status status;

	o->model = gmem_model_new();
	if (!o->model)
		return gmem_fail(o->in.e, GMEM_E_FAILED, NULL, "out of memory");
	o->in.once = !o->in.file && !o->in.command && o->in.attach.seconds <= 0;
	status = input_run(&o->in, on_record, o);
	if (!status)
		status = draw_chosen(o, out);
	gmem_model_free(o->model);
	return status;
}

enum gmem_status cmd_map(int argc, char **argv, struct gmem_error *e)
{
	struct options o = { .in.e = e };

	input_parse(&o.in, "Shows private and shared memory of VMs, now or at any time of a recording; as an image if "
		    "the output file ends with .png or .svg.", (struct option_table){ rows, &o }, argc, argv);
	/* Events that change maps are emitted without these groups, too. */
	o.in.attach.live.groups &= ~(unsigned int)(GMEM_PROBES_EVENTS | GMEM_PROBES_INVALIDATIONS);
	if (o.at_given && !o.in.file)
		return gmem_fail(e, GMEM_E_USAGE, "Make one with gmemtrace record.", "--at needs a recording");
	return output_write(o.in.output, write_map, &o, e);
}
