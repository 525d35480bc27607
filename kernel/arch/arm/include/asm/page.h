/* SPDX-License-Identifier: MIT */
#ifndef _ASMARM_PAGE_H
#define _ASMARM_PAGE_H

#include <asm/memory.h>

#define PAGE_SHIFT		12
#define PAGE_SIZE		(UL(1) << PAGE_SHIFT)
#define PAGE_MASK		(~(PAGE_SIZE - 1))

#define SECTION_SHIFT		20
#define SECTION_SIZE		(UL(1) << SECTION_SHIFT)

#ifndef __ASSEMBLY__

struct page;
extern struct page *mem_map;

#define pfn_to_page(pfn)	(mem_map + ((pfn) - PHYS_PFN_OFFSET))
#define page_to_pfn(page)	((unsigned long)((page) - mem_map) + \
				 PHYS_PFN_OFFSET)
#define virt_to_page(kaddr)	pfn_to_page(__phys_to_pfn(__pa(kaddr)))
#define page_to_phys(page)	__pfn_to_phys(page_to_pfn(page))
#define page_address(page)	__va(page_to_phys(page))

extern void copy_page(void *to, const void *from);
#define clear_page(page)	memset((page), 0, PAGE_SIZE)

#endif /* !__ASSEMBLY__ */
#endif
