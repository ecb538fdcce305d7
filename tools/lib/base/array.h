/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Arrays that grow. */
#ifndef GMEM_ARRAY_H
#define GMEM_ARRAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/*
 * Makes room for @n elements of @size bytes. @array: address of the pointer to *@max elements; it at least
 * doubles, so that elements can be added one by one. Returns false, and changes nothing, without memory.
 */
static inline bool gmem_reserve(void *array, size_t *max, size_t n, size_t size)
{
	size_t room = n > 2 * *max ? n : 2 * *max;
	void *p;

	if (n <= *max)
		return true;
	memcpy(&p, array, sizeof(p));
	p = reallocarray(p, room, size);
	if (!p)
		return false;
	memcpy(array, &p, sizeof(p));
	*max = room;
	return true;
}

#endif /* GMEM_ARRAY_H */
