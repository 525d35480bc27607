// SPDX-License-Identifier: MIT
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/string.h>

unsigned long initrd_start, initrd_end;
struct page *mem_map;
struct page *zero_page;

/* One struct page for each frame; all start out reserved. */
void __init bootmem_init(void)
{
	unsigned long nr = (memblock_end_of_DRAM() - PHYS_OFFSET) >> PAGE_SHIFT;
	unsigned long i;
	void *zero;

	mem_map = memblock_alloc(nr * sizeof(struct page), PAGE_SIZE);
	memset(mem_map, 0, nr * sizeof(struct page));
	for (i = 0; i < nr; i++) {
		mem_map[i].flags = PG_reserved;
		atomic_set(&mem_map[i]._refcount, 1);
		INIT_LIST_HEAD(&mem_map[i].lru);
	}

	/* What every page of anonymous memory is until it is written to */
	zero = memblock_alloc(PAGE_SIZE, PAGE_SIZE);
	clear_page(zero);
	zero_page = virt_to_page(zero);
	zero_page->flags |= PG_zero;
}
