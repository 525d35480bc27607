/* SPDX-License-Identifier: MIT */
#ifndef __ASM_ARM_MMU_CONTEXT_H
#define __ASM_ARM_MMU_CONTEXT_H

#include <linux/mm_types.h>

extern void check_and_switch_context(struct mm_struct *mm);

#define init_new_context(mm)	((mm)->context.id = 0)

/* Kernel threads have no mm: they run on whatever table is loaded. */
static inline void switch_mm(struct mm_struct *prev, struct mm_struct *next)
{
	if (prev != next)
		check_and_switch_context(next);
}

#define activate_mm(prev, next)	switch_mm(prev, next)

#endif
