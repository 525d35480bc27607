// SPDX-License-Identifier: MIT
/*
 * The page allocator: a binary buddy system.  Free memory lies in blocks of
 * 2^order pages, each aligned to its size; two free buddies become one block
 * of the next order.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/poison.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <asm/traps.h>

static struct list_head free_area[MAX_ORDER];
static unsigned long nr_free;
static DEFINE_SPINLOCK(zone_lock);	/* these, and free pages' fields */

struct page *mem_map, *zero_page;
unsigned long totalram_pages;

static void add_to_free_list(struct page *page, unsigned int order)
{
	page->flags |= PG_buddy;
	page->order = order;
	list_add(&page->lru, &free_area[order]);
	nr_free += 1UL << order;
}

static void del_from_free_list(struct page *page, unsigned int order)
{
	page->flags &= ~PG_buddy;
	list_del(&page->lru);
	nr_free -= 1UL << order;
}

/* Take the smallest block that will do, and give its unused halves back. */
static struct page *__rmqueue(unsigned int order)
{
	unsigned int o = order;
	struct page *page;

	while (o < MAX_ORDER && list_empty(&free_area[o]))
		o++;
	if (o >= MAX_ORDER)
		return NULL;
	page = list_first_entry(&free_area[o], struct page, lru);
	del_from_free_list(page, o);
	while (o > order) {
		o--;
		add_to_free_list(page + (1UL << o), o);
	}
	return page;
}

struct page *alloc_pages(gfp_t gfp, unsigned int order)
{
	unsigned long flags;
	struct page *page;

	spin_lock_irqsave(&zone_lock, flags);
	page = __rmqueue(order);
	spin_unlock_irqrestore(&zone_lock, flags);
	if (!page)
		return NULL;
	page->order = order;
	atomic_set(&page->_refcount, 1);
	if (gfp & __GFP_ZERO)
		memset(page_address(page), 0, PAGE_SIZE << order);
	else
		poison(page_address(page), PAGE_SIZE << order);
	return page;
}

void __free_pages(struct page *page, unsigned int order)
{
	unsigned long index = page - mem_map, flags;
	unsigned long end = virt_to_page(high_memory) - mem_map;
	struct page *buddy;

	BUG_ON(page->flags & (PG_buddy | PG_slab));
	spin_lock_irqsave(&zone_lock, flags);
	for (; order < MAX_ORDER - 1; order++) {
		buddy = mem_map + (index ^ 1UL << order);
		if ((index ^ 1UL << order) >= end ||
		    !(buddy->flags & PG_buddy) || buddy->order != order)
			break;
		del_from_free_list(buddy, order);
		index &= ~(1UL << order);
	}
	add_to_free_list(mem_map + index, order);
	spin_unlock_irqrestore(&zone_lock, flags);
}

void put_page(struct page *page)
{
	if (atomic_dec_and_test(&page->_refcount))
		__free_pages(page, page->order);
}

unsigned long __get_free_pages(gfp_t gfp, unsigned int order)
{
	struct page *page = alloc_pages(gfp, order);

	return page ? (unsigned long)page_address(page) : 0;
}

void free_pages(unsigned long addr, unsigned int order)
{
	if (addr)
		__free_pages(virt_to_page(addr), order);
}

unsigned long nr_free_pages(void)
{
	return nr_free;
}

/* Memory from boot, in blocks as large as their alignment and size allow. */
static void __init free_range(unsigned long start, unsigned long end)
{
	struct page *page = virt_to_page(PAGE_ALIGN(start));
	unsigned long left = virt_to_page(end) - page;
	unsigned int order;

	totalram_pages += left;
	for (; left; left -= 1UL << order, page += 1UL << order) {
		order = MAX_ORDER - 1;
		while ((page - mem_map) & ((1UL << order) - 1) ||
		       1UL << order > left)
			order--;
		__free_pages(page, order);
	}
}

/*
 * Behind the kernel's image lies mem_map, and all that is behind it is free,
 * but for the initramfs.
 */
void __init mem_init(void)
{
	unsigned long end = (unsigned long)high_memory;
	size_t size = (end - PAGE_OFFSET) / PAGE_SIZE * sizeof(struct page);

	mem_map = (struct page *)PAGE_ALIGN((unsigned long)_end);
	if (!initrd_start)
		initrd_start = initrd_end = end;
	BUG_ON((unsigned long)mem_map + size > initrd_start);
	memset(mem_map, 0, size);
	for (int order = 0; order < MAX_ORDER; order++)
		INIT_LIST_HEAD(&free_area[order]);
	free_range((unsigned long)mem_map + size, initrd_start & PAGE_MASK);
	free_range(initrd_end, end);
	kmem_cache_init();
	zero_page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	pr_info("Memory: %luK/%luK available\n",
		nr_free << (PAGE_SHIFT - 10), (end - PAGE_OFFSET) >> 10);
}
