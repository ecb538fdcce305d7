// SPDX-License-Identifier: GPL-2.0-only
/* Screens and keys of the views of one VM, of latencies and of files. */
#include "gmemtop_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tap_diff.h"
#include "views/files.h"
#include "views/latency.h"
#include "views/vm.h"

#define SECOND	1000000000ULL
#define MS	1000000ULL

enum { WEB, LEAK, SPARE, IDLE, NR_VMS };

static void name_vm(struct synth *s, const struct synth_vm *vm, const char *name, const char *cgroup)
{
	struct gmem_name_rec r = {
		.h = { .vm = vm->id, .kind = GMEM_NAME, .size = sizeof(r), .ts_ns = s->now_ns },
	};

	strncpy(r.name, name, sizeof(r.name) - 1);
	strncpy(r.cgroup, cgroup, sizeof(r.cgroup) - 1);
	s->err |= s->fn(s->ctx, &r.h);
}

static void start_all(struct synth *s, struct synth_vm *vms)
{
	for (int i = 0; i < NR_VMS; i++) {
		vms[i] = (struct synth_vm){ .id = (uint64_t)i + 1, .pid = 1200 + 10 * (uint32_t)i };
		synth_start(s, &vms[i], i == WEB ? "qemu-system-x86" : "gmemload", 512 * SYNTH_MIB);
	}
	synth_slot(s, &vms[WEB], 1, 4 * SYNTH_GIB, SYNTH_GIB);
	synth_slot(s, &vms[WEB], 2, 5 * SYNTH_GIB, 256 * SYNTH_MIB);
	name_vm(s, &vms[WEB], "web-0", "/machine.slice/web-0.scope");
	synth_convert(s, &vms[WEB], 0, 512 * SYNTH_MIB, true, 40 * MS);
	synth_convert(s, &vms[WEB], 4 * SYNTH_GIB, 5 * SYNTH_GIB, true, 80 * MS);
	synth_convert(s, &vms[LEAK], 0, 512 * SYNTH_MIB, true, 40 * MS);
}

/* Makes 120 refreshes with growing latencies. */
static void convert_all(struct synth *s, struct synth_vm *vms)
{
	for (uint64_t i = 0; i < 120; i++) {
		s->now_ns = (120 + i) * SECOND;
		for (uint64_t n = 0; n <= i % 7; n++) {
			uint64_t at = (i * 37 + n * 11) % 64 * 512, ns = (n + 1) * (i + 1) * 5000;

			synth_convert(s, &vms[WEB], at, at + 16, n & 1, ns);
			synth_stall_begin(s, &vms[WEB], 0, at, at + 16, n & 1);
			synth_stall_end(s, &vms[WEB], 0, n & 1, 3 * ns, ns, ns / 2);
		}
		for (int v = 0; v < NR_VMS; v++)
			synth_counters(s, &vms[v]);
		synth_sync(s);
	}
}

static void emit_pages(struct synth *s, const struct synth_vm *vms)
{
	synth_pages(s, &vms[WEB], 0, 512 * SYNTH_MIB, 0, 400 * SYNTH_MIB);
	synth_pages(s, &vms[WEB], 1, SYNTH_GIB, 0, SYNTH_GIB);
	synth_mapped(s, &vms[WEB], 600, 700);
	synth_shared_pages(s, &vms[WEB], 6 * SYNTH_GIB, 4 * SYNTH_GIB, 4 * SYNTH_GIB + 200 * SYNTH_MIB);
	synth_pages(s, &vms[LEAK], 0, 512 * SYNTH_MIB, 0, 300 * SYNTH_MIB);
	synth_backing(s);
	synth_slot(s, &vms[SPARE], 7, 8 * SYNTH_GIB, 64 * SYNTH_MIB);
	synth_pages(s, &vms[SPARE], 7, 64 * SYNTH_MIB, 0, 50 * SYNTH_MIB);
	s->err |= gmem_model_apply(s->ctx, &(struct gmem_rec){
		.h = { .vm = vms[SPARE].id, .kind = GMEM_UNBIND, .size = sizeof(struct gmem_rec),
		       .ts_ns = s->now_ns },
		.ino = synth_ino(&vms[SPARE], 7), .aux = 7,
	}.h);
}

