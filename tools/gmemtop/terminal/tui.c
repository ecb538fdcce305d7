// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "terminal/tui.h"

#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/clocks.h"
#include "base/stop.h"
#include "terminal/looks.h"
#include "terminal/rescue.h"

/* Must come last: it defines lines, columns and hundreds of other names as macros. */
#include <term.h>

#define CTRL_L		12
#define NO_KEYS		8	/* reads without a key after which input counts as closed */

struct tui {
	SCREEN *screen;
	bool has_colour;
	bool colour;		/* in use */
	int64_t clicked_ms;	/* time and place of the last click, to detect double clicks */
	struct ui_mouse clicked;
	cchar_t *line;
	size_t line_len;
	int empty_reads;
};

static short pick_colour(const struct look_colour *c)
{
	return COLORS >= 256 && c->rich ? c->rich : c->basic;
}

static void tui_look(void *ctx, enum ui_look look)
{
	struct tui *t = ctx;

	t->colour = t->has_colour && look != UI_LOOK_MONO;
	for (int i = 0; t->colour && i < CANVAS_ATTRS; i++)
		init_pair((short)(i + 1), pick_colour(look == UI_LOOK_PROTAN ? &looks[i].protan :
						      &looks[i].normal), -1);
	clearok(curscr, TRUE);
}

static void set_up_colours(struct tui *t)
{
	const char *no_color = getenv("NO_COLOR");

	t->has_colour = !(no_color && *no_color) && has_colors() && start_color() == OK &&
			use_default_colors() == OK;
	tui_look(t, UI_LOOK_NORMAL);
}

static void set_up_keys(bool mouse)
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
	if (!mouse)
		return;
	/* Report presses at once: clicked() detects double clicks, without a wait. */
	mouseinterval(0);
	mousemask(BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
}

/* Appends a terminfo string without $<padding>, which only curses can turn into delays. */
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
 * Reads from terminfo the string that resets the terminal. Returns false if it cannot move the
 * cursor: newterm() accepts such a terminal, and then output is garbled.
 */
static bool read_capabilities(char *reset, size_t size)
{
	static const char *const names[] = { "sgr0", "op", "rmkx", "cnorm", "rmcup" };
	int err = 0;
	const char *cup, *mouse;

	reset[0] = '\0';
	if (setupterm(NULL, STDOUT_FILENO, &err) == ERR)
		return false;
	cup = tigetstr("cup");
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		append_capability(reset, size, names[i]);
	mouse = tigetstr("kmous");
	/* terminfo has no capability for mouse reports; terminals with kmous use xterm's sequence. */
	if (mouse && mouse != (char *)-1)
		strncat(reset, "\033[?1006;1000l", size - strlen(reset) - 1);
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

/* Runs at exit() too, also at that of a library, so that the terminal is always restored. */
static void leave_screen(void)
{
	if (screen_is_up)
		endwin();
	screen_is_up = false;
	rescue_end();
}

static void tui_size(void *ctx, int *width, int *height)
{
	(void)ctx;
	getmaxyx(stdscr, *height, *width);
}

/*
 * Offset of curses' key codes, which overlap with characters. Above Unicode, and above UI_KEY_*.
 * Input is read as characters, not bytes, for names in prompts.
 */
#define CURSES_KEY	0x200000

static int next_key(void)
{
	wint_t ch;
	int kind = get_wch(&ch);

	return kind == ERR ? ERR : kind == KEY_CODE_YES ? CURSES_KEY + (int)ch : (int)ch;
}

static int translate(int key)
{
	static const struct { int curses, ui; } keys[] = {
#define K(key) (CURSES_KEY + (key))
		{ K(KEY_UP), UI_KEY_UP }, { K(KEY_DOWN), UI_KEY_DOWN },
		{ K(KEY_LEFT), UI_KEY_LEFT }, { K(KEY_RIGHT), UI_KEY_RIGHT },
		{ K(KEY_PPAGE), UI_KEY_PAGE_UP }, { K(KEY_NPAGE), UI_KEY_PAGE_DOWN },
		{ K(KEY_HOME), UI_KEY_HOME }, { K(KEY_END), UI_KEY_END },
		{ K(KEY_RESIZE), UI_KEY_RESIZE }, { K(KEY_ENTER), UI_KEY_ENTER },
		{ '\r', UI_KEY_ENTER }, { '\n', UI_KEY_ENTER },
		{ K(KEY_BACKSPACE), UI_KEY_BACKSPACE }, { 127, UI_KEY_BACKSPACE },
		{ 8, UI_KEY_BACKSPACE }, { '\t', UI_KEY_TAB }, { K(KEY_BTAB), UI_KEY_BACK_TAB },
#undef K
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		if (keys[i].curses == key)
			return keys[i].ui;
	}
	if (key >= CURSES_KEY + KEY_F(1) && key <= CURSES_KEY + KEY_F(12))
		return UI_KEY_F1 + key - (CURSES_KEY + KEY_F(1));
	return key < CURSES_KEY ? key : UI_KEY_RESIZE;
}

#define DOUBLE_CLICK_MS 400

static int clicked(struct tui *t, const struct ui_mouse *at)
{
	int64_t now = gmem_now_ms();
	bool again = at->y == t->clicked.y && at->x == t->clicked.x &&
		     now - t->clicked_ms < DOUBLE_CLICK_MS;

	t->clicked = *at;
	t->clicked_ms = again ? 0 : now;
	return again ? UI_KEY_DOUBLE_CLICK : UI_KEY_CLICK;
}

static int mouse_key(struct tui *t, struct ui_mouse *mouse)
{
	MEVENT ev;

	if (getmouse(&ev) != OK)
		return UI_KEY_RESIZE;	/* ignored; UI_KEY_NONE would end the reading of pending keys */
	*mouse = (struct ui_mouse){ ev.y, ev.x };
	if (ev.bstate & BUTTON4_PRESSED)
		return UI_KEY_WHEEL_UP;
	if (ev.bstate & BUTTON5_PRESSED)
		return UI_KEY_WHEEL_DOWN;
	return ev.bstate & BUTTON1_PRESSED ? clicked(t, mouse) : UI_KEY_RESIZE;
}

static int tui_key(void *ctx, int timeout_ms, struct ui_mouse *mouse)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	struct tui *t = ctx;
	int ready, key = next_key();

	/* curses may hold keys, or a resize, with nothing left to read. */
	if (key == ERR) {
		ready = poll(&in, 1, timeout_ms);
		if (ready > 0 && in.revents & (POLLHUP | POLLERR | POLLNVAL))
			return UI_KEY_GONE;
		key = next_key();
		t->empty_reads = key == ERR && ready > 0 ? t->empty_reads + 1 : 0;
		if (key == ERR)
			return t->empty_reads > NO_KEYS ? UI_KEY_GONE : UI_KEY_NONE;
	}
	if (key == CTRL_L) {
		clearok(curscr, TRUE);
		return UI_KEY_RESIZE;
	}
	return key == CURSES_KEY + KEY_MOUSE ? mouse_key(t, mouse) : translate(key);
}

