/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * File format of recordings: offsets, limits and varints. All numbers are little-endian. See
 * docs/recording.md.
 */
#ifndef GMEM_RECORDING_FORMAT_H
#define GMEM_RECORDING_FORMAT_H

#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define RECORDING_MAGIC		"GMEMREC\n"
#define RECORDING_BLOCK_MAGIC	"\xc7GMEMBLK"
#define RECORDING_MAGIC_LEN	8
#define RECORDING_BYTE_ORDER	0x01020304
#define RECORDING_VERSION	2	/* of the format */
#define RECORDING_READER	1	/* lowest version of a reader that can read it */

/* File header: a fixed part, then "KEY=VALUE" lines, each ended by a NUL. */
#define RECORDING_HEAD_BYTES	88
#define RECORDING_META_MAX	65536

enum recording_head {			/* offsets */
	HEAD_MAGIC	= 0,
	HEAD_BYTE_ORDER	= 8,		/* u32 */
	HEAD_VERSION	= 12,		/* u16 */
	HEAD_READER	= 14,		/* u16 */
	HEAD_FLAGS	= 16,		/* u32 */
	HEAD_BLOCKS_AT	= 20,		/* u32: offset of the first block */
	HEAD_ID		= 24,		/* u64: random; seed of all checksums but HEAD_SUM */
	HEAD_FIRST_NS	= 32,		/* u64, as all that follow; set when the recording is closed */
	HEAD_LAST_NS	= 40,
	HEAD_RECORDS	= 48,
	HEAD_NR_BLOCKS	= 56,
	HEAD_END	= 64,		/* bytes of the file */
	HEAD_META_SUM	= 72,		/* u64: XXH64 of the lines */
	HEAD_SUM	= 80,		/* u64: XXH64 of the bytes before, seed 0 */
};

enum recording_flags {
	RECORDING_INCOMPLETE	= 1,	/* being written, or its writer died */
	RECORDING_CUT		= 2,	/* a write failed: no space */
};

/* Blocks: a header, then the stored bytes. */
#define RECORDING_BLOCK_HEAD	64
#define RECORDING_RAW_MAX	(1U << 20)	/* uncompressed bytes of a block */
#define RECORDING_STORED_MAX	(RECORDING_RAW_MAX + (RECORDING_RAW_MAX >> 7) + 64)
#define RECORDING_NUMBER_MAX	(1ULL << 56)	/* blocks and records: sums must not overflow */
#define RECORDING_CONTEXTS	4096		/* contexts of a block */

enum recording_block {
	BLOCK_MAGIC	= 0,
	BLOCK_STORED	= 8,		/* u32: bytes that follow the header */
	BLOCK_RAW	= 12,		/* u32: bytes after decompression */
	BLOCK_RECORDS	= 16,		/* u32 */
	BLOCK_FLAGS	= 20,		/* u16 */
	BLOCK_SEQ	= 24,		/* u64: number of the block, from 0 */
	BLOCK_BEFORE	= 32,		/* u64: records in earlier blocks */
	BLOCK_FIRST_NS	= 40,		/* u64: of the first record */
	BLOCK_LAST_NS	= 48,		/* u64: latest time of its records */
	BLOCK_HEAD_SUM	= 56,		/* u32: XXH64 of the bytes before, low half */
	BLOCK_SUM	= 60,		/* u32: XXH64 of the stored bytes, low half */
};

enum recording_block_flags {
	BLOCK_ZSTD	= 1,
};

/* First byte of a record: its kind, and whether its size follows. */
#define RECORD_KIND_ESCAPE	127
#define RECORD_SIZE_FOLLOWS	0x80

/* Fields of struct gmem_rec that follow, as differences to the expected values. */
enum recording_fields {
	FIELD_START	= 1 << 0,
	FIELD_LEN	= 1 << 1,
	FIELD_INO	= 1 << 2,
	FIELD_ARG	= 1 << 3,
	FIELD_NR	= 1 << 4,
	FIELD_DUR	= 1 << 5,
	FIELD_RET	= 1 << 6,
	FIELD_AUX	= 1 << 7,
};

#define VARINT_MAX 10

/* Fuzzers cannot guess a checksum: in a fuzzing build, checksums are not checked. */
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
#define RECORDING_IS_FUZZED 1
#else
#define RECORDING_IS_FUZZED 0
#endif

static inline void put_le16(uint8_t *p, uint16_t v)
{
	v = htole16(v);
	memcpy(p, &v, sizeof(v));
}

static inline void put_le32(uint8_t *p, uint32_t v)
{
	v = htole32(v);
	memcpy(p, &v, sizeof(v));
}

static inline void put_le64(uint8_t *p, uint64_t v)
{
	v = htole64(v);
	memcpy(p, &v, sizeof(v));
}

static inline uint16_t get_le16(const uint8_t *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return le16toh(v);
}

static inline uint32_t get_le32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return le32toh(v);
}

static inline uint64_t get_le64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return le64toh(v);
}

/* Writes 7 bits per byte, lowest first; the top bit is set if more follow. */
static inline uint8_t *put_varint(uint8_t *p, uint64_t v)
{
	while (v >= 0x80) {
		*p++ = (uint8_t)v | 0x80;
		v >>= 7;
	}
	*p++ = (uint8_t)v;
	return p;
}

/* Reads at most VARINT_MAX bytes; bits beyond 64 are dropped. */
static inline const uint8_t *get_varint(const uint8_t *p, uint64_t *v)
{
	uint64_t sum = *p & 0x7f;
	unsigned int shift = 7;

	while (*p++ & 0x80) {
		if (shift > 63)
			break;
		sum |= (uint64_t)(*p & 0x7f) << shift;
		shift += 7;
	}
	*v = sum;
	return p;
}

/* Maps small numbers of either sign to small unsigned ones. */
static inline uint64_t zigzag(uint64_t v)
{
	return v << 1 ^ (0 - (v >> 63));
}

static inline uint64_t unzigzag(uint64_t v)
{
	return v >> 1 ^ (0 - (v & 1));
}

static inline uint8_t *put_delta(uint8_t *p, uint64_t v, uint64_t expected)
{
	return put_varint(p, zigzag(v - expected));
}

static inline const uint8_t *get_delta(const uint8_t *p, uint64_t expected, uint64_t *v)
{
	p = get_varint(p, v);
	*v = expected + unzigzag(*v);
	return p;
}

#endif /* GMEM_RECORDING_FORMAT_H */
