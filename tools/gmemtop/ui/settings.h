/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Settings that persist between runs: plain text, a name and a value on each line, in
 * $XDG_CONFIG_HOME/gmem/gmemtop.conf. Unknown names are ignored.
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

/*
 * Copies into s the settings that differ between was and is, and all columns. Returns true if
 * that changes s.
 */
bool settings_merge(struct settings *s, const struct settings *was, const struct settings *is);

/* Reads settings; a wrong line leaves its setting unchanged. */
void settings_read(struct settings *s, FILE *f);
/* Returns 0 or -errno. */
int settings_write(const struct settings *s, FILE *f);

/* Writes the path of the file to buf. Returns false if neither XDG_CONFIG_HOME nor HOME gives one. */
bool settings_path(char *buf, size_t size);

/* Reads the file; one that is missing or unreadable changes nothing. */
void settings_load(struct settings *s, const char *path);

/* Creates the folder if needed, and replaces the file atomically. Returns 0 or -errno. */
int settings_save(const struct settings *s, const char *path);

#endif /* GMEMTOP_SETTINGS_H */
