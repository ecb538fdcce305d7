// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Pages: the model and the exporter itself as text. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clocks.h"
#include "input/recording_file.h"
#include "serve/serve.h"
#include "views/openmetrics.h"

/*
 * Bounds of histograms, 2^k - 1 ns: 16 us, 66 us, 262 us, 1.05 ms, 2.1 ms, 4.2 ms, 16.8 ms, 67 ms, 268 ms,
 * 1.07 s, 8.6 s. With +Inf, two directions of a histogram are 28 series.
 */
#define K(k) (1ULL << (k))
#define BOUNDS (K(14) | K(16) | K(18) | K(20) | K(21) | K(22) | K(24) | K(26) | K(28) | K(30) | K(33))

#define ROW(name) static void name(const struct gmem_om *o, const struct gmem_om_host *self)

ROW(write_count)
{
	uint64_t v;

	memcpy(&v, (const char *)o->own + self->offset, sizeof(v));
	gmem_om_number(o, self->name, self->type, "", v);
}

ROW(write_version)
{
	char label[64];

	snprintf(label, sizeof(label), "version=\"%s\"", strchr(GMEMTRACE_VERSION, ' ') + 1);
	gmem_om_sample(o, self->name, self->type, label, "1");
}

ROW(write_now)
{
	char buf[GMEM_OM_NUMBER];

	gmem_om_sample(o, self->name, self->type, "", gmem_om_seconds(buf, gmem_clock_ns(CLOCK_REALTIME)));
}

/* The second number of statm is the resident memory in pages. */
ROW(write_resident)
{
	FILE *f = fopen("/proc/self/statm", "re");
	unsigned long long pages;

	if (f && fscanf(f, "%*u %llu", &pages) == 1)
		gmem_om_number(o, self->name, self->type, "", pages * (uint64_t)sysconf(_SC_PAGESIZE));
	if (f)
		fclose(f);
}

#define AT(field) offsetof(struct serve_counts, field)

static const struct gmem_om_host own[] = {
	{ "gmem_build", GMEM_OM_INFO, "version", "Version of this program.", write_version, 0 },
	{ "gmem_snapshot_timestamp_seconds", GMEM_OM_GAUGE, "", "Time of this snapshot, since the epoch.", write_now, 0 },
	{ "gmem_process_resident_memory_bytes", GMEM_OM_GAUGE, "", "Resident memory of this process.", write_resident, 0 },
	{ "gmem_scrapes", GMEM_OM_COUNTER, "", "Scrapes before this snapshot.", write_count, AT(scrapes) },
	{ "gmem_vms_dropped", GMEM_OM_COUNTER, "", "VMs that have ended and have no series any more.", write_count, AT(dropped) },
};

#define NR_OWN (sizeof(own) / sizeof(*own))

static int by_id(const void *a, const void *b)
{
	const struct gmem_om_vm *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static void fill_vm(struct gmem_om_vm *to, const struct gmem_vm *vm)
{
	const struct gmem_counters *c = vm->counters_ns ? &vm->now : NULL;

	*to = (struct gmem_om_vm){
		.id = vm->id, .pid = vm->pid, .comm = vm->comm, .name = vm->name, .cgroup = vm->cgroup,
		.now = vm->ended_ns ? NULL : vm, .c = c,
	};
	for (int d = 0; c && d < GMEM_DIRECTIONS; d++) {
		to->hist[GMEM_OM_CONVERSION][d] = (struct gmem_om_hist){ c->conversion[d].count, c->conversion[d].total_ns,
									 c->conversion_hist[d] };
		to->hist[GMEM_OM_STALL][d] = (struct gmem_om_hist){ c->stall[d].count, c->stall[d].total_ns,
								    c->stall_hist[d] };
	}
}

/* Returns all VMs by number, or NULL if out of memory. */
static struct gmem_om_vm *all_vms(const struct gmem_model *m)
{
	struct gmem_om_vm *vms = calloc(HASH_COUNT(m->vms) + 1, sizeof(*vms));
	const struct gmem_vm *vm, *tmp;
	size_t n = 0;

	if (!vms)
		return NULL;
	HASH_ITER(hh, m->vms, vm, tmp)
		fill_vm(&vms[n++], vm);
	qsort(vms, n, sizeof(*vms), by_id);
	return vms;
}

static void write_all(const struct gmem_om *o, unsigned int groups)
{
	gmem_om_write_vms(o, groups);
	if (groups & GMEM_OM_BIT(GMEM_OM_TOOL)) {
		gmem_om_write_hosts(o, gmem_om_hosts, gmem_om_nr_hosts);
		gmem_om_write_hosts(o, own, NR_OWN);
	}
	gmem_om_finish(o);
}

int serve_render(struct serve_text *t, enum serve_format format, const struct gmem_model *m, unsigned int groups,
		 const struct serve_counts *counts)
{
	struct gmem_om_vm *vms = all_vms(m);
	struct gmem_om o = {
		.openmetrics = format == SERVE_OPENMETRICS, .bounds = BOUNDS, .model = m, .vms = vms,
		.nr = HASH_COUNT(m->vms), .own = counts,
	};
	bool bad;

	*t = (struct serve_text){ .text = NULL };
	o.out = vms ? open_memstream(&t->text, &t->len) : NULL;
	if (o.out)
		write_all(&o, groups);
	bad = !o.out || ferror(o.out);
	if (o.out && fclose(o.out))
		bad = true;
	free(vms);
	if (!bad)
		return 0;
	free(t->text);
	t->text = NULL;
	return -ENOMEM;
}

static void list(const char *group, const char *name, enum gmem_om_type type, const char *labels, const char *help)
{
	char full[GMEM_OM_NAME];

	printf("%s\t%s\t%s\t%s\t%s\n", group, gmem_om_sample_name(full, name, type), gmem_om_type_names[type], labels, help);
}

static void list_hosts(const struct gmem_om_host *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		list(gmem_om_group_names[GMEM_OM_TOOL], rows[i].name, rows[i].type, rows[i].labels, rows[i].help);
}

void serve_list(void)
{
	static const char *const labels[] = {
		[GMEM_OM_BY_VM] = "vm", [GMEM_OM_BY_DIRECTION] = "vm, direction", [GMEM_OM_BY_PHASE] = "vm, direction, phase",
	};

	list(gmem_om_group_names[GMEM_OM_GROUPS], "gmem_vm", GMEM_OM_INFO, "vm, pid, comm, name, cgroup", GMEM_OM_VM_HELP);
	for (size_t i = 0; i < gmem_om_nr_families; i++) {
		const struct gmem_om_family *f = &gmem_om_families[i];

		list(gmem_om_group_names[f->group], f->name, f->type, labels[f->by], gmem_om_family_help(f));
	}
	list_hosts(gmem_om_hosts, gmem_om_nr_hosts);
	list_hosts(own, NR_OWN);
}
