/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Internal interface between the parts of the model: each function applies one kind of record.
 * All functions of type int return 0 or -ENOMEM. Users of the model call gmem_model_apply().
 */
#ifndef GMEM_MODEL_PARTS_H
#define GMEM_MODEL_PARTS_H

#include <stdlib.h>
#include <string.h>

#include "model/model.h"

/* Makes room for an element at index @i of an array of @n; returns NULL if out of memory. */
static inline void *gap_open(void *array, size_t n, size_t i, size_t size)
{
	char *p = reallocarray(array, n + 1, size);

	if (p)
		memmove(p + (i + 1) * size, p + i * size, (n - i) * size);
	return p;
}

static inline void gap_close(void *array, size_t n, size_t i, size_t size)
{
	char *p = array;

	memmove(p + i * size, p + (i + 1) * size, (n - i - 1) * size);
}

/* Returns the completeness of a sum of which @part of @all is known; an empty sum is complete. */
static inline enum gmem_known model_known(uint64_t part, uint64_t all)
{
	return part >= all ? GMEM_KNOWN_ALL : part ? GMEM_KNOWN_PART : GMEM_KNOWN_NONE;
}

/* Copies a text that fills its field and may lack the final NUL. */
static inline void model_copy_text(char *to, const char *from, size_t size)
{
	memcpy(to, from, size);
	to[size - 1] = '\0';
}

/* Returns NULL for an unknown file. */
static inline struct gmem_file *model_file(struct gmem_vm *vm, uint64_t ino)
{
	for (size_t i = 0; i < vm->nr_files; i++) {
		if (vm->files[i].ino == ino)
			return &vm->files[i];
	}
	return NULL;
}

/* model_vms.c. Returns the VM of a record, adding a new one if needed; NULL if out of memory. */
struct gmem_vm *model_get_vm(struct gmem_model *m, const struct gmem_hdr *h);
void model_free_vm(struct gmem_model *m, struct gmem_vm *vm);

/* model_files.c */
void model_free_file(struct gmem_file *f);
int model_add_file(struct gmem_vm *vm, const struct gmem_rec *r);
int model_del_file(struct gmem_vm *vm, const struct gmem_rec *r);
int model_add_slot(struct gmem_vm *vm, const struct gmem_rec *r);
int model_del_slot(struct gmem_vm *vm, const struct gmem_rec *r);
int model_forget_unseen(struct gmem_vm *vm);

/* model_holders.c. model_add_creator() needs a file that was added before. */
int model_add_creator(struct gmem_vm *vm, const struct gmem_rec *r);
int model_holder(struct gmem_vm *vm, const struct gmem_holder_rec *r);
void model_holders(struct gmem_model *m, const struct gmem_rec *r);

/* model_maps.c */
int model_set_attributes(struct gmem_model *m, struct gmem_vm *vm, const struct gmem_rec *r);
void model_scan_begin(struct gmem_vm *vm, const struct gmem_rec *r);
int model_scan_end(struct gmem_vm *vm, const struct gmem_rec *r);
void model_behind(struct gmem_vm *vm, const struct gmem_rec *r);
int model_map(struct gmem_model *m, struct gmem_vm *vm, const struct gmem_map_rec *r);

/* model_backing.c. A page scan emits GMEM_PAGES and GMEM_SHARED_PAGES, and ends with GMEM_BACKING. */
int model_pages(struct gmem_model *m, struct gmem_vm *vm, const struct gmem_map_rec *r);
int model_backing(struct gmem_model *m, const struct gmem_rec *r);
int model_double_backed(struct gmem_model *m, struct gmem_vm *vm, const struct gmem_map_rec *r);
int model_replace(struct gmem_ranges *set, const struct gmem_map_rec *r);	/* within its range */

/* Marks [start, end) as (possibly) converted at @begin_ns or later; 0: at any time. */
int model_converted(struct gmem_model *m, struct gmem_vm *vm, const struct gmem_hdr *h, uint64_t begin_ns,
		    uint64_t start, uint64_t end);

/* Marks the differences between the map and the attributes that a scan has found as converted. */
int model_found(struct gmem_model *m, struct gmem_vm *vm, const struct gmem_map_rec *r);

/* Clear double-backed ranges: of memory that left the VM, of a file that is empty. */
int model_not_double_backed(struct gmem_vm *vm, uint64_t start, uint64_t end);
int model_file_empty(struct gmem_vm *vm, uint64_t ino);
void model_free_backing(struct gmem_vm *vm);

#endif /* GMEM_MODEL_PARTS_H */
