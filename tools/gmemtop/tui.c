// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "tui.h"

#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "loop.h"
#include "rescue.h"
#include "stop.h"
#include "ui.h"

/* Last: it defines lines, columns and hundreds of other words as macros. */
#include <term.h>

#define CTRL_L		12
#define NO_KEYS		8	/* input without a key in it, before we take it for closed */

struct tui {
	SCREEN *screen;
	bool colour;
	cchar_t *line;
	int line_len;
	int empty_reads;
};

/* By role; colours that can be read on dark and on light, with the terminal's background. */
static const struct look {
	attr_t mono;
	attr_t coloured;
	short colour;		/* of the text; -1: the terminal's */
} looks[CANVAS_ATTRS] = {
	[CANVAS_NORMAL]		= { A_NORMAL, A_NORMAL, -1 },
	[CANVAS_TITLE]		= { A_BOLD, A_BOLD, -1 },
	[CANVAS_HEADER]		= { A_REVERSE, A_REVERSE, -1 },
	[CANVAS_SORTED]		= { A_REVERSE | A_BOLD | A_UNDERLINE,
				    A_REVERSE | A_BOLD | A_UNDERLINE, -1 },
	[CANVAS_SELECTED]	= { A_BOLD | A_REVERSE, A_BOLD | A_REVERSE, -1 },
	[CANVAS_PRIVATE]	= { A_NORMAL, A_NORMAL, COLOR_GREEN },
	[CANVAS_MIXED]		= { A_NORMAL, A_NORMAL, COLOR_MAGENTA },
	[CANVAS_SHARED]		= { A_DIM, A_DIM, -1 },
	[CANVAS_WARN]		= { A_BOLD | A_REVERSE, A_BOLD, COLOR_RED },
	[CANVAS_DIM]		= { A_DIM, A_DIM, -1 },
};

static void set_up_colours(struct tui *t)
{
	const char *no_color = getenv("NO_COLOR");

	t->colour = !(no_color && *no_color) && has_colors() && start_color() == OK &&
		    use_default_colors() == OK;
	for (int i = 0; t->colour && i < CANVAS_ATTRS; i++)
		init_pair((short)(i + 1), looks[i].colour, -1);
}

static void set_up_keys(void)
{
	cbreak();
	noecho();
	intrflush(stdscr, FALSE);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(25);
	typeahead(-1);
	leaveok(stdscr, TRUE);
	curs_set(0);
}

/* Appends a string of terminfo without its $<padding>, which only curses knows to wait for. */
static void append_capability(char *buf, size_t size, const char *name)
{
	const char *s = tigetstr(name);
	size_t used = strlen(buf);

	if (!s || s == (char *)-1)
		return;
	while (*s && used + 1 < size) {
		const char *end = !strncmp(s, "$<", 2) ? strchr(s, '>') : NULL;

		if (end)
			s = end + 1;
		else
			buf[used++] = *s++;
	}
	buf[used] = '\0';
}

/*
 * What puts the terminal back, from terminfo. False if it is one that cannot be
 * drawn on: newterm() takes any, and then types on those that have no screen.
 */
static bool read_capabilities(char *reset, size_t size)
{
	static const char *const names[] = { "sgr0", "op", "rmkx", "cnorm", "rmcup" };
	int err = 0;
	const char *cup;

	reset[0] = '\0';
	if (setupterm(NULL, STDOUT_FILENO, &err) == ERR)
		return false;
	cup = tigetstr("cup");
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		append_capability(reset, size, names[i]);
	del_curterm(cur_term);
	return cup && cup != (char *)-1;
}

static enum gmem_status check_terminal(char *reset, size_t size, struct gmem_error *e)
{
	const char *hint = "Use -b for plain text, or --json.", *term = getenv("TERM");

	if (!isatty(STDIN_FILENO))
		return gmem_fail(e, GMEM_E_IO, hint, "cannot read keys: stdin is not a terminal");
	if (!isatty(STDOUT_FILENO))
		return gmem_fail(e, GMEM_E_IO, hint, "cannot draw: stdout is not a terminal");
	if (!read_capabilities(reset, size))
		return gmem_fail(e, GMEM_E_IO, hint, "cannot draw on a terminal of type '%s'",
				 term && *term ? term : "unknown");
	return GMEM_OK;
}

static bool screen_is_up;

/* exit() of a library, or of ours: nothing may leave the terminal as it is now. */
static void leave_screen(void)
{
	if (screen_is_up)
		endwin();
	screen_is_up = false;
	rescue_end();
}

