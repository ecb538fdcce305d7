// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Live half of the loop: reads records as they arrive, refreshes every delay_s seconds. */
#include <errno.h>

#include "base/stop.h"
#include "run/loop_parts.h"
#include "run/snapshot.h"

/*
 * The loop waits for keys, not for records: the ring buffer holds megabytes, and waking up for
 * each record would cost more than handling it. With many records it wakes up sooner.
 */
#define WAIT_MS		50
#define WAIT_BUSY_MS	5
#define BUSY_RECORDS	5000

/* Longest time for records before keys are handled again. */
#define TAKE_MS		40
#define SYNC_MS		1000
#define CLOCK_EVERY	256	/* records */

/* -EAGAIN ends the call after this record, which is not delivered again. */
static int take_record(void *ctx, const struct gmem_hdr *rec)
{
	struct loop *l = ctx;
	int err = consumer_apply(&l->consumer, rec);

	if (err)
		return err;
	if (++l->taken % CLOCK_EVERY == 0 && (gmem_stopped() || loop_now_ms() >= l->deadline_ms))
		return -EAGAIN;
	return 0;
}

static void begin_taking(struct loop *l, int limit_ms)
{
	l->taken = 0;
	l->deadline_ms = loop_now_ms() + limit_ms;
}

/* Notes the state of the source. Returns 0, or the error that ends the loop. */
static int note_result(struct loop *l, int err)
{
	l->info.behind = err == -EAGAIN;
	if (err == -ENODATA)
		l->info.ended = true;
	return err >= 0 || err == -EAGAIN || err == -EINTR || err == -ENODATA ? 0 : err;
}

static int take_records(struct loop *l)
{
	begin_taking(l, TAKE_MS);
	return l->info.ended ? 0 : note_result(l, gmem_source_poll(l->source, 0, take_record, l));
}

static int read_counters(struct loop *l)
{
	if (l->info.ended)
		return 0;
	begin_taking(l, SYNC_MS);
	return note_result(l, gmem_source_sync(l->source, take_record, l));
}

/* Makes or frees the copy of the model that the screen shows while paused; the model is still updated. */
static int update_frozen(struct loop *l)
{
	gmem_model_free(l->frozen);
	l->frozen = l->ui.paused ? snapshot_take(l->consumer.model) : NULL;
	if (l->ui.paused && !l->frozen)
		return -ENOMEM;
	return 0;
}

static int refresh(struct loop *l)
{
	int64_t now = loop_now_ms(), delay = (int64_t)(l->ui.delay_s * 1000);
	int err = read_counters(l);

	l->next_ms += delay;
	if (l->next_ms <= now || l->next_ms > now + delay)
		l->next_ms = now + delay;
	if (err || l->ui.paused)
		return err;
	err = loop_order_and_show(l);
	loop_count(l);
	return err;
}

int loop_live_obey(struct loop *l, enum ui_action action)
{
	int err = 0;

	if (action & UI_DELAY)
		l->next_ms = loop_now_ms() + (int64_t)(l->ui.delay_s * 1000);
	if (action & UI_REFRESH)
		err = read_counters(l);
	if (!err && action & (UI_PAUSE | UI_REFRESH))
		err = update_frozen(l);
	if (!err && action & (UI_ORDER | UI_PAUSE | UI_REFRESH))
		return loop_order_and_show(l);
	return !err && action & UI_DRAW ? loop_show(l) : err;
}

int loop_live_wait_ms(const struct loop *l)
{
	int64_t left = l->next_ms - loop_now_ms();
	int most = l->taken > BUSY_RECORDS ? WAIT_BUSY_MS : WAIT_MS;

	return left < 0 ? 0 : left < most ? (int)left : most;
}

int loop_live_round(struct loop *l)
{
	int err = take_records(l);

	if (!err && loop_now_ms() >= l->next_ms)
		err = refresh(l);
	return err;
}
