/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What the bytes of each kind of record are. The table is written into every recording,
 * so that a reader decodes kinds that it does not know.
 */
#ifndef GMEM_RECORDING_LAYOUT_H
#define GMEM_RECORDING_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/gmem_abi.h"

#define LAYOUT_SECTIONS	4

/*
 * One after the other behind the header. What is left behind the last is 64-bit numbers,
 * and less than 8 bytes. A section for which the record is too short is not there.
 */
struct layout_section {
	char type;	/* e: the rest of struct gmem_rec, only as the first; q: 64-bit, d: 32-bit numbers; b: bytes */
	uint16_t n;	/* how many of them; 1 of e */
};

struct layout {
	uint8_t nr;
	struct layout_section s[LAYOUT_SECTIONS];
};

/* By kind. Of kinds that are not in it, all is 64-bit numbers. */
struct layouts {
	struct layout kind[GMEM_KINDS_MAX];
};

extern const struct layouts layouts_here;

static inline const struct layout *layout_of(const struct layouts *l, unsigned int kind)
{
	static const struct layout none;

	return kind < GMEM_KINDS_MAX ? &l->kind[kind] : &none;
}

/* Bytes that a section takes of a record. */
size_t layout_section_bytes(const struct layout_section *s);

/* "e", "q1 b16 d3": into buf, "" for none. false from parse: not a layout; *l is then none. */
void layout_format(const struct layout *l, char *buf, size_t size);
bool layout_parse(struct layout *l, const char *text);

#endif /* GMEM_RECORDING_LAYOUT_H */
