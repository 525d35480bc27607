/*
 * A guest for the session's tests: vectors, a timer tick that switches between
 * two user threads, system calls, aborts, console input.  MMU off, so that
 * addresses are physical.
 */
	.syntax unified
	.arch armv7-a
	.arch_extension sec

	.section .text.boot, "ax"
	.global _start
_start:
	b	start

	.balign	32
vectors:
	b	.
	b	v_und
	b	v_svc
	b	v_pabt
	b	v_dabt
	b	.
	b	v_irq
	b	.

start:
	adr	r0, vectors
	mcr	p15, 0, r0, c12, c0, 0
	cps	#0x12
	ldr	sp, =0x80050000
	cps	#0x17
	ldr	sp, =0x80051000
	cps	#0x1b
	ldr	sp, =0x80052000
	cps	#0x13
	ldr	sp, =0x80055ff8
	bl	boot_main

	/* on to the first thread */
	ldr	r4, =current
	ldr	r5, =contexts
	str	r5, [r4]
	b	resume

	.global v_svc
v_svc:
	push	{r4, r5, r12, lr}
	mrs	r5, spsr
	mov	r4, r7
	bl	mini_syscall
	msr	spsr_cxsf, r5
	ldm	sp!, {r4, r5, r12, pc}^

v_dabt:
	/* leave the faulting instruction out */
	sub	lr, lr, #4
	push	{r0-r3, r12, lr}
	bl	mini_abort
	ldm	sp!, {r0-r3, r12, pc}^

v_und:
	push	{r0-r3, r12, lr}
	bl	mini_abort
	ldm	sp!, {r0-r3, r12, pc}^

v_pabt:
	b	.

v_irq:
	sub	lr, lr, #4
	push	{r0-r12, lr}
	bl	mini_irq
	mrs	r0, spsr
	and	r1, r0, #0x1f
	cmp	r1, #0x10
	beq	switch_threads
	ldm	sp!, {r0-r12, pc}^

	/* context: r0-r12, sp, lr, pc, psr */
switch_threads:
	ldr	r4, =current
	ldr	r5, [r4]
	mov	r6, r5
	pop	{r7-r12}
	stmia	r6!, {r7-r12}
	pop	{r7-r12}
	stmia	r6!, {r7-r12}
	pop	{r7, r8}
	str	r7, [r6], #4
	stm	r6, {sp, lr}^
	nop
	str	r8, [r6, #8]
	str	r0, [r6, #12]
	ldr	r7, =contexts
	cmp	r5, r7
	addeq	r5, r7, #68
	movne	r5, r7
	str	r5, [r4]
resume:
	ldr	r0, [r5, #64]
	msr	spsr_cxsf, r0
	add	lr, r5, #52
	ldm	lr, {sp, lr}^
	nop
	ldr	lr, [r5, #60]
	ldm	r5, {r0-r12}
	movs	pc, lr

	.global	mini_idle
mini_idle:
	wfi
	bx	lr

	.global	call
call:
	push	{r7, lr}
	mov	r7, r0
	mov	r0, r1
	svc	#0
	pop	{r7, pc}

	.global	undefined
undefined:
	udf	#0
	bx	lr

	.section .data
	.balign	8
	.global current, contexts
current:
	.word	0
contexts:
	.rept	13
	.word	0
	.endr
	.word	0x80057000, 0, thread_a, 0x10
	.rept	13
	.word	0
	.endr
	.word	0x80058000, 0, thread_b, 0x10
