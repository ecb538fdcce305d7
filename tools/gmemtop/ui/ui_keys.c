// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Keys of all views, and dispatch of a key: to the prompt, the help, the view, or these. */
#include <limits.h>
#include <math.h>

#include "ui/ui.h"

static enum ui_action next_view(struct ui *ui, int step)
{
	return ui_show_view(ui, ((int)ui->view + VIEWS + step) % VIEWS);
}

/* Resets counters on the screen only; the model, recordings and other tools keep theirs. */
static enum ui_action reset(struct ui *ui, int arg)
{
	(void)arg;
	if (!ui->model || !since_begin(&ui->since, ui->model))
		return UI_NOTHING;
	return UI_ORDER | UI_DRAW;
}

static enum ui_action undo_reset(struct ui *ui, int arg)
{
	(void)arg;
	since_free(&ui->since);
	return UI_ORDER | UI_DRAW;
}

static enum ui_action pause_or_go_on(struct ui *ui, int arg)
{
	(void)arg;
	ui->paused = !ui->paused;
	return UI_PAUSE | UI_DRAW;
}

static enum ui_action refresh(struct ui *ui, int arg)
{
	(void)arg;
	return ui->replaying ? UI_STEP | UI_DRAW : UI_REFRESH | UI_DRAW;
}

static enum ui_action show_help(struct ui *ui, int show)
{
	ui->help = show;
	ui->help_at.top = 0;
	return UI_DRAW;
}

static enum ui_action next_look(struct ui *ui, int step)
{
	ui->look = (enum ui_look)(((int)ui->look + step) % UI_LOOKS);
	return UI_LOOK | UI_DRAW;
}

#define TO_THE_END	INT_MAX

static enum ui_action seek(struct ui *ui, int seconds)
{
	if (!ui->replaying)
		return UI_NOTHING;
	ui->seek_s = seconds == TO_THE_END ? INFINITY : seconds == -TO_THE_END ? -INFINITY : seconds;
	return UI_SEEK | UI_DRAW;
}

static enum ui_action step(struct ui *ui, int arg)
{
	(void)arg;
	return ui->replaying ? UI_STEP | UI_DRAW : UI_NOTHING;
}

static const double delays[] = {
	0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600,
};

#define NR_DELAYS (sizeof(delays) / sizeof(*delays))

/* In a replay the keys for the delay change the speed: a longer delay is a lower speed. */
static enum ui_action change_speed(struct ui *ui, int step)
{
	double speed = step > 0 ? ui->replay_speed / 2 : ui->replay_speed * 2;

	if (speed < 1.0 / 64 || speed > 4096)
		return UI_NOTHING;
	ui->replay_speed = speed;
	return UI_SPEED | UI_DRAW;
}

static enum ui_action change_delay(struct ui *ui, int step)
{
	size_t i = 0;

	if (ui->replaying)
		return change_speed(ui, step);

	if (step > 0) {
		while (i < NR_DELAYS - 1 && delays[i] <= ui->delay_s)
			i++;
	} else {
		i = NR_DELAYS - 1;
		while (i && delays[i] >= ui->delay_s)
			i--;
	}
	ui->delay_s = delays[i];
	return UI_DELAY | UI_DRAW;
}

/* Cycles through the common delays, 0.5 to 10 s. */
static enum ui_action next_delay(struct ui *ui, int arg)
{
	if (ui->replaying)
		return UI_NOTHING;
	if (ui->delay_s >= 10)
		ui->delay_s = 0.2;
	return change_delay(ui, arg);
}

