// SPDX-License-Identifier: MIT
/* Memory at boot: one bank of DDR, and what of it is already taken. */
#include <linux/bug.h>
#include <linux/gfp.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/mm.h>

#define INIT_MEMBLOCK_REGIONS	32

struct memblock_region {
	phys_addr_t base;
	phys_addr_t size;
};

static phys_addr_t memory_base = PHYS_OFFSET, memory_end __initdata;
static struct memblock_region reserved[INIT_MEMBLOCK_REGIONS];
static int nr_reserved;

/* A second bank must follow the first; a gap would need more than an array. */
void __init memblock_add(phys_addr_t base, phys_addr_t size)
{
	if (base == memory_base || base == memory_end)
		memory_end = base + size;
}

void __init memblock_reserve(phys_addr_t base, phys_addr_t size)
{
	phys_addr_t end = (base + size + PAGE_SIZE - 1) & PAGE_MASK;

	BUG_ON(nr_reserved == INIT_MEMBLOCK_REGIONS);
	base &= PAGE_MASK;
	reserved[nr_reserved].base = base;
	reserved[nr_reserved].size = end - base;
	nr_reserved++;
}

phys_addr_t __init memblock_start_of_DRAM(void)
{
	return memory_base;
}

phys_addr_t __init memblock_end_of_DRAM(void)
{
	return memory_end;
}

/* The end of a reserved region that [base, base + size) runs into, or 0. */
static phys_addr_t __init memblock_overlap(phys_addr_t base, phys_addr_t size)
{
	int i;

	for (i = 0; i < nr_reserved; i++)
		if (base < reserved[i].base + reserved[i].size &&
		    reserved[i].base < base + size)
			return reserved[i].base + reserved[i].size;
	return 0;
}

/* First fit above the kernel image; whole pages, so never two in one. */
void *__init memblock_alloc(phys_addr_t size, phys_addr_t align)
{
	phys_addr_t base = __pa(swapper_pg_dir), next;

	size = PAGE_ALIGN(size);
	for (;;) {
		base = (base + align - 1) & ~(align - 1);
		BUG_ON(base + size > memory_end);
		next = memblock_overlap(base, size);
		if (!next)
			break;
		base = next;
	}
	memblock_reserve(base, size);
	return __va(base);
}

/* The largest block of free memory that begins at @pa and may be one block. */
static unsigned int __init free_order(phys_addr_t pa)
{
	unsigned long pfn = __phys_to_pfn(pa) - PHYS_PFN_OFFSET;
	unsigned int order = MAX_ORDER - 1;

	while (order && ((pfn & ((1UL << order) - 1)) ||
			 memory_end - pa < PAGE_SIZE << order ||
			 memblock_overlap(pa, PAGE_SIZE << order)))
		order--;
	return order;
}

void __init memblock_free_all(void)
{
	phys_addr_t pa;
	struct page *page;
	unsigned int order, i;

	for (pa = memory_base; pa < memory_end; pa += PAGE_SIZE << order) {
		order = 0;
		if (memblock_overlap(pa, PAGE_SIZE))
			continue;
		order = free_order(pa);
		page = pfn_to_page(__phys_to_pfn(pa));
		for (i = 0; i < 1U << order; i++)
			page[i].flags &= ~PG_reserved;
		__free_pages(page, order);
		totalram_pages += 1UL << order;
	}
}
