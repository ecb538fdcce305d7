// SPDX-License-Identifier: GPL-2.0-only
/* Files that are cut, damaged or malicious: intact parts are read, the rest is reported. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "recording/recording_block.h"
#include "recording/recording_format.h"
#include "recording_make.h"

static uint64_t sums[64];	/* sum of the records up to the end of each block */
static uint64_t counts[64];
static size_t nr_blocks;

/* Makes a file of a few blocks of a few records; returns its bytes. */
static uint8_t *make_file(size_t *size)
{
	struct gmem_recording *w = make_create(make_path("whole"));
	static union any_record r;
	struct rng rng = { 5 };
	uint64_t now_ns = 1000;
	struct made m;

	nr_blocks = 0;
	for (int i = 0; i < 10; i++) {
		for (int n = 0; n < 12; n++) {
			make_record_of(&rng, &now_ns, GMEM_ATTRIBUTES_BEGIN + n % 2, &r);
			assert_int_equal(gmem_recording_write(w, &r.h), 0);
		}
		assert_int_equal(gmem_recording_flush(w), 0);
		assert_int_equal(make_read(make_path("whole"), &m), GMEM_OK);
		sums[nr_blocks] = m.sum;
		counts[nr_blocks++] = m.records;
	}
	assert_int_equal(gmem_recording_close(w), 0);
	return make_slurp(make_path("whole"), size);
}

static size_t block_at(const uint8_t *bytes, size_t size, unsigned int n)
{
	const uint8_t *p = bytes;

	while ((p = memmem(p, size - (size_t)(p - bytes), RECORDING_BLOCK_MAGIC, RECORDING_MAGIC_LEN)) && n--)
		p++;
	return p ? (size_t)(p - bytes) : size;
}

static void cut_at_every_byte(void **state)
{
	size_t size, whole = 0;
	uint8_t *bytes;
	struct made m;

	(void)state;
	make_start();
	bytes = make_file(&size);
	for (size_t n = 0; n < size; n++) {
		enum gmem_status status;

		while (whole < nr_blocks && block_at(bytes, size, (unsigned int)whole + 1) <= n)
			whole++;
		make_spill(make_path("cut"), bytes, n);
		status = make_read(make_path("cut"), &m);
		if (n < RECORDING_HEAD_BYTES) {
			assert_int_equal(status, GMEM_E_IO);
			continue;
		}
		assert_int_equal(status, GMEM_OK);
		assert_int_equal(m.err, -ENODATA);
		assert_int_equal(m.records, whole ? counts[whole - 1] : 0);
		assert_int_equal(m.sum, whole ? sums[whole - 1] : 0);
		assert_true(m.state.ended_early);
		/* The header has the number of records. */
		assert_int_equal(m.records + m.lost, 120);
	}
	free(bytes);
	make_done();
}

static void every_bit_flipped(void **state)
{
	size_t size, head;
	uint8_t *bytes;
	struct made m;

	(void)state;
	make_start();
	bytes = make_file(&size);
	head = block_at(bytes, size, 0);
	for (size_t bit = 0; bit < size * 8; bit += 3) {
		bytes[bit / 8] ^= 1 << bit % 8;
		make_spill(make_path("flipped"), bytes, size);
		if (!make_read(make_path("flipped"), &m)) {
			assert_int_equal(m.err, -ENODATA);
			if (bit / 8 >= head) {
				assert_int_equal(m.records, 120 - 12);
				assert_int_equal(m.lost, 12);
			} else {
				assert_true(m.state.head_damaged);
				assert_true(m.records == 120 || (!m.records && m.lost));
			}
		} else {
			assert_true(bit / 8 < HEAD_VERSION);
		}
		bytes[bit / 8] ^= 1 << bit % 8;
	}
	free(bytes);
	make_done();
}

