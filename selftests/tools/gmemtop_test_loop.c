// SPDX-License-Identifier: GPL-2.0-only
/* The loop with a screen that types keys by a script and remembers what it was shown. */
#include "gmemtop_test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fake_source.h"
#include "loop.h"

/* In scripts, beside keys. */
enum {
	QUIT = -1,
	SHOWN = -2,	/* go on when the screen was shown once more */
	LATER = -3,	/* go on some time later; keep what is shown now */
};

#define LATER_ROUNDS 8	/* of 50 ms at most */

struct script {
	const int *keys;
	int shows;
	int since;		/* shows, when the script began to wait; -1: it does not */
	int rounds;		/* that it has waited */
	char *last;
	char *kept;
	int width;
};

static void size(void *ctx, int *width, int *height)
{
	struct script *s = ctx;

	*width = s->width;
	*height = 24;
}

static void wait_for(struct script *s, bool over)
{
	s->rounds++;
	if (over) {
		s->keys++;
		s->since = -1;
	}
}

static int key(void *ctx, int timeout_ms, struct ui_mouse *mouse)
{
	struct script *s = ctx;
	struct timespec t = { 0, timeout_ms * 1000000L };

	(void)mouse;
	if (*s->keys == QUIT)
		return 'q';
	if (*s->keys >= 0)
		return *s->keys++;
	if (s->since < 0) {
		s->since = s->shows;
		s->rounds = 0;
		if (*s->keys == LATER)
			s->kept = strdup(s->last);
	}
	nanosleep(&t, NULL);
	wait_for(s, *s->keys == SHOWN ? s->shows > s->since : s->rounds > LATER_ROUNDS);
	return UI_KEY_NONE;
}

static void show(void *ctx, const struct canvas *c)
{
	struct script *s = ctx;

	free(s->last);
	s->last = canvas_text(c);
	s->shows++;
}

static enum gmem_status run(struct script *s, const int *keys, struct fake_opts fake,
			    unsigned long count, double delay_s)
{
	const struct loop_screen screen = { s, false, size, key, show, NULL };
	const struct gmemtop_options o = {
		.delay_s = delay_s, .count = count, .sort = gmem_metric("conversions_per_s"),
	};
	struct gmem_source *source = fake_open(&fake);
	struct gmem_error e;
	enum gmem_status status;

	*s = (struct script){ .keys = keys, .since = -1, .width = 80 };
	status = loop_run(source, &o, &screen, &e);
	gmem_source_close(source);
	return status;
}

static const int only_wait[] = { SHOWN, SHOWN, SHOWN, SHOWN, SHOWN, QUIT };

static void test_ends_after_count(void **state)
{
	struct script s;

	(void)state;
	assert_int_equal(run(&s, only_wait, (struct fake_opts){ .vms = 3, .conversions = 100 }, 3,
			     0.1), GMEM_OK);
	assert_int_equal(s.shows, 3);
	assert_non_null(strstr(s.last, "3 VMs"));
	free(s.last);
}

static void test_pause_freezes_the_screen(void **state)
{
	static const int keys[] = { SHOWN, SHOWN, 'p', LATER, '?', '?', QUIT };
	struct fake_opts fake = { .vms = 3, .conversions = 1000, .churn_ns = 100000000 };
	struct script s;

	(void)state;
	assert_int_equal(run(&s, keys, fake, 0, 0.1), GMEM_OK);
	assert_non_null(strstr(s.last, "PAUSED"));
	assert_string_equal(s.last, s.kept);
	free(s.last);
	free(s.kept);
}

static void test_counting_goes_on_while_paused(void **state)
{
	static const int keys[] = { SHOWN, 'p', LATER, ' ', 'p', QUIT };
	struct script s;

	(void)state;
	assert_int_equal(run(&s, keys, (struct fake_opts){ .vms = 1, .conversions = 1000 }, 0, 0.1),
			 GMEM_OK);
	assert_null(strstr(s.last, "PAUSED"));
	assert_string_not_equal(s.last, s.kept);
	free(s.last);
	free(s.kept);
}

