/* SPDX-License-Identifier: MIT */
/* Macros that every assembly file of arch/arm shares. */
#ifndef __ASM_ASSEMBLER_H__
#define __ASM_ASSEMBLER_H__

#ifndef __ASSEMBLY__
#error "Only include this from assembly code"
#endif

#include <linux/linkage.h>
#include <asm/ptrace.h>
#include <asm/page.h>
#include <asm/thread_info.h>
#include <generated/asm-offsets.h>

	.macro	disable_irq
	cpsid	i
	.endm

	.macro	enable_irq
	cpsie	i
	.endm

/* \rd = the running thread's thread_info */
	.macro	get_thread_info, rd
	mov	\rd, sp, lsr #THREAD_SIZE_ORDER + PAGE_SHIFT
	mov	\rd, \rd, lsl #THREAD_SIZE_ORDER + PAGE_SHIFT
	.endm

/*
 * A user access.  The instruction stands beside its own __ex_table entry:
 * if it faults and the fault can't be served, execution goes on at \abort.
 */
#define USER(abort, x...)			\
9999:	x;					\
	.pushsection __ex_table, "a";		\
	.align	3;				\
	.long	9999b, abort;			\
	.popsection

#endif
