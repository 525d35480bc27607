/* SPDX-License-Identifier: MIT */
/*
 * The run-time ABI wants a 64-bit quotient in r0, r1 and its remainder in r2,
 * r3, which no C function can return; and memory helpers under ARM's names.
 */
#include "asm.h"

	.syntax unified
	.arm
	.cfi_sections .debug_frame

	.macro	divmod64 name, worker
ENTRY(\name)
	push	{fp, lr}
	.cfi_def_cfa_offset 8
	.cfi_offset lr, -4
	.cfi_offset fp, -8
	mov	fp, sp
	sub	sp, sp, #24		@ struct pair64, its address, padding
	add	ip, sp, #8
	str	ip, [sp]
	bl	\worker
	ldr	r0, [sp, #8]
	ldr	r1, [sp, #12]
	ldr	r2, [sp, #16]
	ldr	r3, [sp, #20]
	mov	sp, fp
	pop	{fp, pc}
END(\name)
	.endm

	divmod64 __aeabi_uldivmod, __udivmod64
	divmod64 __aeabi_ldivmod, __divmod64

/* void __aeabi_memcpy(to, from, n): memcpy() without a result */
	.irp	suffix, , 4, 8
ENTRY(__aeabi_memcpy\suffix)
	b	memcpy
END(__aeabi_memcpy\suffix)
ENTRY(__aeabi_memmove\suffix)
	b	memmove
END(__aeabi_memmove\suffix)

/* void __aeabi_memset(to, n, byte): memset() with its arguments swapped */
ENTRY(__aeabi_memset\suffix)
	mov	r3, r1
	mov	r1, r2
	mov	r2, r3
	b	memset
END(__aeabi_memset\suffix)

/* void __aeabi_memclr(to, n) */
ENTRY(__aeabi_memclr\suffix)
	mov	r2, r1
	mov	r1, #0
	b	memset
END(__aeabi_memclr\suffix)
	.endr

	.section .note.GNU-stack, "", %progbits
