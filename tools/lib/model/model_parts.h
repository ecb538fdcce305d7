/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What the parts of the model do for each other: how one kind of record changes one VM. All that
 * return int return 0 or -ENOMEM. Not for others: gmem_model_apply() is the way in.
 */
#ifndef GMEM_MODEL_PARTS_H
#define GMEM_MODEL_PARTS_H

#include <stdlib.h>
#include <string.h>

#include "model/model.h"

/* Room for one more at index i of an array of n; NULL if there is no memory. */
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

/* Returns how much of a sum is known if @part of @all is; a sum of nothing is. */
static inline enum gmem_known model_known(uint64_t part, uint64_t all)
{
	return part >= all ? GMEM_KNOWN_ALL : part ? GMEM_KNOWN_PART : GMEM_KNOWN_NONE;
}

/* Of the kernel's text, which has its size and may lack its end. */
static inline void model_copy_text(char *to, const char *from, size_t size)
{
	memcpy(to, from, size);
	to[size - 1] = '\0';
}

/* NULL: it is not known. */
static inline struct gmem_file *model_file(struct gmem_vm *vm, uint64_t ino)
{
	for (size_t i = 0; i < vm->nr_files; i++) {
		if (vm->files[i].ino == ino)
			return &vm->files[i];
	}
	return NULL;
}

/* model_vms.c. The VM that a record is of; it is new if it was not known. NULL: no memory. */
struct gmem_vm *model_get_vm(struct gmem_model *m, const struct gmem_hdr *h);
void model_free_vm(struct gmem_model *m, struct gmem_vm *vm);

/* model_files.c */
void model_free_file(struct gmem_file *f);
int model_add_file(struct gmem_vm *vm, const struct gmem_rec *r);
int model_del_file(struct gmem_vm *vm, const struct gmem_rec *r);
int model_add_slot(struct gmem_vm *vm, const struct gmem_rec *r);
int model_del_slot(struct gmem_vm *vm, const struct gmem_rec *r);
int model_forget_unseen(struct gmem_vm *vm);

/* model_holders.c. The creator is that of a file which is known. */
int model_add_creator(struct gmem_vm *vm, const struct gmem_rec *r);
int model_holder(struct gmem_vm *vm, const struct gmem_holder_rec *r);
void model_holders(struct gmem_model *m, const struct gmem_rec *r);

/* model_ops.c. Begin: the kind of the record that begins it. */
int model_begin_op(struct gmem_vm *vm, const struct gmem_rec *r);
void model_drop_op(struct gmem_vm *vm, const struct gmem_rec *r, uint16_t begin);
void model_enter_phase(struct gmem_vm *vm, const struct gmem_rec *r);
void model_forget_ops(struct gmem_model *m);

/* model_maps.c */
int model_set_attributes(struct gmem_model *m, struct gmem_vm *vm, const struct gmem_rec *r);
void model_scan_begin(struct gmem_vm *vm, const struct gmem_rec *r);
int model_scan_end(struct gmem_vm *vm, const struct gmem_rec *r);
void model_behind(struct gmem_vm *vm, const struct gmem_rec *r);
int model_map(struct gmem_model *m, struct gmem_vm *vm, const struct gmem_map_rec *r);

/* model_backing.c. GMEM_PAGES and GMEM_SHARED_PAGES are read in rounds, which GMEM_BACKING ends. */
int model_pages(struct gmem_model *m, struct gmem_vm *vm, const struct gmem_map_rec *r);
int model_backing(struct gmem_model *m, const struct gmem_rec *r);
int model_doubled(struct gmem_model *m, struct gmem_vm *vm, const struct gmem_map_rec *r);
int model_replace(struct gmem_ranges *set, const struct gmem_map_rec *r);	/* by what r has in its range */

/* The attributes of [start, end) have changed, or may have, at @begin_ns or later; 0: at any time. */
int model_converted(struct gmem_model *m, struct gmem_vm *vm, const struct gmem_hdr *h, uint64_t begin_ns,
		    uint64_t start, uint64_t end);

/* A scan of the VM has found the attributes to be what r has: the differences count as converted. */
int model_found(struct gmem_model *m, struct gmem_vm *vm, const struct gmem_map_rec *r);

/* [start, end) is no memory of the VM any more, or its private side is empty. */
int model_not_doubled(struct gmem_vm *vm, uint64_t start, uint64_t end);
int model_file_empty(struct gmem_vm *vm, uint64_t ino);
void model_free_backing(struct gmem_vm *vm);

#endif /* GMEM_MODEL_PARTS_H */