static void blocks_in_the_wrong_place(void **state)
{
	size_t size, at[12];
	uint8_t *bytes, *spliced;
	struct made m;

	(void)state;
	make_start();
	bytes = make_file(&size);
	spliced = calloc(3, size);
	for (unsigned int i = 0; i <= 10; i++)
		at[i] = block_at(bytes, size, i);
	/* Block 3 occurs twice, and once more at the end. */
	memcpy(spliced, bytes, at[4]);
	memcpy(spliced + at[4], bytes + at[3], size - at[3]);
	memcpy(spliced + size + at[4] - at[3], bytes + at[3], at[4] - at[3]);
	make_spill(make_path("spliced"), spliced, size + 2 * (at[4] - at[3]));
	assert_int_equal(make_read(make_path("spliced"), &m), GMEM_OK);
	assert_int_equal(m.records, 120);
	assert_int_equal(m.sum, sums[9]);
	assert_true(m.lost);
	/* Block 5 comes before block 3, and block 4 is missing. */
	memcpy(spliced, bytes, at[3]);
	memcpy(spliced + at[3], bytes + at[5], at[6] - at[5]);
	memcpy(spliced + at[3] + at[6] - at[5], bytes + at[3], at[4] - at[3]);
	memcpy(spliced + at[3] + at[6] - at[5] + at[4] - at[3], bytes + at[6], size - at[6]);
	make_spill(make_path("spliced"), spliced, size - (at[5] - at[4]));
	assert_int_equal(make_read(make_path("spliced"), &m), GMEM_OK);
	assert_int_equal(m.records, 120 - 24);
	assert_int_equal(m.lost, 24);
	free(spliced);
	free(bytes);
	make_done();
}

static void blocks_of_another_recording(void **state)
{
	struct gmem_recording_info info = { .id = 43 };
	size_t size, other_size;
	uint8_t *bytes, *other, *both;
	struct gmem_recording *w = NULL;
	struct gmem_error e;
	struct gmem_rec r = REC(9, GMEM_VM_END, .h.ts_ns = 7);
	struct made m;

	(void)state;
	make_start();
	bytes = make_file(&size);
	assert_int_equal(gmem_recording_create(&w, make_path("other"), &info, &e), GMEM_OK);
	assert_int_equal(gmem_recording_write(w, &r.h), 0);
	assert_int_equal(gmem_recording_close(w), 0);
	other = make_slurp(make_path("other"), &other_size);
	both = malloc(size + other_size);
	memcpy(both, bytes, size);
	memcpy(both + size, other, other_size);
	make_spill(make_path("both"), both, size + other_size);
	assert_int_equal(make_read(make_path("both"), &m), GMEM_OK);
	assert_int_equal(m.records, 120);
	assert_int_equal(m.sum, sums[9]);
	assert_true(m.lost);
	free(both);
	free(other);
	free(bytes);
	make_done();
}

/*
 * Returns whether a changed field damages the block: a wrong time does not, and of the flags only
 * BLOCK_ZSTD counts.
 */
static bool does_harm(unsigned int at, uint64_t v, const uint8_t *head)
{
	if (at == BLOCK_FLAGS)
		return (v ^ get_le16(head + BLOCK_FLAGS)) & BLOCK_ZSTD;
	return at != BLOCK_FIRST_NS && at != BLOCK_LAST_NS;
}

