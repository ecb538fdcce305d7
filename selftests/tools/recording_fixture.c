// SPDX-License-Identifier: GPL-2.0-only
/*
 * Generator of selftests/tools/recordings (a recording of each version of the format) and of the
 * seeds of selftests/fuzz/corpus:
 *   recording_fixture FILE             a recording with every kind of record
 *   recording_fixture --seeds FOLDER   small uncompressed ones, and contents of blocks
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/kinds.h"
#include "recording/recording.h"
#include "recording/recording_block.h"
#include "synth.h"

static struct gmem_recording *w;

static void die(const char *what)
{
	fprintf(stderr, "recording_fixture: %s\nSee the head of recording_fixture.c.\n", what);
	exit(1);
}

static void create(const char *path)
{
	const struct gmem_recording_info info = {
		.creator = "gmemtrace 0.1", .kernel = "6.12.117", .machine = "x86_64",
		.host = "fixture", .probes = "tracepoints", .groups = "base phases faults",
		.command = "private_mem_conversions_test -n 4", .cpus = 2, .page_bytes = 4096,
		.monotonic_ns = 1000000000, .realtime_ns = 1700000000000000000,
		.boottime_ns = 1000000000, .id = 0x676d656d,
	};
	struct gmem_error e;

	if (gmem_recording_create(&w, path, &info, &e))
		die(e.what);
}

static int on_record(void *ctx, const struct gmem_hdr *rec)
{
	(void)ctx;
	return gmem_recording_write(w, rec);
}

static void sync_now(struct synth *s)
{
	struct gmem_rec r = {
		.h = { .ts_ns = s->now_ns, .kind = GMEM_SYNC, .size = sizeof(r) },
	};

	on_record(NULL, &r.h);
	gmem_recording_flush(w);
}

/* Emits one record of each kind, with a different number in each field. */
static void every_kind(struct synth *s)
{
	static union { struct gmem_hdr h; struct gmem_map_rec map; uint64_t numbers[8192]; } any;

	for (unsigned int kind = 1; kind < GMEM_KINDS; kind++) {
		size_t size = gmem_kind_bytes(kind), n = size / 8 < 24 ? size / 8 : 24;

		if (kind == GMEM_SYNC || kind == GMEM_LOST)
			continue;
		memset(&any, 0, sizeof(any));
		for (size_t i = sizeof(any.h) / 8; i < n; i++)
			any.numbers[i] = kind * 100 + i;
		any.h = (struct gmem_hdr){
			.ts_ns = s->now_ns += 1000, .vm = 77, .tgid = 700, .tid = 701,
			.kind = (uint16_t)kind, .size = (uint16_t)size, .cpu = 1,
		};
		if (size == sizeof(struct gmem_map_rec))
			any.map.nr = 2;
		on_record(NULL, &any.h);
	}
}

/* Emits two ends with phases: one alone, and one of a conversion with a begin. */
static void phases(struct synth *s, struct synth_vm *vm)
{
	struct gmem_conversion_rec c = {
		.r = {
			.h = { .vm = vm->id, .tgid = vm->pid, .tid = 102, .kind = GMEM_ATTRIBUTES_END,
			       .size = sizeof(c) },
			.start = 512, .end = 1024, .arg = 8, .dur_ns = 2100, .aux = 1,
		},
		.phases = (1 << GMEM_PHASES) - 1,
		.phase_ns = { 100, 200, 300, 400, 500, 600 },
	};

	for (int begun = 0; begun < 2; begun++) {
		if (begun)
			synth_begin(s, vm, c.r.h.tid, c.r.start, c.r.end, true);
		c.r.h.ts_ns = s->now_ns += 2100;
		on_record(NULL, &c.r.h);
	}
}

