// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Exported metrics of the host and of the collection itself, from the model. */
#include <inttypes.h>
#include <string.h>

#include "abi/kinds.h"
#include "views/openmetrics.h"

#define ROW(name) static void name(const struct gmem_om *o, const struct gmem_om_host *self)

ROW(write_vms)
{
	const struct gmem_vm *vm, *tmp;
	uint64_t n = 0;

	HASH_ITER(hh, o->model->vms, vm, tmp)
		n += !vm->ended_ns;
	gmem_om_number(o, self->name, self->type, "", n);
}

ROW(write_not_current)
{
	const struct gmem_vm *vm, *tmp;
	uint64_t n = 0;

	HASH_ITER(hh, o->model->vms, vm, tmp)
		n += !vm->ended_ns && vm->map != GMEM_MAP_CURRENT;
	gmem_om_number(o, self->name, self->type, "", n);
}

ROW(write_events)
{
	gmem_om_number(o, self->name, self->type, "", o->model->nr_events);
}

ROW(write_lost)
{
	char label[32];

	for (int i = 0; i < GMEM_LOSSES; i++) {
		snprintf(label, sizeof(label), "reason=\"%s\"", gmem_loss_names[i]);
		gmem_om_number(o, self->name, self->type, label, o->model->lost[i]);
	}
}

/* Recordings of older versions do not have the providers. */
ROW(write_probes)
{
	const struct gmem_model *m = o->model;
	char labels[96];

	for (int i = 0; m->by_tracepoint | m->by_function && i < GMEM_EVENTS; i++) {
		const char *kind = m->by_tracepoint & GMEM_EVENT_BIT(i) ? "tracepoint" :
			m->by_function & GMEM_EVENT_BIT(i) ? "function" : "none";

		snprintf(labels, sizeof(labels), "event=\"%s\",provider=\"%s\"", gmem_event_names[i], kind);
		gmem_om_sample(o, self->name, self->type, labels, "1");
	}
}

ROW(write_blind)
{
	gmem_om_number(o, self->name, self->type, "", *o->model->blind != '\0');
}

static uint64_t cost_at(const struct gmem_om *o, const struct gmem_om_host *self)
{
	uint64_t v;

	memcpy(&v, (const char *)&o->model->cost + self->offset, sizeof(v));
	return v;
}

/* The cost is unknown until it is reported. */
ROW(write_cost)
{
	if (o->model->cost.h.ts_ns)
		gmem_om_number(o, self->name, self->type, "", cost_at(o, self));
}

ROW(write_cost_seconds)
{
	char buf[GMEM_OM_NUMBER];

	if (o->model->cost.h.ts_ns)
		gmem_om_sample(o, self->name, self->type, "", gmem_om_seconds(buf, cost_at(o, self)));
}

#define AT(field) offsetof(struct gmem_cost_rec, field)

const struct gmem_om_host gmem_om_hosts[] = {
	{ "gmem_vms", GMEM_OM_GAUGE, "", "VMs that are alive and use guest_memfd.", write_vms, 0 },
	{ "gmem_vms_not_current", GMEM_OM_GAUGE, "", "VMs whose map is not scanned, or to be scanned again.", write_not_current, 0 },
	{ "gmem_events", GMEM_OM_COUNTER, "", "Events seen.", write_events, 0 },
	{ "gmem_lost", GMEM_OM_COUNTER, "reason", "Losses, by reason: docs/json.md.", write_lost, 0 },
	{ "gmem_probe", GMEM_OM_INFO, "event, provider", "Provider of each event: tracepoint, function or none.", write_probes, 0 },
	{ "gmem_probes_blind", GMEM_OM_GAUGE, "", "1 if programs are attached and do not run: their events are missing.",
	  write_blind, 0 },
	{ "gmem_process_cpu_seconds", GMEM_OM_COUNTER, "", "CPU time of the collecting process.", write_cost_seconds, AT(cpu_ns) },
	{ "gmem_scan_runs", GMEM_OM_COUNTER, "", "Runs of the programs that scan kernel memory.", write_cost, AT(scan_runs) },
	{ "gmem_scan_seconds", GMEM_OM_COUNTER, "", "Time of these runs.", write_cost_seconds, AT(scan_ns) },
	{ "gmem_scan_max_seconds", GMEM_OM_GAUGE, "", "Longest of these runs, which held RCU that long.", write_cost_seconds,
	  AT(scan_max_ns) },
	{ "gmem_pagemap_calls", GMEM_OM_COUNTER, "", "Calls of PAGEMAP_SCAN.", write_cost, AT(pagemap_calls) },
	{ "gmem_pagemap_seconds", GMEM_OM_COUNTER, "", "Time of these calls.", write_cost_seconds, AT(pagemap_ns) },
	{ "gmem_pagemap_max_seconds", GMEM_OM_GAUGE, "", "Longest of these calls, which held the VMM's mmap_lock that long.",
	  write_cost_seconds, AT(pagemap_max_ns) },
};

const size_t gmem_om_nr_hosts = sizeof(gmem_om_hosts) / sizeof(*gmem_om_hosts);

void gmem_om_write_hosts(const struct gmem_om *o, const struct gmem_om_host *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		gmem_om_head(o, rows[i].name, rows[i].type, rows[i].help);
		rows[i].write(o, &rows[i]);
	}
}
