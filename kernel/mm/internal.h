/* SPDX-License-Identifier: MIT */
/* mm/mmap.c, for the files beside it that change ranges; mmap_lock is held. */
#ifndef __MM_INTERNAL_H
#define __MM_INTERNAL_H

#include <linux/mm.h>

/* The pages of [addr, addr + len) in bytes, or 0 if it leaves user space. */
unsigned long range_len(unsigned long addr, unsigned long len);
/* Is every page of the range in some vma? */
int range_is_mapped(struct mm_struct *mm, unsigned long start,
		    unsigned long end);
/* Make @start and @end borders of vmas, so that ranges can be treated whole. */
int split_range(struct mm_struct *mm, unsigned long start, unsigned long end);
struct vm_area_struct *find_vma_intersection(struct mm_struct *mm,
					     unsigned long start,
					     unsigned long end);

#endif
