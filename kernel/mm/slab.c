// SPDX-License-Identifier: MIT
/*
 * kmalloc: pages cut into blocks of one size, from 32 to 2048 bytes.  A free
 * block's first word links to the next; larger requests are whole pages.
 * Every block is aligned to its size, which second-level translation tables
 * rely on.
 */
#include <linux/bug.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/poison.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

struct kmem_cache {
	unsigned int		size;
	struct list_head	partial;	/* pages with a free block */
};

#define CACHE(n, sz)	[n] = { sz, LIST_HEAD_INIT(kmalloc_caches[n].partial) }

static struct kmem_cache kmalloc_caches[] = {
	CACHE(0, 32),
	CACHE(1, 64),
	CACHE(2, 128),
	CACHE(3, 256),
	CACHE(4, 512),
	CACHE(5, 1024),
	CACHE(6, 2048),
};

static DEFINE_SPINLOCK(slab_lock);	/* lists, and slab pages' fields */

static struct kmem_cache *kmalloc_slab(size_t size)
{
	struct kmem_cache *s = kmalloc_caches;

	while (s->size < size)
		s++;
	return s;
}

static struct page *new_slab(struct kmem_cache *s)
{
	struct page *page = alloc_page(GFP_KERNEL);
	char *base, *p;

	if (!page)
		return NULL;
	base = page_address(page);
	page->freelist = NULL;
	for (p = base + PAGE_SIZE - s->size; p >= base; p -= s->size) {
		*(void **)p = page->freelist;
		page->freelist = p;
	}
	page->flags |= PG_slab;
	page->slab_cache = s;
	page->inuse = 0;
	return page;
}

static void *kmalloc_large(size_t size, gfp_t gfp)
{
	unsigned int order = 0;

	/* beyond the largest order alloc_pages() says no */
	while ((PAGE_SIZE << order) < size && order < 16)
		order++;
	return (void *)__get_free_pages(gfp, order);
}

void *kmalloc(size_t size, gfp_t gfp)
{
	struct kmem_cache *s;
	struct page *page;
	unsigned long flags;
	void *object = NULL;

	if (size > KMALLOC_MAX_CACHE_SIZE)
		return kmalloc_large(size, gfp);

	s = kmalloc_slab(size);
	spin_lock_irqsave(&slab_lock, flags);
	if (list_empty(&s->partial)) {
		page = new_slab(s);
		if (page)
			list_add(&page->lru, &s->partial);
	}
	if (!list_empty(&s->partial)) {
		page = list_first_entry(&s->partial, struct page, lru);
		object = page->freelist;
		page->freelist = *(void **)object;
		page->inuse++;
		if (!page->freelist)
			list_del_init(&page->lru);
	}
	spin_unlock_irqrestore(&slab_lock, flags);
	if (object && (gfp & __GFP_ZERO))
		memset(object, 0, s->size);
	else if (object)
		poison(object, s->size);
	return object;
}

void kfree(const void *ptr)
{
	struct page *page;
	unsigned long flags;

	if (!ptr)
		return;
	page = virt_to_page((unsigned long)ptr & PAGE_MASK);
	if (!(page->flags & PG_slab)) {
		__free_pages(page, page->order);
		return;
	}
	poison((void *)ptr, page->slab_cache->size);
	spin_lock_irqsave(&slab_lock, flags);
	BUG_ON(!page->inuse);
	if (!page->freelist)
		list_add(&page->lru, &page->slab_cache->partial);
	*(void **)ptr = page->freelist;
	page->freelist = (void *)ptr;
	if (--page->inuse == 0) {
		list_del_init(&page->lru);
		page->flags &= ~PG_slab;
		__free_page(page);
	}
	spin_unlock_irqrestore(&slab_lock, flags);
}
