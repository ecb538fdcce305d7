/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Layout of the bytes of each kind of record. The table is written into every recording, so
 * that a reader can decode kinds that it does not define.
 */
#ifndef GMEM_RECORDING_LAYOUT_H
#define GMEM_RECORDING_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/gmem_abi.h"

#define LAYOUT_SECTIONS	4

/*
 * Sections follow the header one after the other. The bytes behind the last one are 64-bit
 * numbers and up to 7 bytes. A section for which the record is too short is absent.
 */
struct layout_section {
	char type;	/* e: the rest of struct gmem_rec, only as the first; q: 64-bit, d: 32-bit numbers; b: bytes */
	uint16_t n;	/* how many of them; 1 of e */
};

struct layout {
	uint8_t nr;
	struct layout_section s[LAYOUT_SECTIONS];
};

/* Layouts by kind. Kinds without one consist of 64-bit numbers. */
struct layouts {
	struct layout kind[GMEM_KINDS_MAX];
};

extern const struct layouts layouts_here;

static inline const struct layout *layout_of(const struct layouts *l, unsigned int kind)
{
	static const struct layout none;

	return kind < GMEM_KINDS_MAX ? &l->kind[kind] : &none;
}

/* Returns the bytes of a section. */
static inline size_t layout_section_bytes(const struct layout_section *s)
{
	switch (s->type) {
	case 'e':
		return sizeof(struct gmem_rec) - sizeof(struct gmem_hdr);
	case 'q':
		return s->n * sizeof(uint64_t);
	case 'd':
		return s->n * sizeof(uint32_t);
	default:
		return s->n;
	}
}

/*
 * Text form of a layout: "e", "q1 b16 d3", "" for none. layout_parse() returns false if the
 * text is invalid, and empties @l.
 */
void layout_format(const struct layout *l, char *buf, size_t size);
bool layout_parse(struct layout *l, const char *text);

#endif /* GMEM_RECORDING_LAYOUT_H */
