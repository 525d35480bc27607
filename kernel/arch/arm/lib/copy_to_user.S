/* SPDX-License-Identifier: MIT */
/*
 * unsigned long arm_copy_to_user(void __user *to, const void *from,
 *				  unsigned long n)
 * The caller has checked the range and opened DOMAIN_USER.  Stores may fault;
 * one that did has not advanced r0, and r1 is put back where it matters not:
 * r2 alone says how much is left, and what is copied again is the same.
 */
#include <asm/assembler.h>

	.macro	ld8, abort
	ldmia	r1, {r3 - r10}
	.endm

	.macro	ld1, abort
	ldr	r3, [r1]
	.endm

	.macro	ldb, abort
	ldrb	r3, [r1]
	.endm

#ifdef CONFIG_UACCESS_LDRT

	.macro	st1, abort
	USER(\abort, strt r3, [r0], #4)
	add	r1, r1, #4
	.endm

	.macro	stb, abort
	USER(\abort, strbt r3, [r0], #1)
	add	r1, r1, #1
	.endm

#else

	.macro	st8, abort
	USER(\abort, stmia r0, {r3 - r10})
	add	r0, r0, #32
	add	r1, r1, #32
	.endm

	.macro	st1, abort
	USER(\abort, str r3, [r0])
	add	r0, r0, #4
	add	r1, r1, #4
	.endm

	.macro	stb, abort
	USER(\abort, strb r3, [r0])
	add	r0, r0, #1
	add	r1, r1, #1
	.endm

#endif

	.text
ENTRY(arm_copy_to_user)
#include "copy_template.S"
ENDPROC(arm_copy_to_user)
