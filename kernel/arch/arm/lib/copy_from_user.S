/* SPDX-License-Identifier: MIT */
/*
 * unsigned long arm_copy_from_user(void *to, const void __user *from,
 *				    unsigned long n)
 * The caller has checked the range and opened DOMAIN_USER.  Loads may fault.
 *
 * A load that faulted has not advanced r1: plain loads advance it by an
 * instruction of its own, LDRT's write-back is undone by the abort
 * (ARM DDI 0406C, B1.9.8).
 */
#include <asm/assembler.h>

#ifdef CONFIG_UACCESS_LDRT

	.macro	ld1, abort
	USER(\abort, ldrt r3, [r1], #4)
	.endm

	.macro	ldb, abort
	USER(\abort, ldrbt r3, [r1], #1)
	.endm

#else

	.macro	ld8, abort
	USER(\abort, ldmia r1, {r3 - r10})
	add	r1, r1, #32
	.endm

	.macro	ld1, abort
	USER(\abort, ldr r3, [r1])
	add	r1, r1, #4
	.endm

	.macro	ldb, abort
	USER(\abort, ldrb r3, [r1])
	add	r1, r1, #1
	.endm

#endif

	.macro	st8, abort
	stmia	r0!, {r3 - r10}
	.endm

	.macro	st1, abort
	str	r3, [r0], #4
	.endm

	.macro	stb, abort
	strb	r3, [r0], #1
	.endm

	.text
ENTRY(arm_copy_from_user)
#include "copy_template.S"
ENDPROC(arm_copy_from_user)
