/* SPDX-License-Identifier: MIT */
#include <asm/assembler.h>
#include <uapi/linux/errno.h>

#define CACHE_LINE	64		/* Cortex-A8, both levels */

	.text
/*
 * int v7_coherent_user_range(unsigned long start, unsigned long end)
 * Data written there is cleaned to where instruction fetch sees it, and old
 * instructions are dropped (ARM DDI 0406C, B2.2.9).
 * Out:	r0 = 0, or -EFAULT at the first address that is not mapped.
 * Uses r2, flags.
 */
ENTRY(v7_coherent_user_range)
	bic	r2, r0, #CACHE_LINE - 1
1:	cmp	r2, r1
	bhs	2f
	USER(9f, mcr p15, 0, r2, c7, c11, 1)	@ DCCMVAU
	add	r2, r2, #CACHE_LINE
	b	1b
2:	dsb
	mov	r0, #0
	mcr	p15, 0, r0, c7, c5, 0		@ ICIALLU
	mcr	p15, 0, r0, c7, c5, 6		@ BPIALL
	dsb
	isb
	mov	pc, lr
9:	mvn	r0, #EFAULT - 1			@ -EFAULT
	mov	pc, lr
ENDPROC(v7_coherent_user_range)
