/* SPDX-License-Identifier: MIT */
/* What entry-armv.S and entry-common.S share: register roles and the exits. */
#include <asm/assembler.h>
#include <asm/uaccess-asm.h>
#include <uapi/asm/unistd.h>

/* Words of arguments five and six, under pt_regs during a system call */
#define S_OFF		8

/* A zero frame pointer ends every backtrace at the border to user mode. */
	.macro	zero_fp
	mov	fp, #0
	.endm

/*
 * Return to kernel mode.
 * In:	sp -> svc_pt_regs, \psr = the PSR to go back to, IRQs masked
 * The frame may lie anywhere below the old stack pointer, so sp itself comes
 * out of the frame too.
 */
	.macro	svc_exit, psr
	uaccess_exit r0
	msr	spsr_cxsf, \psr
	clrex					@ no reservation crosses
	ldmia	sp, {r0 - pc}^			@ r0-pc, and CPSR = SPSR
	.endm

/*
 * Return to user mode.
 * In:	sp + \offset -> pt_regs, IRQs masked
 * \fast: r0 holds the system call's result and stays as it is.
 * The user-bank form of LDM writes sp_usr and lr_usr.
 */
	.macro	restore_user_regs, fast = 0, offset = 0
	mov	r2, sp
	ldr	r1, [r2, #\offset + S_PSR]
	ldr	lr, [r2, #\offset + S_PC]
	uaccess_enable r3
	msr	spsr_cxsf, r1
	clrex
	.if	\fast
	add	r2, r2, #\offset + S_R1
	ldmia	r2, {r1 - lr}^			@ r1-r12, sp_usr, lr_usr
	.else
	add	r2, r2, #\offset + S_R0
	ldmia	r2, {r0 - lr}^
	.endif
	nop					@ banks settle (B9.3.6)
	add	sp, sp, #\offset + PT_REGS_SIZE
	movs	pc, lr				@ and CPSR = SPSR
	.endm

/*
 * The old ABI's number is in the instruction, so the kernel reads it where the
 * program has it: a read of user memory like any other, which may fault.
 * oabi_fetch: in lr = the user's next instruction, r8 = its CPSR, user access
 * still enabled; out r10 = the number the instruction carries, 0 if none (EABI,
 * Thumb); goes to \again if the instruction has gone.  oabi_number: puts the
 * number where the new ABI has it.
 */
#ifdef CONFIG_OABI_COMPAT
	.macro	oabi_fetch, again
	tst	r8, #PSR_T_BIT
	movne	r10, #0
	USER(\again, ldreq r10, [lr, #-4])
	bics	r10, r10, #0xff000000
	.endm

	.macro	oabi_number
	teq	r10, #0
	eorne	scno, r10, #__NR_OABI_SYSCALL_BASE
	.endm
#else
	.macro	oabi_fetch, again
	.endm

	.macro	oabi_number
	.endm
#endif

/*
 * Who lives where from vector_swi to the return:
 */
scno	.req	r7		@ system call number
tbl	.req	r8		@ sys_call_table
why	.req	r8		@ nonzero: we came by a system call
tsk	.req	r9		@ thread_info of the running thread
