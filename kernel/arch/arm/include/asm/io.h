/* SPDX-License-Identifier: MIT */
#ifndef __ASM_ARM_IO_H
#define __ASM_ARM_IO_H

#include <linux/types.h>
#include <linux/compiler.h>
#include <asm/barrier.h>

/*
 * The interconnects of the AM335x that are mapped once, by sections, in every
 * table; ioremap() finds its answer in this map.
 */
#define L4_WK_AM33XX_PHYS	0x44c00000UL
#define L4_WK_AM33XX_VIRT	0xf9c00000UL
#define L4_WK_AM33XX_SIZE	0x00400000UL
#define L4_PER_AM33XX_PHYS	0x48000000UL
#define L4_PER_AM33XX_VIRT	0xfa000000UL
#define L4_PER_AM33XX_SIZE	0x00400000UL

extern void __iomem *ioremap(phys_addr_t phys_addr, size_t size);

/* One access each, and of the plain offset form: devices count accesses. */
static inline u32 __raw_readl(const volatile void __iomem *addr)
{
	u32 val;

	asm volatile("ldr %0, [%1]" : "=r" (val) : "r" (addr) : "memory");
	return val;
}

static inline void __raw_writel(u32 val, volatile void __iomem *addr)
{
	asm volatile("str %0, [%1]" : : "r" (val), "r" (addr) : "memory");
}

static inline u32 readl(const volatile void __iomem *c)
{
	u32 v = __raw_readl(c);

	rmb();
	return v;
}

static inline void writel(u32 v, volatile void __iomem *c)
{
	wmb();
	__raw_writel(v, c);
}

#endif
