// SPDX-License-Identifier: GPL-2.0-only
/*
 * Soak test: refreshes at full speed, with VMs that come and go, sizes that change and every key
 * pressed; for builds with sanitizers. Usage: gmemtop_soak REFRESHES
 */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "run/loop.h"
#include "selftests/tools/fake_source.h"

struct soak {
	unsigned long shown;
	unsigned long pressed;
	int width;
	int height;
	uint64_t rng;
};

static unsigned int below(struct soak *s, unsigned int n)
{
	s->rng = s->rng * 6364136223846793005ULL + 1442695040888963407ULL;
	return (unsigned int)(s->rng >> 33) % n;
}

static void size(void *ctx, int *width, int *height)
{
	struct soak *s = ctx;

	*width = s->width;
	*height = s->height;
}

/*
 * Returns a random key that does not end the program, one after each refresh: the test counts
 * refreshes.
 */
static int key(void *ctx, int timeout_ms, struct ui_mouse *mouse)
{
	static const int special[] = {
		UI_KEY_ESC, UI_KEY_UP, UI_KEY_DOWN, UI_KEY_LEFT, UI_KEY_RIGHT, UI_KEY_PAGE_UP,
		UI_KEY_PAGE_DOWN, UI_KEY_HOME, UI_KEY_END, UI_KEY_ENTER, UI_KEY_BACKSPACE,
		UI_KEY_TAB, UI_KEY_CLICK, UI_KEY_DOUBLE_CLICK, UI_KEY_WHEEL_UP, UI_KEY_WHEEL_DOWN,
		UI_KEY_F1 + 1, UI_KEY_F1 + 4, 0x865a, '[', '/',
	};
	struct soak *s = ctx;
	int k;

	(void)timeout_ms;
	if (s->pressed > s->shown)
		return UI_KEY_NONE;
	s->pressed++;
	*mouse = (struct ui_mouse){ (int)below(s, 100), (int)below(s, 300) };
	if (!below(s, 50)) {
		s->width = 10 + (int)below(s, 200);
		s->height = 3 + (int)below(s, 60);
		return UI_KEY_RESIZE;
	}
	k = below(s, 3) ? special[below(s, sizeof(special) / sizeof(*special))] :
	    (int)(' ' + below(s, 95));
	/* Keys for the delay would slow it down, and a pause shows nothing. */
	return strchr("qpd+=-_", k < 128 ? k : 'q') ? UI_KEY_ESC : k;
}

static void show(void *ctx, const struct canvas *c)
{
	struct soak *s = ctx;

	free(canvas_text(c));
	s->shown++;
}

int main(int argc, char **argv)
{
	struct fake_opts fake = {
		.vms = 12, .conversions = 20, .churn_ns = 30000000, .long_ns = 20000000, .losses = 3,
	};
	struct soak s = { .width = 80, .height = 24, .rng = 1 };
	const struct display screen = { &s, false, size, key, show, NULL };
	struct gmemtop_options o = {
		.count = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000, .no_config = true,
	};
	struct gmem_source *source = fake_open(&fake);
	struct gmem_error e = { 0 };
	enum gmem_status status;

	setlocale(LC_CTYPE, "C.UTF-8");
	if (!source)
		return GMEM_E_FAILED;
	status = loop_run(source, &o, &screen, &e);
	gmem_source_close(source);
	if (status)
		return (int)gmem_report("gmemtop_soak", &e);
	printf("%u refreshes, %lu keys: nothing leaked\n", o.count, s.pressed);
	return 0;
}
