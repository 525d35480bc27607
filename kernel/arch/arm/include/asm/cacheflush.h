/* SPDX-License-Identifier: MIT */
#ifndef _ASMARM_CACHEFLUSH_H
#define _ASMARM_CACHEFLUSH_H

/*
 * Make what was written through the data side visible to instruction fetch.
 * Returns 0, or -EFAULT if a user page is not there (arch/arm/mm/cache-v7.S).
 */
extern int v7_coherent_user_range(unsigned long start, unsigned long end);

#define flush_icache_range(start, end)	\
	((void)v7_coherent_user_range((unsigned long)(start), \
				      (unsigned long)(end)))

#endif
