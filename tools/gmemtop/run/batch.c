// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "run/batch.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clocks.h"
#include "base/stop.h"
#include "model/metrics.h"
#include "run/consumer.h"
#include "screen/draw.h"
#include "terminal/canvas.h"
#include "ui/ui.h"
#include "views/json.h"
#include "views/text.h"

/* Limit of the wait for the scan of all VMs before the first refresh, which may be the only one. */
#define FIRST_MS 10000

struct batch {
	struct gmem_source *source;
	const struct gmemtop_options *o;
	struct consumer consumer;
	struct ui ui;			/* for text */
	unsigned long printed;
	int64_t next_ms;
};

static int take_record(void *ctx, const struct gmem_hdr *rec)
{
	return consumer_apply(&((struct batch *)ctx)->consumer, rec);
}

/* Reads records during the wait, so that the ring buffer does not overflow. */
static int wait_until(struct batch *b, int64_t until_ms, bool for_inventory)
{
	int64_t left;

	while (!gmem_stopped() && (left = until_ms - gmem_now_ms()) > 0 &&
	       (!for_inventory || gmem_source_pending(b->source))) {
		int n = gmem_source_poll(b->source, left < 100 ? (int)left : 100, take_record, b);

		if (n < 0 && n != -EINTR)
			return n;
	}
	return 0;
}

/* Reads up to the next snapshot: after the delay if live, at once from a recording. */
static int next_snapshot(struct batch *b)
{
	int err;

	if (b->o->replay)
		return gmem_source_sync(b->source, take_record, b);
	b->next_ms += (int64_t)(b->o->delay_s * 1000);
	err = wait_until(b, b->next_ms, false);
	if (!err && !b->printed)
		err = wait_until(b, gmem_now_ms() + FIRST_MS, true);
	return err ? err : gmem_source_sync(b->source, take_record, b);
}

#define DEFAULT_WIDTH 132
#define OTHER_LINES 8	/* above and below the list */
#define VIEW_LINES 40	/* for views that fill any height */

static int text_width(void)
{
	const char *columns = getenv("COLUMNS");
	int w = columns ? atoi(columns) : 0;

	return w >= 20 && w <= 1000 ? w : DEFAULT_WIDTH;
}

/* Two lines for each VM or file: a map or the holders may need a line of their own. */
static int text_height(const struct ui *ui, const struct gmem_model *m)
{
	size_t files = 0;
	struct gmem_vm *vm, *tmp;

	if (ui->view == VIEW_OVERVIEW)
		return 2 * (int)ui->list.nr + OTHER_LINES;
	if (ui->view != VIEW_FILES)
		return VIEW_LINES;
	HASH_ITER(hh, m->vms, vm, tmp)
		files += vm->nr_files;
	return 2 * (int)files + OTHER_LINES;
}

/* Omits the last line, which lists keys, and the blank lines before it. */
static void print_lines(char *text)
{
	size_t n = strlen(text);

	while (n && text[n - 1] == '\n')
		n--;
	while (n && text[n - 1] != '\n')
		n--;
	while (n > 1 && text[n - 2] == '\n')
		n--;
	printf("%.*s\n", (int)n, text);
}

/* Prints the view's screen, as on a terminal that is as tall as needed, without the line of keys. */
static void print_text(const struct gmem_model *m, const char *probes, struct ui *ui, bool ascii)
{
	struct draw_info info = { .probes = probes };
	struct canvas *c = NULL;
	char *text = NULL;

	if (ui_order(ui, m))
		c = canvas_new(text_width(), text_height(ui, m), ascii || !canvas_unicode());
	if (c) {
		draw_fit(ui, m, c->width, c->height);
		draw(c, ui, m, &info);
		text = canvas_text(c);
	}
	if (text)
		print_lines(text);
	free(text);
	canvas_free(c);
}

#define NAME_LEN	(4 * GMEM_CGROUP_LEN)

static void print_name(const char *s)
{
	char text[NAME_LEN];

	gmem_text_name(text, sizeof(text), s);
	if (!strpbrk(text, ",\"") && *text != ' ') {
		fputs(text, stdout);
		return;
	}
	putchar('"');
	for (const char *p = text; *p; p++) {
		if (*p == '"')
			putchar('"');
		putchar(*p);
	}
	putchar('"');
}

