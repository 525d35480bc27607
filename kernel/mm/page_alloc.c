// SPDX-License-Identifier: MIT
/*
 * The page allocator: a binary buddy system.  Free memory lies in blocks of
 * 2^order pages, each aligned to its size; two free buddies become one block
 * of the next order.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/poison.h>
#include <linux/spinlock.h>
#include <linux/string.h>

struct free_area {
	struct list_head	free_list;
	unsigned long		nr_free;
};

static struct free_area free_area[MAX_ORDER];
static DEFINE_SPINLOCK(zone_lock);	/* free_area, and free pages' fields */

unsigned long totalram_pages;

static void add_to_free_list(struct page *page, unsigned int order)
{
	page->flags |= PG_buddy;
	page->order = order;
	list_add(&page->lru, &free_area[order].free_list);
	free_area[order].nr_free++;
}

static void del_from_free_list(struct page *page, unsigned int order)
{
	page->flags &= ~PG_buddy;
	list_del(&page->lru);
	free_area[order].nr_free--;
}

/* Take the smallest block that will do, and give its unused halves back. */
static struct page *__rmqueue(unsigned int order)
{
	unsigned int o;
	struct page *page;

	for (o = order; o < MAX_ORDER; o++)
		if (!list_empty(&free_area[o].free_list))
			break;
	if (o == MAX_ORDER)
		return NULL;
	page = list_first_entry(&free_area[o].free_list, struct page, lru);
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

	if (order >= MAX_ORDER)
		return NULL;
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
	unsigned long pfn = page_to_pfn(page) - PHYS_PFN_OFFSET, buddy_pfn;
	unsigned long end = __phys_to_pfn(__pa(high_memory)) - PHYS_PFN_OFFSET;
	unsigned long flags;
	struct page *buddy;

	BUG_ON(page->flags & (PG_buddy | PG_reserved | PG_slab));
	atomic_set(&page->_refcount, 0);
	spin_lock_irqsave(&zone_lock, flags);
	for (; order < MAX_ORDER - 1; order++) {
		buddy_pfn = pfn ^ (1UL << order);
		if (buddy_pfn + (1UL << order) > end)
			break;
		buddy = mem_map + buddy_pfn;
		if (!(buddy->flags & PG_buddy) || buddy->order != order)
			break;
		del_from_free_list(buddy, order);
		pfn &= ~(1UL << order);
	}
	add_to_free_list(mem_map + pfn, order);
	spin_unlock_irqrestore(&zone_lock, flags);
}

void put_page(struct page *page)
{
	if (page->flags & (PG_zero | PG_reserved))
		atomic_dec(&page->_refcount);
	else if (atomic_dec_and_test(&page->_refcount))
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
	unsigned long n = 0;
	unsigned int o;

	for (o = 0; o < MAX_ORDER; o++)
		n += free_area[o].nr_free << o;
	return n;
}

void __init mem_init(void)
{
	unsigned long total;
	unsigned int o;

	for (o = 0; o < MAX_ORDER; o++)
		INIT_LIST_HEAD(&free_area[o].free_list);
	memblock_free_all();
	total = memblock_end_of_DRAM() - memblock_start_of_DRAM();
	pr_info("Memory: %luK/%luK available\n",
		nr_free_pages() << (PAGE_SHIFT - 10), total >> 10);
}
