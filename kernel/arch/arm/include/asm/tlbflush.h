/* SPDX-License-Identifier: MIT */
/*
 * TLB maintenance.  The pattern is always: table written (set_pte's dsb),
 * entry invalidated, branch predictor invalidated, dsb; isb
 * (ARM DDI 0406C, B3.10.1).
 */
#ifndef _ASMARM_TLBFLUSH_H
#define _ASMARM_TLBFLUSH_H

#include <linux/mm_types.h>
#include <asm/barrier.h>
#include <asm/mmu.h>

static inline void __tlb_sync(void)
{
	/* BPIALL */
	asm volatile("mcr p15, 0, %0, c7, c5, 6" : : "r" (0) : "memory");
	dsb();
	isb();
}

static inline void local_flush_tlb_all(void)
{
	dsb();
	/* TLBIALL */
	asm volatile("mcr p15, 0, %0, c8, c7, 0" : : "r" (0) : "memory");
	__tlb_sync();
}

static inline void flush_tlb_mm(struct mm_struct *mm)
{
	dsb();
	/* TLBIASID */
	asm volatile("mcr p15, 0, %0, c8, c7, 2" : : "r" (ASID(mm)) : "memory");
	__tlb_sync();
}

static inline void __flush_tlb_one(struct mm_struct *mm, unsigned long addr)
{
	/* TLBIMVA: address and ASID in one word */
	asm volatile("mcr p15, 0, %0, c8, c7, 1"
		     : : "r" ((addr & PAGE_MASK) | ASID(mm)) : "memory");
}

static inline void flush_tlb_page(struct mm_struct *mm, unsigned long addr)
{
	dsb();
	__flush_tlb_one(mm, addr);
	__tlb_sync();
}

#endif
