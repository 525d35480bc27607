/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_MEMBLOCK_H
#define _LINUX_MEMBLOCK_H

#include <linux/types.h>

/* Physical memory before the page allocator runs; [base, base + size). */
extern void memblock_add(phys_addr_t base, phys_addr_t size);
extern void memblock_reserve(phys_addr_t base, phys_addr_t size);
extern void *memblock_alloc(phys_addr_t size, phys_addr_t align);
extern phys_addr_t memblock_start_of_DRAM(void);
extern phys_addr_t memblock_end_of_DRAM(void);
/* Hands all that is not reserved to the page allocator. */
extern void memblock_free_all(void);

#endif
