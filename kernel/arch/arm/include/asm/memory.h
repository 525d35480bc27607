/* SPDX-License-Identifier: MIT */
/*
 * The address map, as every process sees it (3G/1G split):
 *
 *	ffff1000  exception stubs		kernel only
 *	ffff0000  vectors, signal returns	user may read and execute
 *	fa000000  L4_PER  (48000000, 4 MiB)	device
 *	f9c00000  L4_WKUP (44c00000, 4 MiB)	device
 *	c0000000  all of DDR (80000000)		kernel, same in every table
 *	bf000000  guard, 16 MiB, never mapped
 *	00000000  the process
 */
#ifndef __ASM_ARM_MEMORY_H
#define __ASM_ARM_MEMORY_H

#ifdef __ASSEMBLY__
#define UL(x)			x
#else
#define UL(x)			x##UL
#endif

#define PAGE_OFFSET		UL(0xc0000000)
#define PHYS_OFFSET		UL(0x80000000)
#define TEXT_OFFSET		UL(0x00008000)
#define KERNEL_RAM_VADDR	(PAGE_OFFSET + TEXT_OFFSET)

#define TASK_SIZE		(PAGE_OFFSET - UL(0x01000000))
/* The lowest address mmap() may give out: the NULL page stays a trap. */
#define FIRST_USER_ADDRESS	(PAGE_SIZE * 2)
#define STACK_TOP		TASK_SIZE

#define CONFIG_VECTORS_BASE	UL(0xffff0000)

#ifndef __ASSEMBLY__

#include <linux/types.h>

#define __virt_to_phys(x)	((phys_addr_t)(x) - PAGE_OFFSET + PHYS_OFFSET)
#define __phys_to_virt(x)	((unsigned long)(x) - PHYS_OFFSET + PAGE_OFFSET)

#define __pa(x)			__virt_to_phys((unsigned long)(x))
#define __va(x)			((void *)__phys_to_virt((phys_addr_t)(x)))

#define PHYS_PFN_OFFSET		(PHYS_OFFSET >> PAGE_SHIFT)
#define __phys_to_pfn(pa)	((unsigned long)((pa) >> PAGE_SHIFT))
#define __pfn_to_phys(pfn)	((phys_addr_t)(pfn) << PAGE_SHIFT)

/* Set by setup_arch() from ATAG_MEM: one virtual byte past the last of DDR. */
extern void *high_memory;

#endif /* !__ASSEMBLY__ */
#endif
