// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Maps as text, 80 columns wide, and as JSON. */
#include <stdlib.h>
#include <string.h>

#include "map/map.h"
#include "views/json.h"
#include "views/text.h"

#define COLUMNS 64
#define MAX_CELLS (16 * COLUMNS)

typedef unsigned long long ull;

static const char *name_of(const struct gmem_vm *vm, char *buf, size_t size)
{
	return gmem_text_name(buf, size, *vm->name ? vm->name : vm->comm);
}

static char *bytes(char *buf, size_t size, const struct gmem_vm *vm, uint64_t n)
{
	return gmem_text_value(buf, size, gmem_metric("slot_bytes"),
			       (struct gmem_value){ .u = n, .unknown = !vm->map_known });
}

static void head(const struct gmem_vm *vm, FILE *out)
{
	char name[4 * GMEM_NAME_LEN], slots[16], private[16], shared[16];
	uint64_t slot_bytes = gmem_vm_slot_bytes(vm), private_bytes = gmem_vm_private_bytes(vm);
	struct gmem_blocks blocks = gmem_vm_blocks(vm);

	fprintf(out, "VM %llu, pid %u, %.40s: slots %s, private %s, shared %s\n", (ull)vm->id, vm->pid,
		name_of(vm, name, sizeof(name)), bytes(slots, sizeof(slots), vm, slot_bytes),
		bytes(private, sizeof(private), vm, private_bytes),
		bytes(shared, sizeof(shared), vm, slot_bytes - private_bytes));
	if (!vm->map_known) {
		fprintf(out, "  not read: what is private and what is shared is unknown\n");
		return;
	}
	fprintf(out, "  %zu private %s; %llu of %llu %s of 2M %s mixed", vm->private.nr_extents,
		gmem_text_plural(vm->private.nr_extents, "range", "ranges"), (ull)blocks.mixed, (ull)blocks.total,
		gmem_text_plural(blocks.total, "block", "blocks"), gmem_text_plural(blocks.mixed, "is", "are"));
	if (vm->map != GMEM_MAP_CURRENT)
		fprintf(out, "; not to be relied on: %s", gmem_map_state_names[vm->map]);
	fputs(vm->ended_ns ? "; it has ended: --at shows it earlier in a recording\n" : "\n", out);
}

static const char *glyph(uint8_t level, bool ascii)
{
	static const char *const utf8[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇" };
	static const char *const plain[] = { "1", "2", "3", "4", "5", "6", "7" };
	unsigned int i = level * 7u / MAP_FULL;

	if (level == 0)
		return ascii ? "." : "·";
	if (level == MAP_FULL)
		return ascii ? "#" : "█";
	return ascii ? plain[i < 7 ? i : 6] : utf8[i < 7 ? i : 6];
}

static int slot_map(const struct gmem_vm *vm, const struct gmem_slot *s, bool ascii, FILE *out)
{
	struct map_grid g;
	char unit[16];
	int err = map_grid_make(&g, vm, s, COLUMNS, MAX_CELLS);

	if (err)
		return err;
	fprintf(out, "  slot %u, gfn [0x%llx, 0x%llx), %s a cell\n", s->slot, (ull)s->gfn,
		(ull)(s->gfn + s->npages), gmem_text_bytes(unit, sizeof(unit), g.unit << GMEM_PAGE_SHIFT));
	for (size_t i = 0; i < g.nr; i++) {
		if (i % COLUMNS == 0)
			fprintf(out, "%12llx  ", (ull)(s->gfn + i * g.unit));
		fputs(glyph(g.level[i], ascii), out);
		if (i % COLUMNS == COLUMNS - 1 || i + 1 == g.nr)
			fputc('\n', out);
	}
	free(g.level);
	return 0;
}

int map_text(const struct map_vms *m, bool ascii, FILE *out)
{
	int err = 0;

	for (size_t i = 0; i < m->nr && !err; i++) {
		fputs(i ? "\n" : "", out);
		head(m->vms[i], out);
		for (size_t n = 0; m->vms[i]->map_known && n < m->vms[i]->nr_slots && !err; n++)
			err = slot_map(m->vms[i], &m->vms[i]->slots[n], ascii, out);
	}
	if (!m->nr)
		fputs("No VMs.\n", out);
	return err;
}

static void put_u64(struct json_object *o, const char *key, uint64_t v)
{
	json_object_object_add(o, key, json_object_new_uint64(v));
}

static void put_metric(struct json_object *o, const char *key, const struct gmem_vm *vm,
		       const struct gmem_model *m)
{
	struct gmem_value v = gmem_metric_get(gmem_metric(key), vm, m);

	json_object_object_add(o, key, v.unknown ? NULL : json_object_new_uint64(v.u));
}

static struct json_object *vm_object(const struct gmem_vm *vm, const struct gmem_model *m)
{
	struct json_object *o = json_object_new_object();
	char name[4 * GMEM_NAME_LEN];

	put_u64(o, "vm", vm->id);
	put_u64(o, "pid", vm->pid);
	json_object_object_add(o, "name", json_object_new_string(name_of(vm, name, sizeof(name))));
	json_object_object_add(o, "map_state", json_object_new_string(gmem_map_state_names[vm->map]));
	json_object_object_add(o, "ended", json_object_new_boolean(vm->ended_ns != 0));
	put_metric(o, "slot_bytes", vm, m);
	put_metric(o, "private_bytes", vm, m);
	put_metric(o, "mixed_blocks", vm, m);
	json_object_object_add(o, "slots", vm->map_known ? gmem_json_slots(vm) : NULL);
	json_object_object_add(o, "private_extents", vm->map_known ? gmem_json_extents(&vm->private) : NULL);
	return o;
}

struct json_object *map_json(const struct map_vms *m)
{
	struct json_object *o = json_object_new_object(), *vms = json_object_new_array();

	json_object_object_add(o, "version", json_object_new_int(GMEM_JSON_VERSION));
	json_object_object_add(o, "type", json_object_new_string("map"));
	put_u64(o, "ts_ns", m->model->now_ns);
	for (size_t i = 0; i < m->nr; i++)
		json_object_array_add(vms, vm_object(m->vms[i], m->model));
	json_object_object_add(o, "vms", vms);
	return o;
}
