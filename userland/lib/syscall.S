/* SPDX-License-Identifier: MIT */
/*
 * System calls in the EABI convention: number in r7, arguments in r0 to r5
 * (r6 for syscall(2)'s seventh), `svc 0`, result in r0.
 */
#include "asm.h"

	.syntax unified
	.arm
	.cfi_sections .debug_frame

/*
 * long syscall(long number, ...)
 *
 * In:       r0 number, r1 to r3 and the stack: up to six arguments
 * Out:      r0 result, or -1 with errno set
 * Clobbers: r1 to r3, ip
 */
ENTRY(syscall)
	mov	ip, sp			@ ip -> the arguments on the stack
	push	{r4, r5, r6, r7, fp, lr}
	.cfi_def_cfa_offset 24
	.cfi_offset lr, -4
	.cfi_offset fp, -8
	.cfi_offset r7, -12
	.cfi_offset r6, -16
	.cfi_offset r5, -20
	.cfi_offset r4, -24
	add	fp, sp, #16		@ a frame, so that stacks can be read
	mov	r7, r0			@ the number
	mov	r0, r1			@ arguments move down by one
	mov	r1, r2
	mov	r2, r3
	ldm	ip, {r3, r4, r5}
	svc	#0
	pop	{r4, r5, r6, r7, fp, lr}
	.cfi_def_cfa_offset 0
	.cfi_restore r4
	.cfi_restore r5
	.cfi_restore r6
	.cfi_restore r7
	.cfi_restore fp
	.cfi_restore lr
	cmn	r0, #4096		@ C = 1: r0 is one of -4096 ... -1
	bxcc	lr
	b	__syscall_error
END(syscall)

/*
 * int __clone(int (*start)(void *), void *stack, int flags, void *argument,
 *	       int *parent_tid, void *tls, int *child_tid)
 *
 * In:       r0 to r3, and three on the stack
 * Out:      the parent: r0 = thread id, or a negative error number.
 *           the child: calls start(argument) on its own stack, then exits
 * Clobbers: r1 to r3, ip
 */
ENTRY(__clone)
	mov	ip, sp
	push	{r4, r5, r7, lr}
	.cfi_def_cfa_offset 16
	.cfi_offset lr, -4
	.cfi_offset r7, -8
	.cfi_offset r5, -12
	.cfi_offset r4, -16
	stmdb	r1!, {r0, r3}		@ start and argument, for the child
	mov	r0, r2			@ flags; r1 is the child's stack
	ldm	ip, {r2, r3, r4}	@ parent_tid, tls, child_tid
	mov	r7, #120		@ clone
	svc	#0
	cmp	r0, #0
	popne	{r4, r5, r7, lr}
	bxne	lr
	mov	fp, #0			@ the child: its stack holds two words
	pop	{r1, r2}
	mov	r0, r2
	mov	lr, pc
	bx	r1
	mov	r7, #1			@ exit: this thread, not the process
	svc	#0
	udf	#0			@ not reached
END(__clone)

	.section .note.GNU-stack, "", %progbits
