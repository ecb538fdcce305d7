// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "ui/settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/number.h"

#define LINE_LEN	256
#define PATH_LEN	4096

void settings_default(struct settings *s)
{
	*s = (struct settings){ .sort = gmem_metric("conversions_per_s"), .delay_s = 1 };
}

void settings_to_ui(const struct settings *s, struct ui *ui)
{
	ui->sort = s->sort;
	ui->reverse = s->reverse;
	ui->delay_s = s->delay_s;
	ui->look = s->look;
	ui->tree = s->tree;
	memcpy(ui->columns, s->columns, sizeof(ui->columns));
}

void settings_from_ui(struct settings *s, const struct ui *ui)
{
	*s = (struct settings){ ui->sort, ui->reverse, ui->delay_s, ui->look, ui->tree, { 0 } };
	memcpy(s->columns, ui->columns, sizeof(s->columns));
}

bool settings_merge(struct settings *s, const struct settings *was, const struct settings *is)
{
	bool changed = memcmp(s->columns, is->columns, sizeof(s->columns));

#define MERGE(field)						\
	if (was->field != is->field) {				\
		changed |= s->field != is->field;		\
		s->field = is->field;				\
	}
	MERGE(sort)
	MERGE(reverse)
	MERGE(delay_s)
	MERGE(look)
	MERGE(tree)
#undef MERGE
	memcpy(s->columns, is->columns, sizeof(s->columns));
	return changed;
}

static void read_column(struct settings *s, const char *key, const char *value)
{
	const struct gmem_metric *m = gmem_metric(key);

	if (!m || m - gmem_metrics >= UI_METRICS)
		return;
	if (!strcmp(value, "on"))
		s->columns[m - gmem_metrics] = UI_COLUMN_ON;
	else if (!strcmp(value, "off"))
		s->columns[m - gmem_metrics] = UI_COLUMN_OFF;
}

static int index_of(const char *const *names, int n, const char *value, int otherwise)
{
	for (int i = 0; i < n; i++) {
		if (!strcmp(names[i], value))
			return i;
	}
	return otherwise;
}

static void read_setting(struct settings *s, const char *name, const char *value)
{
	if (!strcmp(name, "sort")) {
		s->sort = gmem_metric(value) ? gmem_metric(value) : s->sort;
	} else if (!strcmp(name, "reverse")) {
		s->reverse = !strcmp(value, "yes");
	} else if (!strcmp(name, "delay_s")) {
		double v;

		if (gmem_parse_number(value, 0.1, 3600, &v))
			s->delay_s = v;
	} else if (!strcmp(name, "colors")) {
		s->look = (enum ui_look)index_of(ui_look_names, UI_LOOKS, value, s->look);
	} else if (!strcmp(name, "tree")) {
		s->tree = (enum order_tree)index_of(order_tree_names, ORDER_TREES, value, s->tree);
	} else if (!strncmp(name, "column.", 7)) {
		read_column(s, name + 7, value);
	}
}

void settings_read(struct settings *s, FILE *f)
{
	char line[LINE_LEN], name[LINE_LEN], value[LINE_LEN];

	while (fgets(line, sizeof(line), f)) {
		if (*line != '#' && sscanf(line, "%s %s", name, value) == 2)
			read_setting(s, name, value);
	}
}

int settings_write(const struct settings *s, FILE *f)
{
	fprintf(f, "# gmemtop overwrites this file at exit if keys changed a setting.\n");
	fprintf(f, "sort %s\nreverse %s\ndelay_s %g\ncolors %s\ntree %s\n", s->sort->key,
		s->reverse ? "yes" : "no", s->delay_s, ui_look_names[s->look],
		order_tree_names[s->tree]);
	for (size_t i = 0; i < gmem_nr_metrics && i < UI_METRICS; i++) {
		if (s->columns[i] != UI_COLUMN_AUTO)
			fprintf(f, "column.%s %s\n", gmem_metrics[i].key,
				s->columns[i] == UI_COLUMN_ON ? "on" : "off");
	}
	return fflush(f) || ferror(f) ? -EIO : 0;
}

bool settings_path(char *buf, size_t size)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	int n;

	/* The XDG base directory specification: paths that are not absolute are ignored. */
	if (config && *config == '/')
		n = snprintf(buf, size, "%s/gmem/gmemtop.conf", config);
	else if (home && *home == '/')
		n = snprintf(buf, size, "%s/.config/gmem/gmemtop.conf", home);
	else
		return false;
	return n > 0 && (size_t)n < size;
}

void settings_load(struct settings *s, const char *path)
{
	FILE *f = fopen(path, "re");

	if (!f)
		return;
	settings_read(s, f);
	fclose(f);
}

static int make_folders(const char *path)
{
	char folder[PATH_LEN];

	for (const char *p = path + 1; (p = strchr(p, '/')); p++) {
		snprintf(folder, sizeof(folder), "%.*s", (int)(p - path), path);
		if (mkdir(folder, 0700) && errno != EEXIST)
			return -errno;
	}
	return 0;
}

static int write_file(const struct settings *s, const char *path)
{
	FILE *f = fopen(path, "we");
	int err;

	if (!f)
		return -errno;
	err = settings_write(s, f);
	if (!err && fsync(fileno(f)))
		err = -errno;
	if (fclose(f) && !err)
		err = -errno;
	return err;
}

int settings_save(const struct settings *s, const char *path)
{
	char fresh[PATH_LEN];
	int err = make_folders(path);

	if (snprintf(fresh, sizeof(fresh), "%s.%d", path, (int)getpid()) >= (int)sizeof(fresh))
		return -ENAMETOOLONG;
	if (!err)
		err = write_file(s, fresh);
	if (!err && rename(fresh, path))
		err = -errno;
	if (err)
		unlink(fresh);
	return err;
}
