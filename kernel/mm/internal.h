/* SPDX-License-Identifier: MIT */
/* What the files of mm/ use of each other; mmap_lock is held. */
#ifndef __MM_INTERNAL_H
#define __MM_INTERNAL_H

#include <linux/mm.h>

/* The pages of [addr, addr + len) in bytes, or 0 if it leaves user space. */
unsigned long range_len(unsigned long addr, unsigned long len);
/* Is the whole range mapped, and may it have these rights? */
int check_range(struct mm_struct *mm, unsigned long start, unsigned long end,
		unsigned long prot);
/* Make @start and @end borders of vmas, so that ranges can be treated whole. */
int split_range(struct mm_struct *mm, unsigned long start, unsigned long end);

#endif
