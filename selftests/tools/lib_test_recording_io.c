// SPDX-License-Identifier: GPL-2.0-only
/* Full disks and readers that end: data reported as saved can be read. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "abi/kinds.h"
#include "recording_make.h"

static int write_one(struct gmem_recording *w, struct rng *rng, uint64_t n)
{
	struct gmem_rec r = REC(1, GMEM_BIND, .h.ts_ns = n, .ino = rng_next(rng), .arg = rng_next(rng));

	return gmem_recording_write(w, &r.h);
}

/* Limits the file size, like a disk with room for so many bytes. */
static void limit(rlim_t bytes)
{
	const struct rlimit l = { bytes, RLIM_INFINITY };

	signal(SIGXFSZ, bytes == RLIM_INFINITY ? SIG_DFL : SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &l), 0);
}

static void a_full_disk_keeps_what_was_flushed(void **state)
{
	struct rng rng = { 1 };
	uint64_t flushed = 0, n = 0;
	struct gmem_recording *w;
	struct made m;
	int err = 0;

	(void)state;
	make_start();
	w = make_create(make_path("full"));
	limit(50000);
	while (!err) {
		for (int i = 0; !err && i < 100; i++)
			err = write_one(w, &rng, n++);
		if (!err)
			err = gmem_recording_flush(w);
		if (!err)
			flushed = n;
	}
	assert_int_equal(err, -EFBIG);
	assert_int_equal(gmem_recording_error(w), -EFBIG);
	assert_int_equal(write_one(w, &rng, n), -EFBIG);
	assert_int_equal(gmem_recording_flush(w), -EFBIG);
	assert_int_equal(gmem_recording_close(w), -EFBIG);
	limit(RLIM_INFINITY);
	assert_true(flushed > 1000);
	assert_int_equal(make_read(make_path("full"), &m), GMEM_OK);
	assert_int_equal(m.records, flushed);
	assert_int_equal(m.lost, 0);
	assert_true(m.state.ended_early);
	make_done();
}

static void no_room_for_a_header(void **state)
{
	const struct gmem_recording_info info = { .creator = "test" };
	struct gmem_recording *w = NULL;
	struct gmem_error e = { 0 };

	(void)state;
	assert_int_equal(gmem_recording_create(&w, "/dev/full", &info, &e), GMEM_E_IO);
	assert_non_null(strstr(e.what, "No space left"));
	assert_true(*e.hint);
	assert_int_equal(gmem_recording_create(&w, "/nonexistent/x", &info, &e), GMEM_E_IO);
	assert_null(w);
}

static void a_reader_that_goes_is_an_error(void **state)
{
	struct rng rng = { 1 };
	struct gmem_recording *w;
	int fd, err = 0;

	(void)state;
	make_start();
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(mkfifo(make_path("fifo"), 0600), 0);
	fd = open(make_path("fifo"), O_RDONLY | O_NONBLOCK);
	w = make_create(make_path("fifo"));
	close(fd);
	for (uint64_t n = 0; !err && n < 100; n++)
		err = write_one(w, &rng, n);
	assert_int_equal(gmem_recording_flush(w), -EPIPE);
	assert_int_equal(gmem_recording_close(w), -EPIPE);
	signal(SIGPIPE, SIG_DFL);
	make_done();
}

/* Header and blocks are sequential, so a pipe can be read. */
static void a_pipe_can_be_read(void **state)
{
	struct rng rng = { 1 };
	struct gmem_recording *w;
	struct made m;
	pid_t pid;

	(void)state;
	make_start();
	assert_int_equal(mkfifo(make_path("fifo"), 0600), 0);
	pid = fork();
	if (!pid) {
		w = make_create(make_path("fifo"));
		for (uint64_t n = 0; n < 50000; n++)
			write_one(w, &rng, n);
		_exit(gmem_recording_close(w) ? 1 : 0);
	}
	assert_int_equal(make_read(make_path("fifo"), &m), GMEM_OK);
	assert_int_equal(m.records, 50000);
	assert_int_equal(m.lost, 0);
	make_done();
}

static void what_is_no_record_is_refused(void **state)
{
	const struct gmem_hdr h = { .kind = GMEM_VM, .size = 8 };
	struct gmem_recording *w;

	(void)state;
	make_start();
	w = make_create(make_path("short"));
	assert_int_equal(gmem_recording_write(w, &h), -EINVAL);
	assert_int_equal(gmem_recording_error(w), 0);
	assert_int_equal(gmem_recording_close(w), 0);
	make_done();
}

/* Recordings of every released version; since the second, ends carry phases. */
static void released_versions_are_read(void **state)
{
	static const struct { const char *path; uint64_t records, syncs, lost; } versions[] = {
		{ "selftests/tools/recordings/v1.gmem", 653, 2, 0 },
		{ "selftests/tools/recordings/v1-phases.gmem", 657, 2, 0 },
		{ "selftests/tools/recordings/v2.gmem", 661, 2, 0 },
	};
	struct made m;

	(void)state;
	for (size_t i = 0; i < sizeof(versions) / sizeof(*versions); i++) {
		if (access(versions[i].path, R_OK))
			skip();	/* not run from the root of the source tree */
		assert_int_equal(make_read(versions[i].path, &m), GMEM_OK);
		assert_int_equal(m.records, versions[i].records);
		assert_int_equal(m.syncs, versions[i].syncs);
		assert_int_equal(m.lost, versions[i].lost);
		assert_false(m.state.ended_early);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_full_disk_keeps_what_was_flushed),
	cmocka_unit_test(no_room_for_a_header),
	cmocka_unit_test(a_reader_that_goes_is_an_error),
	cmocka_unit_test(a_pipe_can_be_read),
	cmocka_unit_test(what_is_no_record_is_refused),
	cmocka_unit_test(released_versions_are_read),
};

TEST_UNIT(recording_io_unit, tests);
