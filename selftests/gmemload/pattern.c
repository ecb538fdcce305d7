// SPDX-License-Identifier: GPL-2.0-only
/* Sequences of conversions. */
#include "pattern.h"

#define ALIAS_PAGES_MAX 2048
#define BLOCK_PAGES 512		/* 2 MiB */
#define BOUNCE_PAGES_MAX 16	/* 64 KiB */
#define POOL_FRACTION 16

static uint64_t min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

uint64_t pattern_alias_pages(uint64_t slice_npages)
{
	return min_u64(slice_npages, ALIAS_PAGES_MAX);
}

void pattern_init(struct pattern *pattern, enum pattern_kind kind, enum by_kind by,
		  struct page_extent slice, struct rng rng)
{
	*pattern = (struct pattern){
		.kind = kind,
		.by = by,
		.slice = slice,
		.alias_pages = pattern_alias_pages(slice.npages),
		.rng = rng,
	};
	if (by == BY_ACCESS)
		pattern->slice.npages = pattern->alias_pages;
}

/* Returns the conversion of the range to the other attribute than its first page has. */
static struct conversion to_other_side(const struct pagestate *ps, uint64_t start, uint64_t npages)
{
	return (struct conversion){
		.start = start,
		.npages = npages,
		.to_private = !ps->is_private[start],
	};
}

static struct conversion next_flip4k(struct pattern *p, const struct pagestate *ps)
{
	return to_other_side(ps, p->slice.start + rng_below(&p->rng, p->slice.npages), 1);
}

/* Returns a 2 MiB block within the slice, or the whole slice if it is too small. */
static struct conversion next_flip2m(struct pattern *p, const struct pagestate *ps)
{
	uint64_t first = (p->slice.start + BLOCK_PAGES - 1) / BLOCK_PAGES;
	uint64_t end = (p->slice.start + p->slice.npages) / BLOCK_PAGES;

	if (first >= end)
		return to_other_side(ps, p->slice.start, p->slice.npages);
	return to_other_side(ps, (first + rng_below(&p->rng, end - first)) * BLOCK_PAGES, BLOCK_PAGES);
}

/*
 * Acts like a guest with swiotlb: its pool is converted to shared once at boot, later small DMA
 * buffers elsewhere are converted to shared and back.
 */
static struct conversion next_swiotlb(struct pattern *p)
{
	uint64_t pool = p->slice.npages / POOL_FRACTION ? p->slice.npages / POOL_FRACTION : 1;
	uint64_t rest = p->slice.npages - pool;
	struct page_extent range;

	if (p->bounce.npages) {
		range = p->bounce;
		p->bounce.npages = 0;
		return (struct conversion){ range.start, range.npages, .to_private = true };
	}
	if (p->pool_done < pool) {
		range.start = p->slice.start + p->pool_done;
		range.npages = min_u64(BLOCK_PAGES, pool - p->pool_done);
		p->pool_done += range.npages;
		return (struct conversion){ range.start, range.npages, .to_private = false };
	}
	if (!rest) {
		rest = pool;
		pool = 0;
	}
	range.npages = 1 + rng_below(&p->rng, min_u64(rest, BOUNCE_PAGES_MAX));
	range.start = p->slice.start + pool + rng_below(&p->rng, rest - range.npages + 1);
	p->bounce = range;
	return (struct conversion){ range.start, range.npages, .to_private = false };
}

/* Returns a size of 1 to 1024 pages, mostly small. */
static uint64_t mix_size(struct rng *rng)
{
	uint64_t percent = rng_below(rng, 100);

	if (percent < 70)
		return 1 + rng_below(rng, 8);
	if (percent < 90)
		return 9 + rng_below(rng, 56);
	if (percent < 98)
		return 65 + rng_below(rng, 448);
	return 513 + rng_below(rng, 512);
}

static struct conversion next_mix(struct pattern *p, const struct pagestate *ps)
{
	uint64_t npages = min_u64(mix_size(&p->rng), p->slice.npages);
	uint64_t start = p->slice.start + rng_below(&p->rng, p->slice.npages - npages + 1);
	uint64_t percent = rng_below(&p->rng, 100);
	struct conversion c = to_other_side(ps, start, npages);

	/* Some requests pick their direction at random: they change nothing or only a part. */
	if (percent < 20)
		c.to_private = percent & 1;
	return c;
}

static struct conversion next_range(struct pattern *p, const struct pagestate *ps)
{
	switch (p->kind) {
	case PATTERN_FLIP4K:
		return next_flip4k(p, ps);
	case PATTERN_FLIP2M:
		return next_flip2m(p, ps);
	case PATTERN_SLOT:
		return to_other_side(ps, p->slice.start, p->slice.npages);
	case PATTERN_SWIOTLB:
		return next_swiotlb(p);
	case PATTERN_MIX:
		break;
	}
	return next_mix(p, ps);
}

static enum origin origin_of(enum by_kind by, uint64_t percent)
{
	switch (by) {
	case BY_HYPERCALL:
		return ORIGIN_HYPERCALL;
	case BY_ACCESS:
		return ORIGIN_ACCESS;
	case BY_IOCTL:
		return ORIGIN_IOCTL;
	case BY_MIX:
		break;
	}
	if (percent < 60)
		return ORIGIN_HYPERCALL;
	return percent < 80 ? ORIGIN_ACCESS : ORIGIN_IOCTL;
}

/*
 * Narrows @c to one page in the alias window; a conversion stays one, an unchanged request stays
 * unchanged.
 */
static struct conversion to_one_alias_page(const struct pattern *p, const struct pagestate *ps,
					   struct conversion c)
{
	bool changes = ps->is_private[c.start] != c.to_private;

	c.start = p->slice.start + (c.start - p->slice.start) % p->alias_pages;
	c.npages = 1;
	c.to_private = ps->is_private[c.start] ^ changes;
	return c;
}

struct conversion pattern_next(struct pattern *pattern, const struct pagestate *ps)
{
	struct conversion c = next_range(pattern, ps);

	/* Drawn even where it decides nothing: the ranges must not depend on it. */
	c.origin = origin_of(pattern->by, rng_below(&pattern->rng, 100));
	if (c.origin == ORIGIN_ACCESS)
		c = to_one_alias_page(pattern, ps, c);
	return c;
}