static void emit_holders(struct synth *s, const struct synth_vm *vms)
{
	uint64_t begin_ns = s->now_ns++;

	for (int v = 0; v < NR_VMS; v++) {
		if (v == LEAK)
			continue;
		synth_holder(s, &vms[v], 0, vms[v].pid, "vmm");
		synth_holder(s, &vms[v], synth_ino(&vms[v], 0), vms[v].pid, "vmm");
	}
	synth_holder(s, &vms[WEB], synth_ino(&vms[WEB], 1), vms[WEB].pid, "vmm");
	synth_holder(s, &vms[LEAK], synth_ino(&vms[LEAK], 0), 4711, "virtiofsd");
	synth_holder(s, &vms[WEB], synth_ino(&vms[WEB], 0), 4712, "vhost\033[2J");
	synth_holders(s, begin_ns);
}

/* Adds a stuck VM, a VM that ended but whose file stays, and an unbound file. */
static void scene_memory(struct scene *scene)
{
	static const uint64_t lost[GMEM_LOSSES] = { 12 };
	struct synth *s = &scene->s;
	struct synth_vm vms[NR_VMS];

	start_all(s, vms);
	convert_all(s, vms);
	emit_pages(s, vms);
	emit_holders(s, vms);
	synth_lost(s, lost);
	synth_stall_begin(s, &vms[WEB], 3, 0x8000, 0x10000, false);
	synth_begin(s, &vms[WEB], 99, 0x8000, 0x10000, false);
	s->err |= gmem_model_apply(s->ctx, &(struct gmem_rec){
		.h = { .vm = vms[WEB].id, .kind = GMEM_ATTRIBUTES_PHASE, .tid = 99,
		       .size = sizeof(struct gmem_rec), .ts_ns = s->now_ns },
		.start = 0x8000, .end = 0x10000, .arg = GMEM_PHASE_STORE - GMEM_PHASE_CHECK,
	}.h);
	s->now_ns += 9 * SECOND;
	synth_convert(s, &vms[WEB], 0x4000, 0x5000, false, 2 * MS);
	s->now_ns += 2 * SECOND;
	synth_convert(s, &vms[WEB], 4 * SYNTH_GIB + 0x200, 4 * SYNTH_GIB + 0x9000, false, 2 * MS);
	synth_stall_begin(s, &vms[WEB], 0, 0x7000, 0x7001, true);
	s->now_ns += SECOND / 2;
	synth_lost(s, lost);
}

static void begin_view(struct shot *v, void (*fill)(struct scene *), enum view_id view)
{
	shot_begin(v, fill);
	ui_order(&v->ui, v->scene.model);
	/* Select VM 1, whichever converts most. */
	for (size_t i = 0; i < v->ui.list.nr; i++) {
		if (v->ui.list.rows[i].id == 1)
			ui_select(&v->ui, i);
	}
	ui_key(&v->ui, view_table[view]->key);
	ui_order(&v->ui, v->scene.model);
}

static const enum view_id views[] = { VIEW_VM, VIEW_LATENCY, VIEW_FILES };

#define NR_VIEWS (sizeof(views) / sizeof(*views))

static void fill_many(struct scene *scene)
{
	scene_many(scene, 45);
}

/* Shows every view at every size, with no VM, and with every kind of problem. */
static void test_screens(void **state)
{
	static const struct {
		const char *name;
		void (*fill)(struct scene *);
	} scenes[] = { { "empty", NULL }, { "memory", scene_memory }, { "busy", scene_busy } };
	char name[64];
	struct shot v;

	(void)state;
	for (size_t i = 0; i < NR_VIEWS; i++) {
		for (size_t n = 0; n < sizeof(scenes) / sizeof(*scenes); n++) {
			begin_view(&v, scenes[n].fill, views[i]);
			snprintf(name, sizeof(name), "%s-%s", view_table[views[i]]->name, scenes[n].name);
			shot_sizes(&v, name);
			shot_end(&v);
		}
	}
}