const struct ui_binding ui_bindings[] = {
	{ { 'q' }, "q", "quit", "quit", NULL, UI_QUIT },
	{ { '?', 'h', UI_KEY_F1 }, "? h", "show this help", "help", show_help, true },
	{ { UI_KEY_TAB }, "Tab", "next view", NULL, next_view, 1 },
	{ { UI_KEY_BACK_TAB }, NULL, NULL, NULL, next_view, -1 },
	{ { UI_KEY_ESC }, "Esc", "back to all VMs", NULL, ui_show_view, VIEW_OVERVIEW },
	{ { 'p' }, "p", "pause the screen (counting goes on), or the replay", "pause",
	  pause_or_go_on, 0 },
	{ { 'r' }, "r", "reset: show counts and times since now", "reset", reset, 0 },
	{ { 'u' }, "u", "undo the reset: show all since the VM was first seen", NULL, undo_reset, 0 },
	{ { ' ' }, "space", "refresh now; in a replay: next snapshot", NULL, refresh, 0 },
	{ { 'd' }, "d", "next delay of 0.5 1 2 5 10 s", "delay", next_delay, 1 },
	{ { '+', '=' }, "+", "longer delay; in a replay: slower", NULL, change_delay, 1 },
	{ { '-', '_' }, "-", "shorter delay; in a replay: faster", NULL, change_delay, -1 },
	{ { '[' }, "[ ]", "replay: seek 10 s back or forward; { }: a minute", NULL, seek, -10 },
	{ { ']' }, NULL, NULL, NULL, seek, 10 },
	{ { '{' }, NULL, NULL, NULL, seek, -60 },
	{ { '}' }, NULL, NULL, NULL, seek, 60 },
	{ { '^' }, "^ $", "replay: go to the begin or the end", NULL, seek, -TO_THE_END },
	{ { '$' }, NULL, NULL, NULL, seek, TO_THE_END },
	{ { '.' }, ".", "replay: show the next snapshot, also while paused", NULL, step, 0 },
	{ { 'z' }, "z", "next colour set: normal, protan, mono", NULL, next_look, 1 },
};

const size_t ui_nr_bindings = sizeof(ui_bindings) / sizeof(*ui_bindings);

static enum ui_action scroll_help(struct ui *ui, int how)
{
	struct ui_scroll *s = &ui->help_at;

	s->top = ui_scroll_moved(s, s->top, how);
	ui_scroll_fit(s, s->nr, s->rows);
	return UI_DRAW;
}

/* Bindings that come first while the help is shown. */
static const struct ui_binding help_bindings[] = {
	{ { 'q', UI_KEY_ESC, '?', 'h', UI_KEY_F1 }, NULL, NULL, NULL, show_help, false },
	{ { UI_KEY_UP, 'k', UI_KEY_WHEEL_UP }, NULL, NULL, NULL, scroll_help, UI_LINE_UP },
	{ { UI_KEY_DOWN, 'j', UI_KEY_WHEEL_DOWN }, NULL, NULL, NULL, scroll_help, UI_LINE_DOWN },
	UI_MOTIONS(scroll_help, "", "line"),
};

static const struct ui_binding *find(const struct ui_binding *b, size_t n, int key)
{
	for (size_t i = 0; i < n; i++, b++) {
		for (int k = 0; k < UI_KEYS && b->keys[k]; k++) {
			if (b->keys[k] == key)
				return b;
		}
	}
	return NULL;
}

static enum ui_action key_of_view(struct ui *ui, int key)
{
	for (int i = 0; i < VIEWS; i++) {
		if (view_table[i]->key == key)
			return ui_show_view(ui, i);
	}
	return UI_NOTHING;
}

enum ui_action ui_key(struct ui *ui, int key)
{
	const struct view *view = ui_view(ui);
	const struct ui_binding *b = NULL;

	if (key == UI_KEY_RESIZE)
		return UI_DRAW;
	if (key == UI_KEY_GONE)
		return UI_QUIT;
	if (key <= 0)
		return UI_NOTHING;
	if (ui->prompt.active)
		return prompt_key(&ui->prompt, &ui->filter, key) ? UI_ORDER | UI_DRAW : UI_NOTHING;
	if (ui->help)
		b = find(help_bindings, sizeof(help_bindings) / sizeof(*help_bindings), key);
	else
		b = find(view->bindings, view->nr_bindings, key);
	if (!b)
		b = find(ui_bindings, ui_nr_bindings, key);
	if (!b)
		return key_of_view(ui, key);
	return b->run ? b->run(ui, b->arg) : (enum ui_action)b->arg;
}