static attr_t attributes(unsigned int look)
{
	return (look & LOOK_BOLD ? A_BOLD : A_NORMAL) | (look & LOOK_DIM ? A_DIM : A_NORMAL) |
	       (look & LOOK_REVERSE ? A_REVERSE : A_NORMAL) |
	       (look & LOOK_UNDERLINE ? A_UNDERLINE : A_NORMAL);
}

static void set_cell(const struct tui *t, cchar_t *to, const struct canvas_cell *from)
{
	const struct look *look = &looks[from->attr];
	wchar_t text[CANVAS_CHARS + 1];

	for (int i = 0; i < CANVAS_CHARS; i++)
		text[i] = (wchar_t)from->ch[i];
	text[CANVAS_CHARS] = L'\0';
	setcchar(to, text, attributes(t->colour ? look->coloured : look->mono),
		 t->colour ? (short)(from->attr + 1) : 0, NULL);
}

/* Writes every cell; curses sends only those that changed. */
static void tui_show(void *ctx, const struct canvas *c)
{
	struct tui *t = ctx;

	rescue_trim();
	if (!gmem_reserve(&t->line, &t->line_len, (size_t)c->width, sizeof(*t->line)))
		return;
	for (int y = 0; y < c->height; y++) {
		int n = 0;

		for (int x = 0; x < c->width; x++) {
			if (canvas_at(c, y, x)->width)
				set_cell(t, &t->line[n++], canvas_at(c, y, x));
		}
		/* Unlike other functions, it neither moves the cursor nor scrolls at the last cell. */
		mvadd_wchnstr(y, 0, t->line, n);
	}
	refresh();
}

static struct tui tui;

enum gmem_status tui_open(struct display *d, bool ascii, bool mouse, struct gmem_error *e)
{
	enum gmem_status status;
	char reset[256];

	/* Sets the locale, which newterm() reads. */
	*d = (struct display){
		&tui, !canvas_unicode() || ascii, tui_size, tui_key, tui_show, tui_look,
	};
	status = check_terminal(reset, sizeof(reset), e);
	if (status)
		return status;
	/* Before curses, which installs handlers only for signals without one. */
	gmem_stop_on_signals();
	/* $LINES and $COLUMNS do not change when the window does. */
	use_tioctl(TRUE);
	rescue_begin(STDOUT_FILENO, reset);
	atexit(leave_screen);
	tui.screen = newterm(NULL, stdout, stdin);
	if (!tui.screen) {
		rescue_end();
		return gmem_fail(e, GMEM_E_IO, "Use -b for plain text.", "cannot use the terminal");
	}
	screen_is_up = true;
	set_up_keys(mouse);
	set_up_colours(&tui);
	return GMEM_OK;
}

void tui_close(struct display *d)
{
	struct tui *t = d->ctx;

	leave_screen();
	delscreen(t->screen);
	free(t->line);
	*t = (struct tui){ .screen = NULL };
}
