/* SPDX-License-Identifier: MIT */
/*
 * One value from user memory, by one load (two for eight bytes).
 *
 * In:	r0 = address, checked by the caller; r1 -> int err
 * Out:	r0 (and r1) = the value, zero if it could not be had; err = 0 or
 *	-EFAULT
 * Uses r2, r3, ip.
 */
#include <asm/assembler.h>
#include <uapi/linux/errno.h>

#ifdef CONFIG_UACCESS_LDRT
#define LDR	ldrt
#define LDRB	ldrbt
#define LDRH	ldrht
#define POST	, #0		/* the only form LDRHT has */
#else
#define LDR	ldr
#define LDRB	ldrb
#define LDRH	ldrh
#define POST
#endif

	.text
ENTRY(__get_user_1)
	mov	ip, r1
	USER(__get_user_bad, LDRB r2, [r0])
	b	__get_user_ok
ENDPROC(__get_user_1)

ENTRY(__get_user_2)
	mov	ip, r1
	USER(__get_user_bad, LDRH r2, [r0] POST)
	b	__get_user_ok
ENDPROC(__get_user_2)

ENTRY(__get_user_4)
	mov	ip, r1
	USER(__get_user_bad, LDR r2, [r0])
	b	__get_user_ok
ENDPROC(__get_user_4)

ENTRY(__get_user_8)
	mov	ip, r1
	USER(__get_user_bad, LDR r2, [r0])
	add	r0, r0, #4
	USER(__get_user_bad, LDR r3, [r0])
	mov	r0, #0
	str	r0, [ip]
	mov	r0, r2
	mov	r1, r3
	mov	pc, lr
ENDPROC(__get_user_8)

__get_user_ok:
	mov	r0, #0
	str	r0, [ip]
	mov	r0, r2
	mov	pc, lr
ENDPROC(__get_user_ok)

__get_user_bad:
	mvn	r0, #EFAULT - 1			@ -EFAULT
	str	r0, [ip]
	mov	r0, #0
	mov	r1, #0
	mov	pc, lr
ENDPROC(__get_user_bad)
