// SPDX-License-Identifier: GPL-2.0-only
/* Wrappers between libgmem and malloc (the linker's --wrap), which fail on demand. */
#include "lib_test.h"

#include <errno.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
void *__real_reallocarray(void *p, size_t n, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);
void *__wrap_reallocarray(void *p, size_t n, size_t size);

static struct {
	bool armed;
	bool failed;
	unsigned int left;
} state;

void alloc_fail_after(unsigned int n)
{
	state.armed = true;
	state.failed = false;
	state.left = n;
}

bool alloc_restore(void)
{
	state.armed = false;
	return state.failed;
}

static bool fails(void)
{
	if (!state.armed)
		return false;
	if (state.left) {
		state.left--;
		return false;
	}
	state.failed = true;
	errno = ENOMEM;
	return true;
}

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t size)
{
	return fails() ? NULL : __real_realloc(p, size);
}

void *__wrap_reallocarray(void *p, size_t n, size_t size)
{
	return fails() ? NULL : __real_reallocarray(p, n, size);
}
