// SPDX-License-Identifier: GPL-2.0-only
/* Runs all units as one TAP stream: gmemtop_test [PATTERN of names]. */
#include "gmemtop_test.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#define SECOND 1000000000ULL

static int apply(void *ctx, const struct gmem_hdr *rec)
{
	return gmem_model_apply(ctx, rec);
}

void scene_begin(struct scene *scene)
{
	scene->model = gmem_model_new();
	assert_non_null(scene->model);
	scene->s = (struct synth){ .fn = apply, .ctx = scene->model, .now_ns = 100 * SECOND };
}

void scene_end(struct scene *scene)
{
	assert_int_equal(scene->s.err, 0);
	gmem_model_free(scene->model);
}

static void convert_stripes(struct scene *scene, struct synth_vm *vm, uint64_t from, uint64_t to,
			    uint64_t step)
{
	for (uint64_t at = from, n = step; at < to; at += 2 * step, n += step / 8)
		synth_convert(&scene->s, vm, at, at + n < to ? at + n : to, true, 30000 + n * 10);
}

static void counters(struct scene *scene, struct synth_vm *vms, int n)
{
	for (int i = 0; i < n; i++)
		synth_counters(&scene->s, &vms[i]);
}

enum { QEMU, WIDE, CONTROL, TWO_SLOTS, SLOW, ENDED, BARE, NR_BUSY };

static void start_busy(struct scene *scene, struct synth_vm *vms)
{
	struct synth *s = &scene->s;

	synth_start(s, &vms[QEMU], "qemu-system-x86", SYNTH_GIB);
	synth_start(s, &vms[WIDE], "虚拟机é́一号", 512 * SYNTH_MIB);
	synth_start(s, &vms[CONTROL], "a\t\033[31m\x9b\xff\xe2\x80\xae", 256 * SYNTH_MIB);
	synth_start(s, &vms[TWO_SLOTS], "two", 16 * SYNTH_MIB);
	synth_slot(s, &vms[TWO_SLOTS], 1, SYNTH_GIB, 48 * SYNTH_MIB);
	synth_start(s, &vms[SLOW], "cloud-hyperviso", 64ULL * SYNTH_GIB);
	synth_start(s, &vms[ENDED], "firecracker", 128 * SYNTH_MIB);
	synth_start(s, &vms[BARE], "", 0);
}

static void convert_busy(struct scene *scene, struct synth_vm *vms)
{
	struct synth *s = &scene->s;

	synth_convert(s, &vms[QEMU], 0, SYNTH_GIB, true, 17000000);
	synth_convert(s, &vms[QEMU], SYNTH_GIB / 2, SYNTH_GIB * 3 / 4, false, 4000000);
	synth_convert(s, &vms[QEMU], 7, 8, false, 900);
	convert_stripes(scene, &vms[WIDE], 0, 512 * SYNTH_MIB, 512);
	synth_convert(s, &vms[CONTROL], 5, 6, true, 1200);
	synth_convert(s, &vms[TWO_SLOTS], 0, SYNTH_GIB + 8 * SYNTH_MIB, true, 2500000);
	synth_convert(s, &vms[SLOW], 0, 64ULL * SYNTH_GIB, true, 1100000000);
	synth_convert(s, &vms[ENDED], 0, 1000, true, 70000);
	synth_begin(s, &vms[SLOW], 77, 0, 32ULL * SYNTH_GIB, false);
	synth_begin(s, &vms[WIDE], 78, 0, 512, false);
}

void scene_busy(struct scene *scene)
{
	static const uint64_t lost[GMEM_LOSSES] = { 41, 0, 0, 3 };
	struct synth_vm vms[NR_BUSY];
	struct synth *s = &scene->s;

	memset(vms, 0, sizeof(vms));
	for (int i = 0; i < NR_BUSY; i++) {
		vms[i].id = i + 1;
		vms[i].pid = i == WIDE ? 4194304 : 1200 + 10 * i;
	}
	start_busy(scene, vms);
	counters(scene, vms, NR_BUSY);
	convert_busy(scene, vms);
	s->now_ns = 110 * SECOND;
	synth_end(s, &vms[ENDED]);
	counters(scene, vms, NR_BUSY);
	for (int i = 0; i < 120; i++)
		synth_convert(s, &vms[QEMU], i * 512, (i + 1) * 512, i & 1, 20000 + i * 300);
	synth_convert(s, &vms[CONTROL], 100 * SYNTH_MIB, 130 * SYNTH_MIB, true, 500000);
	s->now_ns = 111 * SECOND;
	counters(scene, vms, NR_BUSY);
	s->now_ns = 113 * SECOND + 400000000;
	synth_lost(s, lost);
}

void scene_many(struct scene *scene, unsigned int n)
{
	struct synth *s = &scene->s;
	struct synth_vm *vms = calloc(n, sizeof(*vms));

	for (unsigned int i = 0; i < n; i++) {
		vms[i].id = i + 1;
		vms[i].pid = 100 + i;
		synth_start(s, &vms[i], "gmemload", 64 * SYNTH_MIB);
	}
	counters(scene, vms, n);
	for (unsigned int i = 0; i < n; i++) {
		for (unsigned int k = 0; k <= i; k++)
			synth_convert(s, &vms[i], k * 100, k * 100 + 50, true, 1000);
	}
	s->now_ns = 101 * SECOND;
	counters(scene, vms, n);
	free(vms);
}

int main(int argc, char **argv)
{
	const struct test_unit *const units[] = {
		&canvas_unit, &layout_unit, &list_unit, &settings_unit, &ui_unit, &views_unit, &screen_unit, &loop_unit,
	};
	struct CMUnitTest all[128];
	size_t n = 0;

	/*
	 * Widths of characters from a fixed locale, so that golden screens are the same everywhere.
	 */
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		abort();
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (n + units[i]->n > sizeof(all) / sizeof(*all))
			abort();
		memcpy(&all[n], units[i]->tests, units[i]->n * sizeof(*all));
		n += units[i]->n;
	}
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return _cmocka_run_group_tests("gmemtop", all, n, NULL, NULL) ? EXIT_FAILURE : EXIT_SUCCESS;
}
