/* SPDX-License-Identifier: MIT */
#ifndef __LINUX_GFP_H
#define __LINUX_GFP_H

#include <linux/types.h>
#include <asm/page.h>

/* A block of order n is 2^n pages, aligned to its size; n < MAX_ORDER. */
#define MAX_ORDER	11

#define __GFP_ZERO	0x1u
#define GFP_KERNEL	0x10u
#define GFP_ATOMIC	0x20u

extern struct page *alloc_pages(gfp_t gfp, unsigned int order);
extern void __free_pages(struct page *page, unsigned int order);
extern unsigned long __get_free_pages(gfp_t gfp, unsigned int order);
extern void free_pages(unsigned long addr, unsigned int order);
extern unsigned long nr_free_pages(void);

#define alloc_page(gfp)		alloc_pages(gfp, 0)
#define __free_page(page)	__free_pages(page, 0)
#define __get_free_page(gfp)	__get_free_pages(gfp, 0)
#define get_zeroed_page(gfp)	__get_free_pages((gfp) | __GFP_ZERO, 0)
#define free_page(addr)		free_pages(addr, 0)

#endif
