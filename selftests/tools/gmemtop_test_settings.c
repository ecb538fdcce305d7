// SPDX-License-Identifier: GPL-2.0-only
#include "gmemtop_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ui/settings.h"

#define FOLDER "build/gmemtop_test.config"

static void read_text(struct settings *s, const char *text)
{
	FILE *f = fmemopen((void *)text, strlen(text), "r");

	settings_default(s);
	settings_read(s, f);
	fclose(f);
}

static void test_what_is_written_is_read(void **state)
{
	struct settings s, again;
	char text[8192] = "";
	FILE *f;

	(void)state;
	settings_default(&s);
	s.sort = gmem_metric("slot_bytes");
	s.reverse = true;
	s.delay_s = 2.5;
	s.look = UI_LOOK_PROTAN;
	s.tree = ORDER_BY_CGROUP;
	s.columns[3] = UI_COLUMN_ON;
	s.columns[5] = UI_COLUMN_OFF;
	f = fmemopen(text, sizeof(text), "w");
	assert_int_equal(settings_write(&s, f), 0);
	fclose(f);
	read_text(&again, text);
	assert_ptr_equal(again.sort, s.sort);
	assert_true(again.reverse && again.delay_s == 2.5);
	assert_int_equal(again.look, s.look);
	assert_int_equal(again.tree, s.tree);
	assert_memory_equal(again.columns, s.columns, sizeof(s.columns));
}

/* Files of later versions, edited files, and garbage. */
static void test_reader_is_tolerant(void **state)
{
	struct settings s;

	(void)state;
	read_text(&s, "sort of\nsort\ndelay_s 0\ndelay_s x\ncolors pink\ntree oak\ncolumn.x on\n"
		  "column.pid perhaps\nfuture thing\n\n#sort pid\n\xff\xfe\x01 \n"
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbb\ndelay_s 5");
	assert_string_equal(s.sort->key, "conversions_per_s");
	assert_true(s.delay_s == 5);
	assert_int_equal(s.look, UI_LOOK_NORMAL);
	assert_int_equal(s.tree, ORDER_FLAT);
	for (int i = 0; i < UI_METRICS; i++)
		assert_int_equal(s.columns[i], UI_COLUMN_AUTO);
}

static void test_only_what_was_changed_is_remembered(void **state)
{
	struct settings kept, begin, end;

	(void)state;
	settings_default(&kept);
	begin = kept;
	begin.delay_s = 7;	/* from the command line */
	end = begin;
	assert_false(settings_merge(&kept, &begin, &end));
	end.reverse = true;
	assert_true(settings_merge(&kept, &begin, &end));
	assert_true(kept.reverse && kept.delay_s == 1);
}

static void test_file(void **state)
{
	struct settings s, again;
	struct stat st;
	char path[4096];

	(void)state;
	setenv("XDG_CONFIG_HOME", "relative", 1);
	setenv("HOME", "/root/x", 1);
	assert_true(settings_path(path, sizeof(path)));
	assert_string_equal(path, "/root/x/.config/gmem/gmemtop.conf");
	unsetenv("HOME");
	assert_false(settings_path(path, sizeof(path)));
	assert_non_null(realpath("build", path));
	strcat(path, "/gmemtop_test.config");
	setenv("XDG_CONFIG_HOME", path, 1);
	assert_true(settings_path(path, sizeof(path)));
	settings_default(&s);
	settings_load(&s, path);
	s.delay_s = 3;
	assert_int_equal(settings_save(&s, path), 0);
	settings_default(&again);
	settings_load(&again, path);
	assert_true(again.delay_s == 3);
	/* A failed write leaves the old file, and no temporary one. */
	assert_int_equal(settings_save(&s, "/proc/nothing/here.conf") < 0, true);
	assert_int_equal(stat(FOLDER "/gmem/gmemtop.conf", &st), 0);
	assert_int_equal(st.st_mode & 0777 & ~0644, 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(FOLDER "/gmem"), 0);
	assert_int_equal(rmdir(FOLDER), 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_what_is_written_is_read),
	cmocka_unit_test(test_reader_is_tolerant),
	cmocka_unit_test(test_only_what_was_changed_is_remembered),
	cmocka_unit_test(test_file),
};

TEST_UNIT(settings_unit, tests);
