/* SPDX-License-Identifier: MIT */
/*
 * memcpy, memmove, copy_page, and the names the compiler calls them by.
 */
#include <asm/assembler.h>

	.text
/*
 * void *memmove(void *to, const void *from, size_t n)
 * Copies upwards unless @to lies inside [from, from + n).
 * Uses r1-r3, ip, flags; r0 is returned as it came.
 */
WEAK(__aeabi_memmove4)
WEAK(__aeabi_memmove8)
WEAK(__aeabi_memmove)
ENTRY(memmove)
	sub	r3, r0, r1
	cmp	r3, r2
	blo	.Ldown
/* void *memcpy(void *to, const void *from, size_t n), likewise */
WEAK(__aeabi_memcpy4)
WEAK(__aeabi_memcpy8)
WEAK(__aeabi_memcpy)
ENTRY(memcpy)
	mov	ip, r0
	orr	r3, r0, r1
	tst	r3, #3
	bne	.Lbytes
	cmp	r2, #32
	blo	.Lwords
	stmfd	sp!, {r4 - r10, lr}
1:	ldmia	r1!, {r3 - r10}
	sub	r2, r2, #32
	cmp	r2, #32
	stmia	ip!, {r3 - r10}
	bhs	1b
	ldmfd	sp!, {r4 - r10, lr}
.Lwords:
	subs	r2, r2, #4
	ldrhs	r3, [r1], #4
	strhs	r3, [ip], #4
	bhs	.Lwords
	add	r2, r2, #4
.Lbytes:
	subs	r2, r2, #1
	ldrbhs	r3, [r1], #1
	strbhs	r3, [ip], #1
	bhs	.Lbytes
	mov	pc, lr

.Ldown:
	subs	r2, r2, #1
	ldrbhs	r3, [r1, r2]
	strbhs	r3, [r0, r2]
	bhs	.Ldown
	mov	pc, lr
ENDPROC(memmove)
	.type	memcpy, %function
	.size	memcpy, . - memcpy

/* void copy_page(void *to, const void *from).  Uses r0-r3, ip, flags. */
ENTRY(copy_page)
	stmfd	sp!, {r4 - r9, lr}
	add	r2, r0, #PAGE_SIZE
1:	ldmia	r1!, {r3 - r9, ip}
	stmia	r0!, {r3 - r9, ip}
	cmp	r0, r2
	blo	1b
	ldmfd	sp!, {r4 - r9, pc}
ENDPROC(copy_page)
