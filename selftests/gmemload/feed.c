// SPDX-License-Identifier: GPL-2.0-only
/* Lists of work in the guest's mailbox. */
#include "feed.h"

/* Pages touched by one list at most: the guest cannot be stopped within a list. */
#define LIST_PAGES_MAX 4096

enum {
	STREAM_PATTERN,
	STREAM_TOUCH,
};

void feed_init(struct feed *feed, struct vm *vm, unsigned int vcpu, struct gm_mailbox *mailbox)
{
	const struct options *o = vm->options;

	*feed = (struct feed){
		.vm = vm,
		.vcpu = vcpu,
		.slice = vm_slice(o, vcpu),
		.mailbox = mailbox,
		.touch_rng = rng_stream(o->seed, vm->index, vcpu, STREAM_TOUCH),
	};
	pattern_init(&feed->pattern, o->pattern, o->by, feed->slice,
		     rng_stream(o->seed, vm->index, vcpu, STREAM_PATTERN));
	mailbox->salt = vm->salt;
	mailbox->use_vmmcall = vm->use_vmmcall;
}

bool feed_draw(struct feed *feed)
{
	if (feed->has_next)
		return true;
	if (feed->begun == feed->vm->options->count)
		return false;
	feed->next = pattern_next(&feed->pattern, &feed->vm->pages);
	feed->has_next = true;
	feed->begun++;
	return true;
}

static uint32_t next_seq(struct feed *feed)
{
	/* 0 stands for a page that was never written. */
	if (!++feed->seq)
		feed->seq = 1;
	return feed->seq;
}

void feed_touch(struct feed *feed, const struct conversion *c)
{
	uint64_t npages = feed->vm->options->touch;
	uint64_t skip;

	/* The access itself allocates the page, so the guest must write it as well. */
	if (c->origin == ORIGIN_ACCESS && !npages)
		npages = 1;
	if (!npages)
		return;
	if (npages > c->npages)
		npages = c->npages;
	skip = rng_below(&feed->touch_rng, c->npages - npages + 1);
	feed->touch = (struct page_extent){ c->start + skip, npages };
	feed->touch_flags = GM_ITEM_VERIFY | GM_ITEM_WRITE;
	next_seq(feed);
}

void feed_verify_all(struct feed *feed)
{
	feed->touch = feed->slice;
	feed->touch_flags = GM_ITEM_VERIFY;
}

static void add_touch(struct feed *feed, const struct page_run *run)
{
	struct gm_mailbox *mb = feed->mailbox;

	mb->items[mb->nr_items++] = (struct gm_item){
		.op = GM_ITEM_TOUCH,
		.flags = feed->touch_flags,
		.gpa = vm_page_gpa(run->start),
		.npages = run->npages,
		.old_seq = run->seq,
		.new_seq = feed->seq,
	};
	feed->handed_pages += run->npages;
	feed->verified_pages += run->npages;
	if (feed->touch_flags & GM_ITEM_WRITE)
		pagestate_write(&feed->vm->pages, run->start, run->npages, feed->seq);
}

bool feed_fill(struct feed *feed)
{
	struct gm_mailbox *mb = feed->mailbox;
	uint64_t before = feed->handed_pages;

	mb->nr_items = 0;
	/* Keep one item free for a conversion. */
	while (feed->touch.npages && mb->nr_items < GM_MAILBOX_ITEMS - 1) {
		uint64_t room = before + LIST_PAGES_MAX - feed->handed_pages;
		uint64_t npages = feed->touch.npages < room ? feed->touch.npages : room;
		struct page_run run;

		if (!room)
			break;
		run = pagestate_run(&feed->vm->pages, feed->touch.start,
				    feed->touch.start + npages);

		/* Reading a page that is not populated would populate it: skip it. */
		if (run.seq || (feed->touch_flags & GM_ITEM_WRITE))
			add_touch(feed, &run);
		feed->touch.start += run.npages;
		feed->touch.npages -= run.npages;
	}
	return !feed->touch.npages;
}

void feed_add_conversion(struct feed *feed)
{
	struct gm_mailbox *mb = feed->mailbox;
	const struct conversion *c = &feed->next;
	struct gm_item *item = &mb->items[mb->nr_items++];

	if (c->origin == ORIGIN_ACCESS)
		*item = (struct gm_item){
			.op = GM_ITEM_ACCESS,
			.gpa = vm_alias_gpa(feed->vm, feed->vcpu, c->start, c->to_private),
		};
	else
		*item = (struct gm_item){
			.op = GM_ITEM_CONVERT,
			.flags = c->to_private ? GM_ITEM_PRIVATE : 0,
			.gpa = vm_page_gpa(c->start),
			.npages = c->npages,
		};
}
