/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What is remembered from one time to the next: plain text, a name and a value a line, in
 * $XDG_CONFIG_HOME/gmem/gmemtop.conf. What it does not know, the reader passes over.
 */
#ifndef GMEMTOP_SETTINGS_H
#define GMEMTOP_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "ui/ui.h"

struct settings {
	const struct gmem_metric *sort;
	bool reverse;
	double delay_s;
	enum ui_look look;
	enum order_tree tree;
	uint8_t columns[UI_METRICS];
};

void settings_default(struct settings *s);

void settings_to_ui(const struct settings *s, struct ui *ui);
void settings_from_ui(struct settings *s, const struct ui *ui);

/* What differs between was and is, in s. True if that changes s. */
bool settings_merge(struct settings *s, const struct settings *was, const struct settings *is);

/* Wrong lines leave what was there. */
void settings_read(struct settings *s, FILE *f);
/* 0 or -errno of writing. */
int settings_write(const struct settings *s, FILE *f);

/* False if the environment tells no place. */
bool settings_path(char *buf, size_t size);

/* A file that is not there, or cannot be read, changes nothing. */
void settings_load(struct settings *s, const char *path);

/* Makes the folder, too. The old file is there until the new one is whole. 0 or -errno. */
int settings_save(const struct settings *s, const char *path);

#endif /* GMEMTOP_SETTINGS_H */