/* Emits a snapshot of one operation in flight, whose begin was emitted before. */
static void repeat(struct synth *s, struct synth_vm *vm)
{
	struct gmem_rec inflight = {
		.h = { .ts_ns = s->now_ns, .kind = GMEM_INFLIGHT, .size = sizeof(inflight) },
	};
	struct gmem_rec begin = {
		.h = { .ts_ns = s->now_ns, .vm = vm->id, .tgid = vm->pid, .tid = 101, .kind = GMEM_ATTRIBUTES_BEGIN,
		       .size = sizeof(begin), .flags = GMEM_REC_REPEATED },
		.end = 512, .attributes = KVM_MEMORY_ATTRIBUTE_PRIVATE,
	};

	on_record(NULL, &inflight.h);
	on_record(NULL, &begin.h);
}

static void fill(bool all, unsigned int conversions)
{
	struct synth s = { .fn = on_record, .now_ns = 1000000000 };
	struct synth_vm a = { .id = 1, .pid = 100 }, b = { .id = 2, .pid = 200 };
	const uint64_t lost[GMEM_LOSSES] = { [GMEM_LOST_RINGBUF] = 3 };

	synth_start(&s, &a, "fixture", SYNTH_GIB);
	synth_start(&s, &b, "second", 64 * SYNTH_MIB);
	for (unsigned int i = 0; i < conversions; i++) {
		uint64_t gfn = i * 37 % 1000 * 16;

		s.now_ns += 20000 + i * 13 % 1000;
		synth_convert(&s, i % 3 ? &a : &b, gfn, gfn + (1 << i % 10), i % 2, 3000 + i * 7 % 500);
	}
	synth_counters(&s, &a);
	synth_counters(&s, &b);
	synth_lost(&s, lost);
	sync_now(&s);
	phases(&s, &a);
	if (all)
		every_kind(&s);
	synth_begin(&s, &a, 101, 0, 512, true);
	repeat(&s, &a);
	synth_end(&s, &b);
	sync_now(&s);
	if (gmem_recording_close(w))
		die("cannot write");
}

static uint8_t bytes[1 << 20];

static size_t slurp(const char *path)
{
	FILE *f = fopen(path, "r");
	size_t n = f ? fread(bytes, 1, sizeof(bytes), f) : 0;

	if (f)
		fclose(f);
	if (!n)
		die(path);
	return n;
}

static FILE *create_in(const char *folder, const char *name)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "w");
	if (!f)
		die(path);
	return f;
}

/* Writes a recording's blocks uncompressed, and the contents of each, so that a fuzzer can modify them. */
static void uncompress(const char *folder, const char *from, size_t size)
{
	static uint8_t raw[RECORDING_RAW_MAX + DECODER_PAD], head[RECORDING_BLOCK_HEAD];
	uint64_t id = get_le64(bytes + HEAD_ID);
	size_t at = get_le32(bytes + HEAD_BLOCKS_AT);
	FILE *f = create_in(folder, from);
	struct block_head h;
	char name[64];

	fwrite(bytes, 1, at, f);
	for (int n = 0; at < size; n++, at += sizeof(head) + h.stored) {
		FILE *inside;

		if (!block_head_read(&h, bytes + at, id) ||
		    !block_unpack(&h, bytes + at + sizeof(head), id, ZSTD_createDCtx(), raw))
			die("cannot read what was written");
		memcpy(head, bytes + at, sizeof(head));
		put_le32(head + BLOCK_STORED, h.raw);
		put_le16(head + BLOCK_FLAGS, 0);
		fwrite(head, 1, sizeof(head), f);
		fwrite(raw, 1, h.raw, f);
		snprintf(name, sizeof(name), "%s-block-%d", from, n);
		inside = create_in(folder, name);
		fwrite((uint8_t[]){ h.records & 0xff, h.records >> 8, 0 }, 1, 3, inside);
		fwrite(raw, 1, h.raw, inside);
		fclose(inside);
	}
	fclose(f);
}

static void seeds(const char *folder)
{
	char path[4096];

	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, i ? "compressed" : "small-compressed");
		create(path);
		fill(i, i ? 40 : 2);
		uncompress(folder, i ? "plain" : "small-plain", slurp(path));
	}
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "--seeds")) {
		seeds(argv[2]);
	} else if (argc == 2) {
		create(argv[1]);
		fill(true, 300);
	} else {
		die("usage: recording_fixture FILE | --seeds FOLDER");
	}
	return 0;
}
