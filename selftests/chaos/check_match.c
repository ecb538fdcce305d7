// SPDX-License-Identifier: GPL-2.0-only
/* Matching of VMs: by the kernel's number, or by something that only one VM can have. */
#include <stdio.h>

#include "check.h"

#define STRIDE(gfn)	((gfn) >> 20)	/* each VM of chaos has its own gfns */

json find_by_number(json ledger, uint64_t vm)
{
	json vms = must(ledger, "vms");

	for (size_t i = 0; i < json_object_array_length(vms); i++) {
		json o = json_object_array_get_idx(vms, i);

		if (number(o, "vm") == vm)
			return o;
	}
	return NULL;
}

static bool has_ino(json ledger_vm, uint64_t ino)
{
	json inos = must(ledger_vm, "inos");

	for (size_t i = 0; i < json_object_array_length(inos); i++) {
		if (json_object_get_uint64(json_object_array_get_idx(inos, i)) == ino)
			return true;
	}
	return false;
}

static bool shares_file(json vm, json ledger_vm)
{
	json files = get(vm, "files");

	for (size_t i = 0; files && i < json_object_array_length(files); i++) {
		if (has_ino(ledger_vm, number(json_object_array_get_idx(files, i), "ino")))
			return true;
	}
	return false;
}

static bool shares_gfns(json vm, json ledger_vm)
{
	uint64_t stride = STRIDE(number(ledger_vm, "signature_gfn"));
	json extents = get(vm, "private_extents"), slots = get(vm, "slots"), first;

	if (extents && json_object_array_length(extents)) {
		first = json_object_array_get_idx(json_object_array_get_idx(extents, 0), 0);
		return STRIDE(json_object_get_uint64(first)) == stride;
	}
	if (slots && json_object_array_length(slots))
		return STRIDE(number(json_object_array_get_idx(slots, 0), "base_gfn")) == stride;
	return false;
}

static bool has_id(const struct check *c, json vm, json ledger_vm)
{
	char key[32];
	json id;

	snprintf(key, sizeof(key), "%llu", (unsigned long long)number(ledger_vm, "signature_gfn"));
	id = get(c->ids, key);
	return id && json_object_get_uint64(id) == number(vm, "vm");
}

json match(const struct check *c, json ledger, json vm)
{
	json vms = must(ledger, "vms");

	for (size_t i = 0; i < json_object_array_length(vms); i++) {
		json o = json_object_array_get_idx(vms, i), id = get(o, "kernel_vm");
		bool same;

		if (id)
			same = json_object_get_uint64(id) == number(vm, "vm");
		else if (c->ids)
			same = has_id(c, vm, o);
		else
			same = shares_file(vm, o) || shares_gfns(vm, o);
		if (same)
			return o;
	}
	return NULL;
}

static bool has_any(json vm, const char *key)
{
	return json_object_array_length(must(vm, key));
}

/*
 * Returns whether a scan can find the VM: by a descriptor of a file, or by one of the VM if it has
 * slots or private memory.
 */
bool is_within_reach(json ledger_vm)
{
	json files = must(ledger_vm, "files");

	if (has_any(ledger_vm, "holders") &&
	    (has_any(ledger_vm, "private_extents") || has_any(ledger_vm, "slots")))
		return true;
	for (size_t i = 0; i < json_object_array_length(files); i++) {
		if (has_any(json_object_array_get_idx(files, i), "holders"))
			return true;
	}
	return false;
}

bool can_be_identified(const struct check *c, json ledger_vm)
{
	return get(ledger_vm, "kernel_vm") || c->ids || has_any(ledger_vm, "files") ||
	       has_any(ledger_vm, "private_extents") || has_any(ledger_vm, "slots");
}