static void test_paused_many_and_help(void **state)
{
	char name[64];
	struct shot v;

	(void)state;
	for (size_t i = 0; i < NR_VIEWS; i++) {
		begin_view(&v, fill_many, views[i]);
		ui_key(&v.ui, 'p');
		snprintf(name, sizeof(name), "%s-many-80x24", view_table[views[i]]->name);
		shot_golden(&v, name, 80, 24, false);
		ui_key(&v.ui, '?');
		snprintf(name, sizeof(name), "%s-help-132x60", view_table[views[i]]->name);
		shot_golden(&v, name, 132, 60, true);
		shot_end(&v);
	}
}

static void test_any_size(void **state)
{
	struct shot v;

	(void)state;
	for (size_t i = 0; i < NR_VIEWS; i++) {
		begin_view(&v, scene_memory, views[i]);
		for (int width = 0; width <= 300; width += 3) {
			for (int height = 0; height <= 90; height += height < 30 ? 1 : 20) {
				struct canvas *c = shot_paint(&v, width, height, width & 1);
				char *text = canvas_text(c);

				shot_check_widths(text, width, height);
				free(text);
				canvas_free(c);
			}
		}
		shot_end(&v);
	}
}

/* Values as in damaged recordings. */
static void test_absurd_values(void **state)
{
	struct synth_vm vm = { .id = UINT64_MAX, .pid = UINT32_MAX };
	struct shot v;

	(void)state;
	for (size_t i = 0; i < NR_VIEWS; i++) {
		shot_begin(&v, NULL);
		v.scene.s.now_ns = 1;
		synth_start(&v.scene.s, &vm, "\xff\x1b[", UINT64_MAX);
		synth_slot(&v.scene.s, &vm, 1, UINT64_MAX - 5, 100);
		synth_begin(&v.scene.s, &vm, 1, UINT64_MAX, 0, true);
		synth_stall_begin(&v.scene.s, &vm, UINT32_MAX, UINT64_MAX, 0, true);
		synth_finish(&v.scene.s, &vm, 2, 0, UINT64_MAX, true, UINT64_MAX);
		memset(&vm.c, 0xff, sizeof(vm.c));
		synth_counters(&v.scene.s, &vm);
		synth_sync(&v.scene.s);
		ui_order(&v.ui, v.scene.model);
		ui_key(&v.ui, view_table[views[i]]->key);
		ui_order(&v.ui, v.scene.model);
		for (int width = 20; width <= 300; width += 40) {
			for (int zoom = 0; zoom < 60; zoom++) {
				struct canvas *c = shot_paint(&v, width, 24, false);

				v.ui.model = v.scene.model;
				ui_key(&v.ui, zoom < 55 ? '+' : UI_KEY_END);
				canvas_free(c);
			}
		}
		memset(&vm.c, 0, sizeof(vm.c));
		shot_end(&v);
	}
}

static void press(struct shot *v, int key, int times)
{
	for (int i = 0; i < times; i++) {
		int keys[] = { key, 0 };

		shot_keys(v, keys, 80, 24);
	}
	canvas_free(shot_paint(v, 80, 24, false));
}

static const struct vm_state *vm_state(const struct shot *v)
{
	return v->ui.state[VIEW_VM];
}

