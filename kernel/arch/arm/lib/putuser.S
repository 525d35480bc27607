/* SPDX-License-Identifier: MIT */
/*
 * One value to user memory, by one store (two for eight bytes).
 *
 * In:	r0 (and r1) = value; then r1, or r2 for eight bytes = address
 * Out:	r0 = 0 or -EFAULT
 */
#include <asm/assembler.h>
#include <uapi/linux/errno.h>

#ifdef CONFIG_UACCESS_LDRT
#define STR	strt
#define STRB	strbt
#define STRH	strht
#define POST	, #0		/* the only form STRHT has */
#else
#define STR	str
#define STRB	strb
#define STRH	strh
#define POST
#endif

	.text
ENTRY(__put_user_1)
	USER(__put_user_bad, STRB r0, [r1])
	mov	r0, #0
	mov	pc, lr
ENDPROC(__put_user_1)

ENTRY(__put_user_2)
	USER(__put_user_bad, STRH r0, [r1] POST)
	mov	r0, #0
	mov	pc, lr
ENDPROC(__put_user_2)

ENTRY(__put_user_4)
	USER(__put_user_bad, STR r0, [r1])
	mov	r0, #0
	mov	pc, lr
ENDPROC(__put_user_4)

ENTRY(__put_user_8)
	USER(__put_user_bad, STR r0, [r2])
	add	r2, r2, #4
	USER(__put_user_bad, STR r1, [r2])
	mov	r0, #0
	mov	pc, lr
ENDPROC(__put_user_8)

__put_user_bad:
	mvn	r0, #EFAULT - 1			@ -EFAULT
	mov	pc, lr
ENDPROC(__put_user_bad)
