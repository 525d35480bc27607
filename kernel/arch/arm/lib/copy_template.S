/* SPDX-License-Identifier: MIT */
/*
 * The body of both user copies.  The including file says how to load and
 * store, and so on which side a fault may happen:
 *	ld8, st8	eight words r3-r10, at [r1] / [r0], and advance
 *	ld1, st1	one word r3, and advance
 *	ldb, stb	one byte r3, and advance
 *
 * In:	r0 = to, r1 = from, r2 = bytes
 * Out:	r0 = bytes not copied
 * Uses r1-r3, ip, flags.
 *
 * A fault in a block or word goes on byte by byte, so that all that can be
 * copied is copied; a fault at a byte ends the copy, r2 bytes being left.
 */
	orr	r3, r0, r1
	tst	r3, #3				@ both on words?
	bne	.Lbytes
#ifndef CONFIG_UACCESS_LDRT			/* LDRT loads no block */
	cmp	r2, #32
	blo	.Lwords

	stmfd	sp!, {r4 - r10, lr}
1:	ld8	.Lblock_fault
	st8	.Lblock_fault
	sub	r2, r2, #32
	cmp	r2, #32
	bhs	1b
	ldmfd	sp!, {r4 - r10, lr}
#endif

.Lwords:
	cmp	r2, #4
	blo	.Lbytes
1:	ld1	.Lbytes
	st1	.Lbytes
	sub	r2, r2, #4
	cmp	r2, #4
	bhs	1b

.Lbytes:
	cmp	r2, #0
	beq	.Lout
1:	ldb	.Lout
	stb	.Lout
	subs	r2, r2, #1
	bne	1b
.Lout:
	mov	r0, r2
	mov	pc, lr

#ifndef CONFIG_UACCESS_LDRT
.Lblock_fault:
	ldmfd	sp!, {r4 - r10, lr}
	b	.Lbytes
#endif
