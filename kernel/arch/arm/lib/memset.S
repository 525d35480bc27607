/* SPDX-License-Identifier: MIT */
#include <asm/assembler.h>

	.text
/*
 * void *memset(void *to, int c, size_t n)
 * Uses r1-r3, ip, flags; r0 is returned as it came.
 */
ENTRY(memset)
	mov	ip, r0
	and	r1, r1, #255
	orr	r1, r1, r1, lsl #8
	orr	r1, r1, r1, lsl #16
.Lalign:
	tst	ip, #3
	beq	.Laligned
	subs	r2, r2, #1
	movlo	pc, lr
	strb	r1, [ip], #1
	b	.Lalign
.Laligned:
	cmp	r2, #32
	blo	.Lwords
	stmfd	sp!, {r4 - r9, lr}
	mov	r3, r1
	mov	r4, r1
	mov	r5, r1
	mov	r6, r1
	mov	r7, r1
	mov	r8, r1
	mov	r9, r1
1:	stmia	ip!, {r1, r3 - r9}
	sub	r2, r2, #32
	cmp	r2, #32
	bhs	1b
	ldmfd	sp!, {r4 - r9, lr}
.Lwords:
	subs	r2, r2, #4
	strhs	r1, [ip], #4
	bhs	.Lwords
	add	r2, r2, #4
.Lbytes:
	subs	r2, r2, #1
	strbhs	r1, [ip], #1
	bhs	.Lbytes
	mov	pc, lr
ENDPROC(memset)

/* __aeabi_memset(to, n, c): the arguments in another order */
ENTRY(__aeabi_memset4)
ENTRY(__aeabi_memset8)
ENTRY(__aeabi_memset)
	mov	r3, r1
	mov	r1, r2
	mov	r2, r3
	b	memset
ENDPROC(__aeabi_memset)

/* __aeabi_memclr(to, n) */
ENTRY(__aeabi_memclr4)
ENTRY(__aeabi_memclr8)
ENTRY(__aeabi_memclr)
	mov	r2, r1
	mov	r1, #0
	b	memset
ENDPROC(__aeabi_memclr)
