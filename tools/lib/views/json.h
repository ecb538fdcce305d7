/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* JSON output; the schema is in docs/json.md. The caller owns the returned objects. */
#ifndef GMEM_JSON_H
#define GMEM_JSON_H

#include <json-c/json.h>
#include <stdint.h>

#include "model/model.h"

/* Raised when a key changes its meaning or goes away; new keys do not raise it. */
#define GMEM_JSON_VERSION 2

/* Returns the whole model; @pid: VMs of that process only (0: all). @probes: gmem_source_describe(). */
struct json_object *gmem_json_model(const struct gmem_model *m, const char *probes, uint32_t pid);

/* Return the memslots of a VM, and ranges as [[start_gfn, npages], ..]. */
struct json_object *gmem_json_slots(const struct gmem_vm *vm);
struct json_object *gmem_json_extents(const struct gmem_ranges *r);

/* Returns the operations in flight. */
struct json_object *gmem_json_inflight(const struct gmem_vm *vm, uint64_t now_ns);

#endif /* GMEM_JSON_H */