/* Wrong lengths with valid checksums, as in a malicious file. */
static void hostile_lengths(void **state)
{
	static const struct { unsigned int at, size; uint64_t v; } cases[] = {
		{ BLOCK_STORED, 4, 0 }, { BLOCK_STORED, 4, 0xffffffff }, { BLOCK_STORED, 4, RECORDING_STORED_MAX },
		{ BLOCK_RAW, 4, 0 }, { BLOCK_RAW, 4, 0xffffffff }, { BLOCK_RAW, 4, RECORDING_RAW_MAX },
		{ BLOCK_RECORDS, 4, 0 }, { BLOCK_RECORDS, 4, 0xffffffff }, { BLOCK_FLAGS, 2, BLOCK_ZSTD },
		{ BLOCK_FLAGS, 2, 0 }, { BLOCK_FLAGS, 2, 0xffff }, { BLOCK_SEQ, 8, UINT64_MAX }, { BLOCK_BEFORE, 8, UINT64_MAX },
		{ BLOCK_FIRST_NS, 8, UINT64_MAX }, { BLOCK_LAST_NS, 8, 0 },
	};
	size_t size, at;
	uint8_t *bytes, *block, head[RECORDING_BLOCK_HEAD];
	struct made m;

	(void)state;
	make_start();
	bytes = make_file(&size);
	at = block_at(bytes, size, 4);
	block = bytes + at;
	memcpy(head, block, sizeof(head));
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint8_t v[8];

		put_le64(v, cases[i].v);
		memcpy(block + cases[i].at, v, cases[i].size);
		put_le32(block + BLOCK_HEAD_SUM, (uint32_t)recording_sum(get_le64(bytes + HEAD_ID), block,
									 BLOCK_HEAD_SUM));
		make_spill(make_path("hostile"), bytes, size);
		assert_int_equal(make_read(make_path("hostile"), &m), GMEM_OK);
		assert_int_equal(m.err, -ENODATA);
		assert_true(m.records <= 120);
		if (does_harm(cases[i].at, cases[i].v, head))
			assert_true(m.lost);
		memcpy(block, head, sizeof(head));
	}
	free(bytes);
	make_done();
}

/* Consecutive heads, each of which promises a long block, must not cost quadratic time. */
static void hostile_heads_take_no_time(void **state)
{
	size_t size, blocks_at, n = 4 << 20;
	uint8_t *bytes, *many;
	struct made m;

	(void)state;
	make_start();
	bytes = make_file(&size);
	many = malloc(n);
	blocks_at = block_at(bytes, size, 0);
	memcpy(many, bytes, blocks_at);
	memcpy(many + blocks_at, bytes + blocks_at, RECORDING_BLOCK_HEAD);
	put_le32(many + blocks_at + BLOCK_STORED, RECORDING_STORED_MAX);
	put_le32(many + blocks_at + BLOCK_HEAD_SUM, (uint32_t)recording_sum(get_le64(bytes + HEAD_ID),
									    many + blocks_at, BLOCK_HEAD_SUM));
	for (size_t i = blocks_at + RECORDING_BLOCK_HEAD; i + RECORDING_BLOCK_HEAD <= n; i += RECORDING_BLOCK_HEAD)
		memcpy(many + i, many + blocks_at, RECORDING_BLOCK_HEAD);
	make_spill(make_path("many"), many, n);
	assert_int_equal(make_read(make_path("many"), &m), GMEM_OK);
	assert_int_equal(m.records, 0);
	assert_true(m.lost);
	free(many);
	free(bytes);
	make_done();
}

static void what_is_no_recording(void **state)
{
	static const char *const no[] = { "", "G", "GMEMREC\n", "#!/bin/sh\n" };
	struct gmem_source *s = NULL;
	struct gmem_error e;
	struct made m;

	(void)state;
	make_start();
	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++) {
		make_spill(make_path("no"), (const uint8_t *)no[i], strlen(no[i]));
		assert_int_equal(make_read(make_path("no"), &m), GMEM_E_IO);
	}
	assert_int_equal(gmem_recording_open(&s, make_path("none"), &e), GMEM_E_IO);
	assert_non_null(strstr(e.what, "No such file"));
	assert_int_equal(gmem_recording_open(&s, make_dir, &e), GMEM_E_IO);
	make_done();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(cut_at_every_byte),
	cmocka_unit_test(every_bit_flipped),
	cmocka_unit_test(blocks_in_the_wrong_place),
	cmocka_unit_test(blocks_of_another_recording),
	cmocka_unit_test(hostile_lengths),
	cmocka_unit_test(hostile_heads_take_no_time),
	cmocka_unit_test(what_is_no_recording),
};

TEST_UNIT(recording_damage_unit, tests);