static enum gmem_status tui_open(struct tui *t, struct gmem_error *e)
{
	char reset[256];
	enum gmem_status status = check_terminal(reset, sizeof(reset), e);

	if (status)
		return status;
	/* Before curses, which handles those signals only that nobody else does. */
	gmem_stop_on_signals();
	/* $LINES and $COLUMNS do not change when the window does. */
	use_tioctl(TRUE);
	rescue_begin(STDOUT_FILENO, reset);
	atexit(leave_screen);
	t->screen = newterm(NULL, stdout, stdin);
	if (!t->screen) {
		rescue_end();
		return gmem_fail(e, GMEM_E_IO, "Use -b for plain text.", "cannot use the terminal");
	}
	screen_is_up = true;
	set_up_keys();
	set_up_colours(t);
	return GMEM_OK;
}

static void tui_close(struct tui *t)
{
	leave_screen();
	delscreen(t->screen);
	free(t->line);
}

static void tui_size(void *ctx, int *width, int *height)
{
	(void)ctx;
	getmaxyx(stdscr, *height, *width);
}

static int translate(int key)
{
	static const struct { int curses, ui; } keys[] = {
		{ KEY_UP, UI_KEY_UP }, { KEY_DOWN, UI_KEY_DOWN }, { KEY_LEFT, UI_KEY_LEFT },
		{ KEY_RIGHT, UI_KEY_RIGHT }, { KEY_PPAGE, UI_KEY_PAGE_UP },
		{ KEY_NPAGE, UI_KEY_PAGE_DOWN }, { KEY_HOME, UI_KEY_HOME },
		{ KEY_END, UI_KEY_END }, { KEY_RESIZE, UI_KEY_RESIZE },
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		if (keys[i].curses == key)
			return keys[i].ui;
	}
	return key;
}

static int tui_key(void *ctx, int timeout_ms)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	struct tui *t = ctx;
	int ready, key = getch();

	/* curses may hold keys, or know of another size, with nothing left to read. */
	if (key == ERR) {
		ready = poll(&in, 1, timeout_ms);
		if (ready > 0 && in.revents & (POLLHUP | POLLERR | POLLNVAL))
			return UI_KEY_GONE;
		key = getch();
		t->empty_reads = key == ERR && ready > 0 ? t->empty_reads + 1 : 0;
		if (key == ERR)
			return t->empty_reads > NO_KEYS ? UI_KEY_GONE : UI_KEY_NONE;
	}
	if (key == CTRL_L) {
		clearok(curscr, TRUE);
		return UI_KEY_RESIZE;
	}
	return translate(key);
}

static void set_cell(const struct tui *t, cchar_t *to, const struct canvas_cell *from)
{
	const struct look *look = &looks[from->attr];
	wchar_t text[CANVAS_CHARS + 1];

	for (int i = 0; i < CANVAS_CHARS; i++)
		text[i] = (wchar_t)from->ch[i];
	text[CANVAS_CHARS] = L'\0';
	setcchar(to, text, t->colour ? look->coloured : look->mono,
		 t->colour ? (short)(from->attr + 1) : 0, NULL);
}

static bool reserve_line(struct tui *t, int n)
{
	cchar_t *line;

	if (n <= t->line_len)
		return true;
	line = reallocarray(t->line, n, sizeof(*line));
	if (!line)
		return false;
	t->line = line;
	t->line_len = n;
	return true;
}

/* All is written, little is sent: curses knows what the terminal shows already. */
static void tui_show(void *ctx, const struct canvas *c)
{
	struct tui *t = ctx;

	rescue_trim();
	if (!reserve_line(t, c->width))
		return;
	for (int y = 0; y < c->height; y++) {
		int n = 0;

		for (int x = 0; x < c->width; x++) {
			if (canvas_at(c, y, x)->width)
				set_cell(t, &t->line[n++], canvas_at(c, y, x));
		}
		/* This one neither moves the cursor nor scrolls at the last cell. */
		mvadd_wchnstr(y, 0, t->line, n);
	}
	refresh();
}

enum gmem_status tui_run(struct gmem_source *source, const struct gmemtop_options *o,
			 struct gmem_error *e)
{
	struct tui t = { .screen = NULL };
	struct loop_screen screen = { &t, false, tui_size, tui_key, tui_show };
	enum gmem_status status;

	/* First the locale: curses asks for it when it begins. */
	screen.ascii = !canvas_unicode() || o->ascii;
	status = tui_open(&t, e);
	if (status)
		return status;
	status = loop_run(source, o, &screen, e);
	tui_close(&t);
	return status;
}
