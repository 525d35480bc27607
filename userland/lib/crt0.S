/* SPDX-License-Identifier: MIT */
/*
 * The first user instruction.
 *
 * The kernel enters here with nothing in the registers that we may rely on
 * except sp, which points at what execve() laid out:
 *
 *	sp ->	argc
 *		argv[0] ... argv[argc - 1], NULL
 *		envp[0] ..., NULL
 *		auxv[0] ..., { AT_NULL, 0 }
 *		padding, and the strings that all of these point to
 */
#include "asm.h"

	.syntax unified
	.arm
	.cfi_sections .debug_frame

ENTRY(_start)
	.cfi_undefined lr		@ nobody called us
	mov	fp, #0			@ the chain of frames ends here
	mov	lr, #0
	mov	r0, sp			@ start_c(long *stack)
	bic	sp, sp, #7		@ AAPCS: 8 byte alignment
	b	start_c
END(_start)

	.section .note.GNU-stack, "", %progbits