/* Unknown values are empty, not 0. */
static void print_value(const struct gmem_metric *metric, const struct gmem_model *m,
			const struct gmem_vm *vm)
{
	struct gmem_value v = gmem_metric_get(metric, vm, m);

	putchar(',');
	if (v.unknown)
		return;
	if (metric->type == GMEM_TEXT)
		print_name(v.s);
	else if (metric->type == GMEM_PER_S || metric->type == GMEM_BYTES_PER_S)
		printf("%.3f", v.f);
	else
		printf("%" PRIu64, v.u);
}

/* Prints CSV (RFC 4180, but lines end in LF): a line for each VM, the columns of -s help. */
static void print_csv(const struct gmem_model *m, const struct gmemtop_options *o, bool first)
{
	const struct gmem_vm *vm, *tmp;
	uint64_t lost = 0;

	if (first) {
		printf("ts_ns,lost,ended");
		for (size_t i = 0; i < gmem_nr_metrics; i++)
			printf(",%s", gmem_metrics[i].key);
		putchar('\n');
	}
	for (int i = 0; i < GMEM_LOSSES; i++)
		lost += m->lost[i];
	HASH_ITER(hh, m->vms, vm, tmp) {
		if (o->pid && vm->pid != o->pid)
			continue;
		printf("%" PRIu64 ",%" PRIu64 ",%d", m->now_ns, lost, vm->ended_ns != 0);
		for (size_t i = 0; i < gmem_nr_metrics; i++)
			print_value(&gmem_metrics[i], m, vm);
		putchar('\n');
	}
}

static void print_json(const struct gmem_model *m, const char *probes, uint32_t pid)
{
	struct json_object *o = gmem_json_model(m, probes, pid);

	puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
	json_object_put(o);
}

static void print_refresh(struct batch *b)
{
	const struct gmem_model *m = b->consumer.model;
	const char *probes = gmem_source_describe(b->source);

	if (b->o->json)
		print_json(m, probes, b->o->pid);
	else if (b->o->csv)
		print_csv(m, b->o, !b->printed);
	else
		print_text(m, probes, &b->ui, b->o->ascii);
}

/*
 * True for every live refresh: when the source ends or is stopped, the final state is printed.
 * At the end of a recording, true only if a snapshot came since the last refresh, or if a
 * truncated recording holds events but no snapshot.
 */
static bool is_to_be_printed(const struct batch *b, bool ended, unsigned long syncs)
{
	if (!ended || !b->o->replay)
		return true;
	return b->consumer.syncs > syncs || (!b->printed && b->consumer.model->nr_events);
}

static enum gmem_status print_refreshes(struct batch *b, struct gmem_error *e)
{
	bool ended = false;

	while (!ended && (!b->o->count || b->printed < b->o->count)) {
		unsigned long syncs = b->consumer.syncs;
		int err = next_snapshot(b);

		ended = err == -ENODATA || gmem_stopped();
		if (err && err != -ENODATA && err != -EINTR)
			return consumer_fail(e, err, b->o->replay);
		if (!is_to_be_printed(b, ended, syncs))
			return GMEM_OK;
		print_refresh(b);
		b->printed++;
		if (fflush(stdout) || ferror(stdout))
			return gmem_fail(e, GMEM_E_IO, "Is the disk full, or the reader gone?",
					 "cannot write to stdout: %s", strerror(errno));
	}
	return GMEM_OK;
}

enum gmem_status batch_run(struct gmem_source *s, const struct gmemtop_options *o,
			   struct gmem_error *e)
{
	struct batch b = {
		.source = s, .o = o, .next_ms = gmem_now_ms(), .consumer = { .model = gmem_model_new() },
	};
	enum gmem_status status;
	bool ready = ui_init(&b.ui, o->sort, o->reverse, o->delay_s, o->pid);

	b.consumer.ui = &b.ui;
	b.ui.view = o->view;
	b.ui.recorded = o->replay;
	if (ready && b.consumer.model) {
		gmem_stop_on_signals();
		status = print_refreshes(&b, e);
	} else {
		status = consumer_fail(e, -ENOMEM, o->replay);
	}
	gmem_model_free(b.consumer.model);
	ui_free(&b.ui);
	return status;
}
