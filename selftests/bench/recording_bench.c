// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cost of a recording: bytes in the file, and CPU time of writing and of reading an event, without
 * and with a model. Measured on this machine, not in a VM. Usage: recording_bench [EVENTS [FILE]]
 * Prints one JSON line.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "abi/conversion.h"
#include "model/model.h"
#include "recording/recording.h"

#define THREADS 8	/* vCPUs that convert at the same time */

static uint64_t state = 1;

static uint64_t below(uint64_t n)
{
	state = state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (state >> 33) % n;
}

static uint64_t cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void die(const char *what)
{
	fprintf(stderr, "recording_bench: %s\nIs there room for it?\n", what);
	exit(1);
}

struct thread {
	struct gmem_conversion_rec c;
	unsigned int step;
	uint64_t begin_ns;
};

static const unsigned short steps[] = {
	GMEM_MEMORY_FAULT, GMEM_STALL_BEGIN, GMEM_ATTRIBUTES_BEGIN, GMEM_INVALIDATE_BEGIN,
	GMEM_INVALIDATE_END, GMEM_ATTRIBUTES_END, GMEM_FALLOCATE_BEGIN, GMEM_FALLOCATE_END,
};

#define NR_STEPS (sizeof(steps) / sizeof(*steps))

/* Makes the next event of a conversion, as a kernel with all probes emits them. */
static void next_event(struct thread *t, uint64_t now_ns)
{
	struct gmem_rec *r = &t->c.r;
	unsigned short kind = steps[t->step];

	if (!t->step) {
		r->start = below(1 << 18);
		r->end = r->start + (1 << below(10));
	}
	r->h.kind = kind;
	r->h.ts_ns = now_ns;
	r->ino = kind == GMEM_FALLOCATE_BEGIN || kind == GMEM_FALLOCATE_END ? 1234 : 0;
	r->arg = 8;
	r->dur_ns = 0;
	if (kind == GMEM_ATTRIBUTES_END || kind == GMEM_FALLOCATE_END || kind == GMEM_INVALIDATE_END)
		r->dur_ns = now_ns - t->begin_ns;
	else
		t->begin_ns = now_ns;
	r->h.size = kind == GMEM_ATTRIBUTES_END ? sizeof(t->c) : sizeof(*r);
	t->c.phases = (1 << GMEM_PHASES) - 1;
	for (int i = 0; i < GMEM_PHASES; i++)
		t->c.phase_ns[i] = r->dur_ns / GMEM_PHASES + below(50);
	r->aux = kind == GMEM_ATTRIBUTES_END;
	r->nr_pages = kind == GMEM_FALLOCATE_END ? r->end - r->start : 0;
	t->step = (t->step + 1) % NR_STEPS;
}

static uint64_t write_events(const char *path, uint64_t n)
{
	struct gmem_recording_info info = { .creator = "recording_bench" };
	struct thread threads[THREADS] = { 0 };
	struct gmem_recording *w = NULL;
	struct gmem_error e;
	uint64_t now_ns = 1000000000, start;

	if (gmem_recording_create(&w, path, &info, &e))
		die(e.what);
	for (unsigned int i = 0; i < THREADS; i++)
		threads[i].c.r.h = (struct gmem_hdr){ .vm = 1 + i / 2, .tgid = 100 * i, .tid = 100 * i + 1,
						      .cpu = i };
	start = cpu_ns();
	for (uint64_t i = 0; i < n; ) {
		struct thread *t = &threads[below(THREADS)];

		now_ns += 200 + below(800);
		next_event(t, now_ns);
		if (gmem_recording_write(w, &t->c.r.h))
			die("cannot write");
		i += 1 + gmem_conversion_events(&t->c.r.h);
	}
	if (gmem_recording_close(w))
		die("cannot write");
	return cpu_ns() - start;
}

static int count(void *ctx, const struct gmem_hdr *rec)
{
	*(uint64_t *)ctx += rec->size;
	return 0;
}

static int apply(void *ctx, const struct gmem_hdr *rec)
{
	return gmem_model_apply(ctx, rec);
}

static uint64_t read_events(const char *path, gmem_record_fn fn, void *ctx)
{
	struct gmem_source *s = NULL;
	struct gmem_error e;
	uint64_t start;
	int err;

	if (gmem_recording_open(&s, path, &e))
		die(e.what);
	start = cpu_ns();
	do
		err = gmem_source_sync(s, fn, ctx);
	while (!err);
	gmem_source_close(s);
	if (err != -ENODATA)
		die("cannot read what was written");
	return cpu_ns() - start;
}

int main(int argc, char **argv)
{
	uint64_t n = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000, bytes = 0, file_bytes;
	const char *path = argc > 2 ? argv[2] : "/tmp/recording_bench.gmem";
	struct gmem_model *m = gmem_model_new();
	uint64_t written, read, applied;
	FILE *f;

	written = write_events(path, n);
	f = fopen(path, "r");
	if (!f || !m || fseek(f, 0, SEEK_END))
		die(path);
	file_bytes = (uint64_t)ftell(f);
	fclose(f);
	read = read_events(path, count, &bytes);
	applied = read_events(path, apply, m);
	printf("{\"events\": %llu, \"bytes_per_event\": %.2f, \"write_ns\": %.1f, \"read_ns\": %.1f, "
	       "\"read_and_model_ns\": %.1f}\n", (unsigned long long)n, (double)file_bytes / n,
	       (double)written / n, (double)read / n, (double)applied / n);
	gmem_model_free(m);
	if (argc <= 2)
		unlink(path);
	return 0;
}
