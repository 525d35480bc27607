/* SPDX-License-Identifier: MIT */
/*
 * Exceptions: the vectors, the stubs, and what each mode does with them.
 *
 * The CPU jumps to one of eight words in the vectors page with the exception
 * mode's own sp and lr.  That mode's stack is three words, enough for the stub
 * to leave r0, the return address and the old PSR; the stub then goes to SVC
 * mode, to a handler chosen by the mode the exception came from.  Everything
 * after that runs in SVC mode on the thread's kernel stack.
 */
#include "entry-header.S"

/*
 * Frame for an exception from user mode.
 * In:	r0 -> the stub's three words, sp = top of the kernel stack, IRQs masked
 * Out:	sp -> pt_regs, complete
 * Uses r0-r6, all saved by then.
 */
	.macro	usr_entry
	sub	sp, sp, #PT_REGS_SIZE
	stmib	sp, {r1 - r12}
	ldmia	r0, {r3 - r5}			@ r0, pc, psr of the user
	mvn	r6, #0				@ ORIG_r0: no system call
	str	r3, [sp, #S_R0]
	add	r0, sp, #S_PC
	stmia	r0, {r4 - r6}
	stmdb	r0, {sp, lr}^			@ sp_usr, lr_usr
	uaccess_disable r1
	zero_fp
	.endm

/*
 * Frame for an exception from SVC mode.  Kernel code may have been stopped
 * with sp on 4 bytes; the ABI wants 8, so the frame may lie a word lower.
 * In:	r0 -> the stub's three words, IRQs masked
 * Out:	sp -> svc_pt_regs, complete, DOMAIN_USER closed
 */
	.macro	svc_entry
	sub	sp, sp, #SVC_REGS_SIZE
	tst	sp, #4
	subne	sp, sp, #4
	stmib	sp, {r1 - r12}
	ldmia	r0, {r3 - r5}			@ r0, pc, psr
	str	r3, [sp, #S_R0]
	add	r1, sp, #SVC_REGS_SIZE		@ sp before the exception,
	addne	r1, r1, #4			@ flags are still TST's
	mov	r2, lr
	mvn	r6, #0
	add	r0, sp, #S_SP
	stmia	r0, {r1, r2, r4 - r6}		@ sp, lr, pc, psr, ORIG_r0
	uaccess_entry r1
	.endm

	.section .entry.text, "ax"

/* IRQ */

	.align	5
__irq_usr:
	usr_entry
	mov	r0, sp
	bl	asm_do_IRQ
	b	ret_to_user_from_irq
ENDPROC(__irq_usr)

	.align	5
__irq_svc:
	svc_entry
	mov	r0, sp
	bl	asm_do_IRQ
#ifdef CONFIG_PREEMPT
	get_thread_info tsk
	ldr	r0, [tsk, #TI_PREEMPT]
	ldr	r1, [tsk, #TI_FLAGS]
	teq	r0, #0				@ may we be preempted,
	movne	r1, #0
	tst	r1, #_TIF_NEED_RESCHED		@ and should we?
	blne	preempt_schedule_irq
#endif
	ldr	r5, [sp, #S_PSR]
	svc_exit r5
ENDPROC(__irq_svc)

/* Data abort.  FSR and FAR are read before anything else can fault. */

	.align	5
__dabt_usr:
	usr_entry
	mrc	p15, 0, r1, c5, c0, 0		@ DFSR
	mrc	p15, 0, r0, c6, c0, 0		@ DFAR
	mov	r2, sp
	bl	do_DataAbort
	b	ret_from_exception
ENDPROC(__dabt_usr)

	.align	5
__dabt_svc:
	svc_entry
	mrc	p15, 0, r1, c5, c0, 0
	mrc	p15, 0, r0, c6, c0, 0
	mov	r2, sp
	bl	do_DataAbort
	b	__exc_svc_exit
ENDPROC(__dabt_svc)

/* Prefetch abort */

	.align	5
__pabt_usr:
	usr_entry
	mrc	p15, 0, r1, c5, c0, 1		@ IFSR
	mrc	p15, 0, r0, c6, c0, 2		@ IFAR
	mov	r2, sp
	bl	do_PrefetchAbort
	b	ret_from_exception
ENDPROC(__pabt_usr)

	.align	5
__pabt_svc:
	svc_entry
	mrc	p15, 0, r1, c5, c0, 1
	mrc	p15, 0, r0, c6, c0, 2
	mov	r2, sp
	bl	do_PrefetchAbort
	b	__exc_svc_exit
ENDPROC(__pabt_svc)

/* Undefined instruction: VFP's first use comes this way too. */

	.align	5
__und_usr:
	usr_entry
	mov	r0, sp
	bl	do_undefinstr
	b	ret_from_exception
ENDPROC(__und_usr)

	.align	5
__und_svc:
	svc_entry
	mov	r0, sp
	bl	do_undefinstr
	b	__exc_svc_exit
ENDPROC(__und_svc)

/* An exception came from a mode the kernel never runs in: there is no way on. */

	.align	5
__und_invalid:
	ldr	sp, =init_thread_union + THREAD_START_SP
	svc_entry
	mov	r0, sp
	bl	bad_mode
1:	b	1b
ENDPROC(__und_invalid)

__exc_svc_exit:
	disable_irq
	ldr	r5, [sp, #S_PSR]
	svc_exit r5
ENDPROC(__exc_svc_exit)

/*
 * Common way back from every exception that user mode took but SVC.
 */
ENTRY(ret_from_exception)
	get_thread_info tsk
	mov	why, #0
	b	ret_to_user
ENDPROC(ret_from_exception)

ENTRY(ret_to_user_from_irq)
	get_thread_info tsk
	mov	why, #0
	b	ret_to_user
ENDPROC(ret_to_user_from_irq)
	.ltorg

/*
 * struct task_struct *__switch_to(prev, prev_ti, next_ti)
 * Keeps what the procedure call standard lets a callee's caller rely on, and
 * the user's thread pointers.  IRQs are masked.
 */
ENTRY(__switch_to)
	add	ip, r1, #TI_CPU_SAVE
	stmia	ip, {r4 - r11, sp, lr}
	mrc	p15, 0, r4, c13, c0, 3		@ TPIDRURO
	mrc	p15, 0, r5, c13, c0, 2		@ TPIDRURW: the user's own
	add	ip, r1, #TI_TP_VALUE
	stmia	ip, {r4, r5}
	add	ip, r2, #TI_TP_VALUE
	ldmia	ip, {r4, r5}
	mcr	p15, 0, r4, c13, c0, 3
	mcr	p15, 0, r5, c13, c0, 2
	clrex
	add	ip, r2, #TI_CPU_SAVE
	ldmia	ip, {r4 - r11, sp, pc}		@ r0 = prev, returned
ENDPROC(__switch_to)

/*
 * The stubs page, linked to run at 0xffff1000.  Its first word is the address
 * of vector_swi: the SVC vector is out of branch range of the kernel and so
 * loads its pc from here.
 */
	.section .stubs, "ax", %progbits
	.globl	__stubs_start
__stubs_start:
	.word	vector_swi

/*
 * One stub for each exception mode.  Falls through into a table of 16 words,
 * the handler for each value of the old mode's low four bits.
 * \correction brings lr to the address to return to (ARM DDI 0406C, B1.8.3).
 */
	.macro	vector_stub, name, mode, correction = 0
	.align	5
vector_\name:
	.if	\correction
	sub	lr, lr, #\correction
	.endif
	stmia	sp, {r0, lr}			@ r0, return address
	mrs	lr, spsr
	str	lr, [sp, #8]			@ old PSR
	mrs	r0, cpsr			@ next mode: SVC, IRQs masked
	eor	r0, r0, #(\mode ^ SVC_MODE)
	msr	spsr_cxsf, r0
	and	lr, lr, #0x0f			@ whence
	mov	r0, sp
	ldr	lr, [pc, lr, lsl #2]		@ table below
	movs	pc, lr
	.endm

/* USR, FIQ, IRQ, SVC, then the twelve that can't be */
	.macro	vector_table, usr, svc
	.word	\usr
	.word	__und_invalid
	.word	__und_invalid
	.word	\svc
	.rept	12
	.word	__und_invalid
	.endr
	.endm

	vector_stub irq, IRQ_MODE, 4
	vector_table __irq_usr, __irq_svc
END(vector_irq)

	vector_stub dabt, ABT_MODE, 8
	vector_table __dabt_usr, __dabt_svc
END(vector_dabt)

	vector_stub pabt, ABT_MODE, 4
	vector_table __pabt_usr, __pabt_svc
END(vector_pabt)

	vector_stub und, UND_MODE
	vector_table __und_usr, __und_svc
END(vector_und)

vector_addrexcptn:
	b	vector_addrexcptn
END(vector_addrexcptn)

/* Nothing in this machine raises FIQ; one that came is dropped. */
vector_fiq:
	subs	pc, lr, #4
END(vector_fiq)

/*
 * The vectors page, at 0xffff0000, readable and executable for the user
 * because of the handlers' returns and the helpers in it.
 */
	.section .vectors, "ax", %progbits
	.globl	__vectors_start
__vectors_start:
	b	vector_rst
	b	vector_und
	ldr	pc, [pc, #0x1000 - 0x10]	@ .stubs' first word
	b	vector_pabt
	b	vector_dabt
	b	vector_addrexcptn
	b	vector_irq
	b	vector_fiq

vector_rst:
	b	vector_rst
END(vector_rst)

/*
 * Where a signal handler returns to if its owner named no restorer: see
 * arch/arm/kernel/signal.c.  Two instructions each.
 */
	.org	__vectors_start + 0x500
sigreturn_codes:
	mov	r7, #119			@ __NR_sigreturn
	svc	#0
	mov	r7, #173			@ __NR_rt_sigreturn
	svc	#0
END(sigreturn_codes)

/*
 * kuser helpers: routines at fixed addresses that any ARM program may call,
 * whatever the CPU it was compiled for
 * (Linux: Documentation/arm/kernel_user_helpers.rst).
 */
	.macro	kuser_pad, to
	.org	__vectors_start + \to
	.endm

/*
 * 0xffff0f60: int cmpxchg64(const s64 *old, const s64 *new, s64 *ptr)
 * Out:	r0 = 0 and C set if *ptr was changed.  Uses r3, ip, flags.
 */
	kuser_pad 0xf60
__kuser_cmpxchg64:
	stmfd	sp!, {r4, r5, r6, r7}
	ldrd	r4, r5, [r0]
	ldrd	r6, r7, [r1]
	dmb
1:	ldrexd	r0, r1, [r2]
	eors	r3, r0, r4
	eorseq	r3, r1, r5
	strexdeq r3, r6, r7, [r2]
	teqeq	r3, #1
	beq	1b
	dmb
	rsbs	r0, r3, #0
	ldmfd	sp!, {r4, r5, r6, r7}
	bx	lr
END(__kuser_cmpxchg64)

/* 0xffff0fa0: void memory_barrier(void).  Uses nothing. */
	kuser_pad 0xfa0
__kuser_memory_barrier:
	dmb
	bx	lr
END(__kuser_memory_barrier)

/*
 * 0xffff0fc0: int cmpxchg(int old, int new, volatile int *ptr)
 * Out:	r0 = 0 and C set if *ptr was changed.  Uses r3, flags.
 */
	kuser_pad 0xfc0
__kuser_cmpxchg:
	dmb
1:	ldrex	r3, [r2]
	subs	r3, r3, r0
	strexeq	r3, r1, [r2]
	teqeq	r3, #1
	beq	1b
	rsbs	r0, r3, #0
	b	__kuser_memory_barrier
END(__kuser_cmpxchg)

/* 0xffff0fe0: void *get_tls(void).  Uses r0 only. */
	kuser_pad 0xfe0
__kuser_get_tls:
	mrc	p15, 0, r0, c13, c0, 3		@ TPIDRURO
	bx	lr
END(__kuser_get_tls)

	kuser_pad 0xffc
__kuser_helper_version:
	.word	5
END(__kuser_helper_version)
