// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counts the records of a recording that hold bytes of older ones: programs get memory of the ring buffer as the last
 * record left it. Usage: leftovers RECORDING. Prints the first ones, and "RECORDS checked, N with leftovers".
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "recording/recording.h"

struct search {
	bool in_flight;		/* between GMEM_INFLIGHT and GMEM_SYNC, where begins are repeated */
	unsigned long nr;
	unsigned long bad;
};

static bool all_zero(const void *from, const void *end)
{
	for (const char *p = from; p < (const char *)end; p++) {
		if (*p)
			return false;
	}
	return true;
}

static bool name_is_clean(const char *name, size_t size)
{
	return all_zero(name + strnlen(name, size), name + size);
}

static bool flags_are_clean(const struct search *s, const struct gmem_hdr *h)
{
	return !(h->flags & ~(s->in_flight ? GMEM_REC_REPEATED : 0));
}

static bool is_clean(const struct search *s, const struct gmem_hdr *h)
{
	const struct gmem_vm_rec *vm = (const void *)h;

	if (!flags_are_clean(s, h))
		return false;
	switch (h->kind) {
	case GMEM_VM:
		return name_is_clean(vm->comm, sizeof(vm->comm)) && all_zero(&vm->type + 1, vm + 1);
	case GMEM_HOLDER:
		return name_is_clean(((const struct gmem_holder_rec *)h)->comm, GMEM_COMM_LEN);
	default:
		return true;
	}
}

static int on_record(void *ctx, const struct gmem_hdr *h)
{
	struct search *s = ctx;

	if (h->kind == GMEM_INFLIGHT || h->kind == GMEM_SYNC)
		s->in_flight = h->kind == GMEM_INFLIGHT;
	s->nr++;
	if (is_clean(s, h))
		return 0;
	if (s->bad++ < 5)
		printf("%s at %llu has leftovers, flags %#x\n", gmem_kind(h->kind) ? gmem_kind(h->kind)->name : "?",
		       (unsigned long long)h->ts_ns, h->flags);
	return 0;
}

int main(int argc, char **argv)
{
	struct gmem_source *source;
	struct gmem_error e = { 0 };
	struct search s = { 0 };
	int err;

	if (argc != 2 || gmem_recording_open(&source, argv[1], &e)) {
		fprintf(stderr, "leftovers: cannot read %s\n", argc == 2 ? argv[1] : "nothing");
		return 2;
	}
	do
		err = gmem_source_sync(source, on_record, &s);
	while (!err);
	gmem_source_close(source);
	printf("%lu checked, %lu with leftovers\n", s.nr, s.bad);
	return err != -ENODATA || s.bad;
}
