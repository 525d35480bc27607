// SPDX-License-Identifier: MIT
/*
 * kmalloc: pages cut into blocks of one size, from 32 to 2048 bytes.  A free
 * block's first word links to the next; larger requests are whole pages.
 * Every block is aligned to its size, which second-level translation tables
 * rely on.
 */
#include <linux/bug.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/poison.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

/* The blocks of class n: 32, 64 ... 2048 bytes. */
#define NR_CLASSES	7
#define BLOCK_SIZE(n)	(32UL << (n))

static struct list_head partial[NR_CLASSES];	/* pages with a free block */
static DEFINE_SPINLOCK(slab_lock);	/* lists, and slab pages' fields */

void __init kmem_cache_init(void)
{
	for (int n = 0; n < NR_CLASSES; n++)
		INIT_LIST_HEAD(&partial[n]);
}

static struct page *new_slab(unsigned int n)
{
	struct page *page = alloc_page(GFP_KERNEL);
	char *base, *p;

	if (!page)
		return NULL;
	base = page_address(page);
	page->freelist = NULL;
	for (p = base; p < base + PAGE_SIZE; p += BLOCK_SIZE(n)) {
		*(void **)p = page->freelist;
		page->freelist = p;
	}
	page->flags |= PG_slab;
	page->order = n;
	page->inuse = 0;
	list_add(&page->lru, &partial[n]);
	return page;
}

void *kmalloc(size_t size, gfp_t gfp)
{
	struct page *page;
	unsigned long flags;
	void *object = NULL;
	unsigned int n = 0;

	if (size > KMALLOC_MAX_CACHE_SIZE) {
		/* beyond the largest order there is none */
		while (n < MAX_ORDER && PAGE_SIZE << n < size)
			n++;
		return (void *)__get_free_pages(gfp, n);
	}
	while (BLOCK_SIZE(n) < size)
		n++;
	spin_lock_irqsave(&slab_lock, flags);
	if (list_empty(&partial[n]))
		page = new_slab(n);
	else
		page = list_first_entry(&partial[n], struct page, lru);
	if (page) {
		object = page->freelist;
		page->freelist = *(void **)object;
		page->inuse++;
		if (!page->freelist)
			list_del(&page->lru);
	}
	spin_unlock_irqrestore(&slab_lock, flags);
	if (object && (gfp & __GFP_ZERO))
		memset(object, 0, BLOCK_SIZE(n));
	else if (object)
		poison(object, BLOCK_SIZE(n));
	return object;
}

void kfree(const void *ptr)
{
	struct page *page;
	unsigned long flags;

	if (!ptr)
		return;
	page = virt_to_page(ptr);
	if (!(page->flags & PG_slab)) {
		__free_pages(page, page->order);
		return;
	}
	poison((void *)ptr, BLOCK_SIZE(page->order));
	spin_lock_irqsave(&slab_lock, flags);
	BUG_ON(!page->inuse);
	if (!page->freelist)
		list_add(&page->lru, &partial[page->order]);
	*(void **)ptr = page->freelist;
	page->freelist = (void *)ptr;
	if (--page->inuse == 0) {
		list_del(&page->lru);
		page->flags &= ~PG_slab;
		__free_page(page);
	}
	spin_unlock_irqrestore(&slab_lock, flags);
}