/* Zooms to single pages and back, around the cursor, and over the hole but not into it. */
static void test_map_keys(void **state)
{
	struct shot v;
	const struct vm_state *s;

	(void)state;
	begin_view(&v, scene_memory, VIEW_VM);
	canvas_free(shot_paint(&v, 80, 24, false));
	s = vm_state(&v);
	assert_int_equal(s->gfn, 0);
	press(&v, UI_KEY_LEFT, 3);
	assert_int_equal(s->gfn, 0);
	press(&v, UI_KEY_RIGHT, 5);
	assert_int_equal(s->gfn, 5ULL << s->whole);
	press(&v, '+', 40);
	assert_int_equal(s->order, 0);
	assert_int_equal(s->gfn, 5ULL << s->whole);
	press(&v, UI_KEY_RIGHT, 1);
	assert_int_equal(s->gfn, (5ULL << s->whole) + 1);
	press(&v, UI_KEY_DOWN, 1);
	assert_int_equal(s->gfn, (5ULL << s->whole) + 1 + (uint64_t)s->layout.map_width);
	press(&v, '-', 40);
	assert_int_equal(s->order, s->whole);
	press(&v, UI_KEY_END, 1);
	assert_int_equal(s->slot, 2);
	assert_int_equal(s->gfn >> s->order, (5ULL * SYNTH_GIB + 256 * SYNTH_MIB - 1) >> s->order);
	press(&v, UI_KEY_HOME, 1);
	press(&v, UI_KEY_RIGHT, (512 * SYNTH_MIB >> s->order) - 1);
	assert_int_equal(s->slot, 0);
	press(&v, UI_KEY_RIGHT, 1);
	assert_int_equal(s->slot, 1);
	assert_int_equal(s->gfn, 4ULL * SYNTH_GIB);
	press(&v, UI_KEY_LEFT, 1);
	assert_int_equal(s->slot, 0);
	press(&v, '>', 1);
	assert_int_not_equal(s->vm, 1);
	press(&v, '<', 1);
	assert_int_equal(s->vm, 1);
	shot_end(&v);
}

static char *painted(struct shot *v)
{
	struct canvas *c = shot_paint(v, 132, 40, false);
	char *text = canvas_text(c);

	canvas_free(c);
	return text;
}

static void assert_painted(struct shot *v, const char *part)
{
	char *text = painted(v);
	bool is_there = strstr(text, part);

	if (!is_there)
		tap_comment(text);
	free(text);
	assert_true(is_there);
}

static void test_map_modes(void **state)
{
	struct shot v;

	(void)state;
	begin_view(&v, scene_memory, VIEW_VM);
	assert_painted(&v, "map: attributes");
	press(&v, 'm', 1);
	assert_painted(&v, "map: populated pages");
	press(&v, 'n', 2);
	shot_golden(&v, "vm-pages-80x24", 80, 24, false);
	press(&v, 'm', 1);
	assert_painted(&v, "map: mixed 2 MiB blocks");
	press(&v, '+', 4);
	press(&v, UI_KEY_PAGE_DOWN, 1);
	shot_golden(&v, "vm-blocks-80x24", 80, 24, true);
	shot_end(&v);
}

/* Adds a VM of another pid namespace, whose map is unknown. */
static void fill_poor(struct scene *scene)
{
	struct synth_vm vms[2] = { { .id = 1, .pid = 7 }, { .id = 2, .pid = 8 } };

	synth_start(&scene->s, &vms[0], "vmm", SYNTH_MIB);
	synth_counters(&scene->s, &vms[0]);
	scene->s.now_ns += SECOND;
	synth_counters(&scene->s, &vms[1]);
	synth_sync(&scene->s);
	scene->model->features = GMEM_FEATURE_OTHER_PIDS;
}

