/* SPDX-License-Identifier: MIT */
/*
 * unsigned long arm_clear_user(void __user *addr, unsigned long n)
 * Out:	r0 = bytes not cleared.  Uses r1, r2, flags.
 */
#include <asm/assembler.h>

#ifdef CONFIG_UACCESS_LDRT
#define STR	strt
#define STRB	strbt
#else
#define STR	str
#define STRB	strb
#endif

	.text
ENTRY(arm_clear_user)
	mov	r2, #0
.Lalign:
	cmp	r1, #0
	beq	.Lout
	tst	r0, #3
	beq	.Lwords
	USER(.Lout, STRB r2, [r0])
	add	r0, r0, #1
	sub	r1, r1, #1
	b	.Lalign
.Lwords:
	cmp	r1, #4
	blo	.Lbytes
	USER(.Lbytes, STR r2, [r0])
	add	r0, r0, #4
	sub	r1, r1, #4
	b	.Lwords
.Lbytes:
	cmp	r1, #0
	beq	.Lout
	USER(.Lout, STRB r2, [r0])
	add	r0, r0, #1
	sub	r1, r1, #1
	b	.Lbytes
.Lout:
	mov	r0, r1
	mov	pc, lr
ENDPROC(arm_clear_user)
