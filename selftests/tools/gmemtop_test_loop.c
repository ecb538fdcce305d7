// SPDX-License-Identifier: GPL-2.0-only
/* Tests of the main loop, on a display that types keys from a script and keeps the screens. */
#include "gmemtop_test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fake_source.h"
#include "recording/recording.h"
#include "run/loop.h"

/* Entries of scripts, besides keys. */
enum {
	QUIT = -1,
	SHOWN = -2,	/* continue when the screen was shown once more */
	LATER = -3,	/* continue after a while; keep the current screen */
};

#define LATER_ROUNDS 8	/* 50 ms each at most */

struct script {
	const int *keys;
	int shows;
	int since;		/* number of shows when the script began to wait; -1: not waiting */
	int rounds;		/* rounds waited so far */
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

static enum gmem_status run_script(struct script *s, const int *keys, struct fake_opts fake,
			    unsigned long count, double delay_s)
{
	const struct display screen = { s, false, size, key, show, NULL };
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
	assert_int_equal(run_script(&s, only_wait, (struct fake_opts){ .vms = 3, .conversions = 100 }, 3,
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
	assert_int_equal(run_script(&s, keys, fake, 0, 0.1), GMEM_OK);
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
	assert_int_equal(run_script(&s, keys, (struct fake_opts){ .vms = 1, .conversions = 1000 }, 0, 0.1),
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
	run_script(&s, keys, (struct fake_opts){ .vms = 3, .conversions = 10 }, 0, 3600);
	clock_gettime(CLOCK_MONOTONIC, &end);
	assert_true(end.tv_sec - begin.tv_sec < 10);
	assert_int_equal(s.shows, 7);
	free(s.last);
}

static void test_source_ends(void **state)
{
	struct script s;

	(void)state;
	assert_int_equal(run_script(&s, only_wait, (struct fake_opts){ .vms = 1, .end_ns = 1 }, 0, 0.1),
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
	const struct display screen = { &s, false, size, key, show, NULL };
	const struct gmemtop_options o = { .delay_s = 1 };
	struct gmem_error e;

	(void)state;
	assert_int_equal(loop_run(&source, &o, &screen, &e), GMEM_E_FAILED);
	assert_string_equal(e.what, "cannot read events: Input/output error");
	assert_true(e.hint[0]);
	free(s.last);
}

/* Emits records for as long as the callback accepts them. */
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
	const struct display screen = { &s, false, size, key, show, NULL };
	const struct gmemtop_options o = { .delay_s = 0.1 };
	struct gmem_error e;

	(void)state;
	assert_int_equal(loop_run(&source, &o, &screen, &e), GMEM_OK);
	assert_non_null(strstr(s.last, "BEHIND"));
	free(s.last);
}

/* Consecutive screens, without the second line, which is the loop's own state. */
#define SCREENS 64

struct album {
	char *screens[SCREENS];
	int n;
	const int *keys;	/* one after each screen; then q */
};

static int album_key(void *ctx, int timeout_ms, struct ui_mouse *mouse)
{
	struct album *a = ctx;
	struct timespec t = { 0, timeout_ms * 1000000L };

	(void)mouse;
	if (a->keys && a->n)
		return *a->keys ? *a->keys++ : 'q';
	nanosleep(&t, NULL);
	return UI_KEY_NONE;
}

static void album_size(void *ctx, int *width, int *height)
{
	(void)ctx;
	*width = 132;
	*height = 40;
}

static void album_show(void *ctx, const struct canvas *c)
{
	char *text = canvas_text(c), *line = strchr(text, '\n') + 1, *next = strchr(line, '\n') + 1;
	struct album *a = ctx;

	memmove(line, next, strlen(next) + 1);
	/* Drop the line of keys as well: it shows whether the screen is paused. */
	text[strlen(text) - 1] = '\0';
	*strrchr(text, '\n') = '\0';
	if (a->n < SCREENS)
		a->screens[a->n++] = text;
	else
		free(text);
}

static void album_free(struct album *a)
{
	for (int i = 0; i < a->n; i++)
		free(a->screens[i]);
}

#define RECORDING "build/gmemtop_test.gmem"

static struct gmem_source *recorded(struct gmem_source *live)
{
	struct gmem_recording_info info;
	struct gmem_recording *w;
	struct gmem_error e;

	gmem_recording_host_info(&info, "test");
	assert_int_equal(gmem_recording_create(&w, RECORDING, &info, &e), GMEM_OK);
	return gmem_tee_open(live, w);
}

static void watch(struct album *a, struct gmem_source *source, const struct gmemtop_options *o)
{
	const struct display screen = { a, false, album_size, album_key, album_show, NULL };
	struct gmem_error e;

	assert_int_equal(loop_run(source, o, &screen, &e), GMEM_OK);
	gmem_source_close(source);
}

static void replay(struct album *a, const int *keys, double speed)
{
	struct gmemtop_options o = { .delay_s = 1, .replay = RECORDING, .speed = speed, .count = 12 };
	struct gmem_source *source;
	struct gmem_error e;

	*a = (struct album){ .keys = keys };
	assert_int_equal(gmem_recording_open(&source, RECORDING, &e), GMEM_OK);
	watch(a, source, &o);
}

/*
 * A replay shows the same screens as the live session; then back, forward by steps, and to both
 * ends.
 */
static void test_replay_shows_what_was_live(void **state)
{
	static const int keys[] = { 'p', '.', '.', '^', '.', '$', '[', ' ', 0 };
	static const int at[] = { 0, 0, 1, 2, 0, 1, 11, 0, 1 };
	struct fake_opts fake = {
		.vms = 4, .conversions = 300, .churn_ns = 250000000, .long_ns = 300000000, .losses = 9,
	};
	struct gmemtop_options o = { .delay_s = 0.1, .count = 12, .speed = 1 };
	struct album live = { .n = 0 }, again;

	(void)state;
	watch(&live, recorded(fake_open(&fake)), &o);
	assert_int_equal(live.n, 12);
	replay(&again, NULL, 4096);
	assert_int_equal(again.n, 12);
	for (int i = 0; i < 12; i++)
		assert_string_equal(again.screens[i], live.screens[i]);
	assert_string_not_equal(live.screens[3], live.screens[4]);
	album_free(&again);
	replay(&again, keys, 1.0 / 16);
	assert_int_equal(again.n, sizeof(at) / sizeof(*at));
	for (int i = 0; i < again.n; i++)
		assert_string_equal(again.screens[i], live.screens[at[i]]);
	album_free(&again);
	album_free(&live);
	remove(RECORDING);
}

/* Without VMs, a live screen promises that they will appear. */
static void test_replay_without_vms(void **state)
{
	static const int keys[] = { 0 };
	struct gmemtop_options o = { .delay_s = 0.1, .count = 1, .speed = 1 };
	struct album a = { .n = 0 };

	(void)state;
	watch(&a, recorded(fake_open(&(struct fake_opts){ .vms = 0 })), &o);
	assert_non_null(strstr(a.screens[0], "VMs appear here as soon as they create one"));
	album_free(&a);
	replay(&a, keys, 4096);
	assert_non_null(strstr(a.screens[0], "none in the recording up to here"));
	album_free(&a);
	remove(RECORDING);
}

static void test_replay_keeps_the_pace(void **state)
{
	struct gmemtop_options o = { .delay_s = 0.1, .count = 12, .speed = 1 };
	struct timespec begin, end;
	struct album a = { .n = 0 };
	int64_t took_ms;

	(void)state;
	watch(&a, recorded(fake_open(&(struct fake_opts){ .vms = 1 })), &o);
	album_free(&a);
	clock_gettime(CLOCK_MONOTONIC, &begin);
	replay(&a, NULL, 2);
	clock_gettime(CLOCK_MONOTONIC, &end);
	took_ms = (end.tv_sec - begin.tv_sec) * 1000 + (end.tv_nsec - begin.tv_nsec) / 1000000;
	assert_in_range(took_ms, 500, 5000);
	album_free(&a);
	remove(RECORDING);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_ends_after_count),
	cmocka_unit_test(test_pause_freezes_the_screen),
	cmocka_unit_test(test_counting_goes_on_while_paused),
	cmocka_unit_test(test_keys_do_not_wait_for_the_refresh),
	cmocka_unit_test(test_source_ends),
	cmocka_unit_test(test_source_fails),
	cmocka_unit_test(test_replay_shows_what_was_live),
	cmocka_unit_test(test_replay_without_vms),
	cmocka_unit_test(test_replay_keeps_the_pace),
	cmocka_unit_test(test_flood_does_not_lock_keys_out),
};

TEST_UNIT(loop_unit, tests);
