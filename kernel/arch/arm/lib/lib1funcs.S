/* SPDX-License-Identifier: MIT */
/*
 * Division.  The Cortex-A8 has no divide instruction; these are what the
 * compiler calls for / and % (ARM IHI 0043, 4.3.1).  Plain shift-and-subtract,
 * started at the quotient's first bit.  As in Linux, signed values of 64 bits
 * cannot be divided.
 */
#include <asm/assembler.h>

	.text
/*
 * In:	r0 = dividend, r1 = divisor
 * Out:	r0 = quotient, r1 = remainder; nothing useful for divisor 0
 * Uses r2, r3, flags.
 */
ENTRY(__aeabi_uidivmod)
ENTRY(__aeabi_uidiv)
	cmp	r0, r1
	movlo	r1, r0
	movlo	r0, #0
	movlo	pc, lr
	clz	r2, r0
	clz	r3, r1
	sub	r2, r3, r2			@ shift to line them up, >= 0
	mov	r3, #0
	mov	r1, r1, lsl r2
1:	cmp	r0, r1
	adc	r3, r3, r3			@ C is the quotient's bit
	subhs	r0, r0, r1
	mov	r1, r1, lsr #1
	subs	r2, r2, #1
	bpl	1b
	mov	r1, r0
	mov	r0, r3
	mov	pc, lr
ENDPROC(__aeabi_uidiv)

/*
 * Signed; the quotient is rounded to zero, the remainder has the dividend's
 * sign.  Uses r2, r3, ip, flags.
 */
ENTRY(__aeabi_idivmod)
ENTRY(__aeabi_idiv)
	stmfd	sp!, {r4, lr}
	eor	r4, r0, r1			@ bit 31: quotient negative
	mov	ip, r0				@ bit 31: remainder negative
	cmp	r0, #0
	rsblt	r0, r0, #0
	cmp	r1, #0
	rsblt	r1, r1, #0
	bl	__aeabi_uidiv
	cmp	r4, #0
	rsblt	r0, r0, #0
	cmp	ip, #0
	rsblt	r1, r1, #0
	ldmfd	sp!, {r4, pc}
ENDPROC(__aeabi_idiv)

/*
 * In:	r1:r0 = dividend, r3:r2 = divisor
 * Out:	r1:r0 = quotient, r3:r2 = remainder
 * Uses flags.
 */
ENTRY(__aeabi_uldivmod)
	stmfd	sp!, {r4 - r8, lr}
	mov	r4, #0				@ remainder
	mov	r5, #0
	mov	r6, #64
1:	adds	r0, r0, r0			@ r5:r4:r1:r0 <<= 1
	adcs	r1, r1, r1
	adcs	r4, r4, r4
	adc	r5, r5, r5
	subs	r7, r4, r2
	sbcs	r8, r5, r3
	movhs	r4, r7
	movhs	r5, r8
	orrhs	r0, r0, #1
	subs	r6, r6, #1
	bne	1b
	mov	r2, r4
	mov	r3, r5
	ldmfd	sp!, {r4 - r8, pc}
ENDPROC(__aeabi_uldivmod)