static void test_keys_do_not_wait_for_the_refresh(void **state)
{
	static const int keys[] = { UI_KEY_DOWN, 's', 'R', ' ', '?', 'q', QUIT };
	struct timespec begin, end;
	struct script s;

	(void)state;
	clock_gettime(CLOCK_MONOTONIC, &begin);
	run(&s, keys, (struct fake_opts){ .vms = 3, .conversions = 10 }, 0, 3600);
	clock_gettime(CLOCK_MONOTONIC, &end);
	assert_true(end.tv_sec - begin.tv_sec < 10);
	assert_int_equal(s.shows, 7);
	free(s.last);
}

static void test_source_ends(void **state)
{
	struct script s;

	(void)state;
	assert_int_equal(run(&s, only_wait, (struct fake_opts){ .vms = 1, .end_ns = 1 }, 0, 0.1),
			 GMEM_OK);
	assert_non_null(strstr(s.last, "END OF EVENTS"));
	free(s.last);
}

static int fail_to_poll(struct gmem_source *source, int timeout_ms, gmem_record_fn fn, void *ctx)
{
	(void)source;
	(void)timeout_ms;
	(void)fn;
	(void)ctx;
	return -EIO;
}

static const char *describe(const struct gmem_source *source)
{
	(void)source;
	return "none";
}

static void test_source_fails(void **state)
{
	static const struct gmem_source_ops ops = { .poll = fail_to_poll, .describe = describe };
	struct gmem_source source = { &ops };
	struct script s = { .keys = only_wait, .since = -1, .width = 80 };
	const struct loop_screen screen = { &s, false, size, key, show, NULL };
	const struct gmemtop_options o = { .delay_s = 1 };
	struct gmem_error e;

	(void)state;
	assert_int_equal(loop_run(&source, &o, &screen, &e), GMEM_E_FAILED);
	assert_string_equal(e.what, "cannot read events: Input/output error");
	assert_true(e.hint[0]);
	free(s.last);
}

/* Hands over records for as long as it is let. */
static int flood(struct gmem_source *source, int timeout_ms, gmem_record_fn fn, void *ctx)
{
	struct gmem_rec r = { .h = { .vm = 1, .kind = GMEM_MEMORY_FAULT, .size = sizeof(r) } };
	int err = 0;

	(void)source;
	(void)timeout_ms;
	while (!err)
		err = fn(ctx, &r.h);
	return err;
}

static int sync_flood(struct gmem_source *source, gmem_record_fn fn, void *ctx)
{
	return flood(source, 0, fn, ctx);
}

static void test_flood_does_not_lock_keys_out(void **state)
{
	static const struct gmem_source_ops ops = {
		.poll = flood, .sync = sync_flood, .describe = describe,
	};
	static const int keys[] = { UI_KEY_DOWN, SHOWN, QUIT };
	struct gmem_source source = { &ops };
	struct script s = { .keys = keys, .since = -1, .width = 80 };
	const struct loop_screen screen = { &s, false, size, key, show, NULL };
	const struct gmemtop_options o = { .delay_s = 0.1 };
	struct gmem_error e;

	(void)state;
	assert_int_equal(loop_run(&source, &o, &screen, &e), GMEM_OK);
	assert_non_null(strstr(s.last, "BEHIND"));
	free(s.last);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_ends_after_count),
	cmocka_unit_test(test_pause_freezes_the_screen),
	cmocka_unit_test(test_counting_goes_on_while_paused),
	cmocka_unit_test(test_keys_do_not_wait_for_the_refresh),
	cmocka_unit_test(test_source_ends),
	cmocka_unit_test(test_source_fails),
	cmocka_unit_test(test_flood_does_not_lock_keys_out),
};

TEST_UNIT(loop_unit, tests);