/* A figure may be missing because of this host's probes, or of options; in a replay, because of the recording. */
static void test_what_a_recording_lacks(void **state)
{
	static const char *const live[] = { "these probes", "start gmemtop", "--pid=host", "on this kernel", "enabled" };
	static const struct {
		int keys[4];
		uint64_t vm;
		const char *live;
		const char *recorded;
	} shots[] = {
		{ { '2' }, 1, "conv >priv     0      - parts: not available from these probes",
		  "conv >priv     0      - parts: recorded without phases (--phases)" },
		{ { '2' }, 1, "stall>priv     0      - parts: not available from these probes",
		  "stall>priv     0      - parts: not in the recording" },
		{ { '2', 'm' }, 1, "start gmemtop with --backing", "recorded without --backing" },
		{ { '2' }, 2, "(in a container: --pid=host)", "not read: of another pid namespace?" },
		{ { '3' }, 1, "stall     not available from these probes", "stall     not in the recording" },
		{ { '3' }, 1, "zap      not available from these probes", "zap      recorded without phases (--phases)" },
		{ { '1', 'c', UI_KEY_PAGE_DOWN }, 1, "not available: no probe on this kernel, or not enabled",
		  "shared_populated_bytes   recorded without --backing" },
		{ { '1' }, 1, "other pid namespaces unread (--pid=host)", "other pid namespaces unread" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(shots) / sizeof(*shots); i++) {
		for (int recorded = 0; recorded < 2; recorded++) {
			struct shot v;
			char *text;

			shot_begin(&v, fill_poor);
			v.ui.recorded = recorded;
			ui_order(&v.ui, v.scene.model);
			for (size_t row = 0; row < v.ui.list.nr; row++) {
				if (v.ui.list.rows[row].id == shots[i].vm)
					ui_select(&v.ui, row);
			}
			shot_keys(&v, shots[i].keys, 132, 40);
			assert_painted(&v, recorded ? shots[i].recorded : shots[i].live);
			text = painted(&v);
			for (size_t n = 0; recorded && n < sizeof(live) / sizeof(*live); n++)
				assert_null(strstr(text, live[n]));
			free(text);
			shot_end(&v);
		}
	}
}

static void test_latency_keys(void **state)
{
	struct latency_state *s;
	struct shot v;

	(void)state;
	begin_view(&v, scene_memory, VIEW_LATENCY);
	s = v.ui.state[VIEW_LATENCY];
	assert_int_equal(s->vm, 0);
	press(&v, UI_KEY_DOWN, 1);
	assert_int_equal(s->of, GMEM_LATENCY_STALL);
	press(&v, UI_KEY_UP, 2);
	assert_int_equal(s->of, GMEM_LATENCIES - 1);
	press(&v, UI_KEY_DOWN, 2);
	press(&v, UI_KEY_RIGHT, 1);
	press(&v, 'a', 1);
	assert_int_equal(s->vm, 1);
	/*
	 * 4 of 7 conversions in most refreshes go the other way: only those of this direction
	 * count.
	 */
	assert_int_equal(latency_count(&s->start, GMEM_LATENCY_STALL),
			 gmem_model_vm(v.scene.model, 1)->now.stall[GMEM_TO_PRIVATE].count);
	shot_golden(&v, "latency-one-80x24", 80, 24, false);
	press(&v, '>', 1);
	assert_int_not_equal(s->vm, 1);
	shot_end(&v);
}

static void test_files_keys(void **state)
{
	struct files_state *s;
	struct shot v;

	(void)state;
	begin_view(&v, scene_memory, VIEW_FILES);
	s = v.ui.state[VIEW_FILES];
	assert_int_equal(s->nr, 7);
	assert_int_equal(s->all.unused, 2);
	assert_int_equal(s->all.unused_bytes.u, 350 * SYNTH_MIB << 12);
	assert_int_equal(s->rows[0].vm, LEAK + 1);
	assert_int_equal(s->rows[1].vm, SPARE + 1);
	press(&v, 'o', 1);
	ui_order(&v.ui, v.scene.model);
	assert_int_equal(s->nr, 2);
	press(&v, 'o', 1);
	ui_order(&v.ui, v.scene.model);
	press(&v, 's', 2);
	ui_order(&v.ui, v.scene.model);
	assert_int_equal(s->sort, FILES_BY_SIZE);
	assert_int_equal(s->rows[0].ino, 1001);
	press(&v, UI_KEY_DOWN, 2);
	press(&v, UI_KEY_ENTER, 1);
	assert_int_equal(v.ui.view, VIEW_VM);
	assert_int_equal(ui_vm(&v.ui), s->rows[1].vm);
	shot_end(&v);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_screens),
	cmocka_unit_test(test_paused_many_and_help),
	cmocka_unit_test(test_any_size),
	cmocka_unit_test(test_absurd_values),
	cmocka_unit_test(test_map_keys),
	cmocka_unit_test(test_map_modes),
	cmocka_unit_test(test_what_a_recording_lacks),
	cmocka_unit_test(test_latency_keys),
	cmocka_unit_test(test_files_keys),
};

TEST_UNIT(views_unit, tests);
