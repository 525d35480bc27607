/* SPDX-License-Identifier: MIT */
/*
 * System calls: from SVC to the handler and back.
 *
 * EABI: SVC #0, number in r7, arguments in r0-r5, result in r0; everything
 * else is as it was.  OABI: the number, plus 0x900000, in the instruction.  The handler is an ordinary C function, so arguments five
 * and six go to it on the stack.
 */
#include "entry-header.S"
#include <asm/unistd-nr.h>

	.section .entry.text, "ax"

	.align	5
/*
 * The vector jumps here.  In: lr = the user's next instruction, SPSR = the
 * user's CPSR, sp = top of this thread's kernel stack, IRQs masked; all other
 * registers are the user's.
 */
ENTRY(vector_swi)
	sub	sp, sp, #PT_REGS_SIZE
	stmia	sp, {r0 - r12}
	add	r8, sp, #S_PC
	stmdb	r8, {sp, lr}^			@ sp_usr, lr_usr
	mrs	r8, spsr
	str	lr, [sp, #S_PC]
	str	r8, [sp, #S_PSR]
	str	r0, [sp, #S_OLD_R0]
	zero_fp
	oabi_fetch	again = swi_vanished
	uaccess_disable ip
	enable_irq
	get_thread_info tsk
	oabi_number
	ldr	tbl, =sys_call_table
	stmdb	sp!, {r4, r5}			@ fifth and sixth argument

	adr	lr, ret_fast_syscall
	cmp	scno, #__NR_syscalls
	ldrlo	pc, [tbl, scno, lsl #2]

	/* Not in the table: one of ARM's own, or nothing at all. */
	add	r1, sp, #S_OFF			@ pt_regs
	mov	r0, scno
	b	arm_syscall
ENDPROC(vector_swi)
	.ltorg

/*
 * The quick way back: r0 goes to the user as the handler left it.
 * Two words of arguments (S_OFF) still lie under pt_regs.
 */
ENTRY(ret_fast_syscall)
	disable_irq				@ from here to user mode
	ldr	r1, [tsk, #TI_FLAGS]
	tst	r1, #_TIF_WORK_MASK
	bne	fast_work_pending
	restore_user_regs fast = 1, offset = S_OFF
ENDPROC(ret_fast_syscall)

fast_work_pending:
	str	r0, [sp, #S_R0 + S_OFF]!	@ result; and sp -> pt_regs
	b	work_pending
ENDPROC(fast_work_pending)

/*
 * The way with something to do first: a signal, or the CPU to give away.
 * In:	sp -> pt_regs, why, IRQs masked
 */
work_pending:
	mov	r0, sp
	ldr	r1, [tsk, #TI_FLAGS]
	mov	r2, why
	bl	do_work_pending			@ (regs, thread_flags, syscall)
	b	no_work_pending
ENDPROC(work_pending)

/*
 * The full way back: every register comes out of pt_regs.
 * In:	sp -> pt_regs, tsk, why
 */
ENTRY(ret_to_user)
ret_slow_syscall:
	disable_irq
	ldr	r1, [tsk, #TI_FLAGS]
	tst	r1, #_TIF_WORK_MASK
	bne	work_pending
no_work_pending:
	restore_user_regs fast = 0, offset = 0
ENDPROC(ret_to_user)

/*
 * A new thread's first steps, reached by __switch_to()'s return.
 * In:	r0 = the task that ran before, r5 = kernel thread's function or 0,
 *	r4 = its argument; sp -> pt_regs
 * A kernel thread whose function returns has become a user process: its
 * pt_regs were filled by execve().
 */
ENTRY(ret_from_fork)
	bl	schedule_tail
	teq	r5, #0
	movne	r0, r4
	blxne	r5
	get_thread_info tsk
	mov	why, #0
	b	ret_slow_syscall
ENDPROC(ret_from_fork)

#ifdef CONFIG_OABI_COMPAT
/*
 * The page with the SVC went away before its number was read: back to user
 * mode, to fetch the instruction once more.
 * In:	as vector_swi after its stores
 */
swi_vanished:
	sub	lr, lr, #4
	str	lr, [sp, #S_PC]
	uaccess_disable ip
	enable_irq
	get_thread_info tsk
	mov	why, #0
	b	ret_to_user
ENDPROC(swi_vanished)
#endif

/*
 * Calls whose handler must see or replace all registers.  They run as a
 * system call and so find pt_regs above the two argument words.
 */
sys_sigreturn_wrapper:
	add	r0, sp, #S_OFF
	mov	why, #0				@ never restarted
	b	sys_sigreturn
ENDPROC(sys_sigreturn_wrapper)

sys_rt_sigreturn_wrapper:
	add	r0, sp, #S_OFF
	mov	why, #0
	b	sys_rt_sigreturn
ENDPROC(sys_rt_sigreturn_wrapper)

/*
 * The table, made from arch/arm/tools/syscall.tbl.  In .rodata: the kernel
 * itself cannot write it once mark_rodata_ro() has run.
 */
#define __SYSCALL(nr, func)	.long func;

	.section .rodata, "a", %progbits
	.align	2
	.type	sys_call_table, %object
ENTRY(sys_call_table)
#include <calls-eabi.S>
END(sys_call_table)
