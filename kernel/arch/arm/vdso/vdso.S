/* SPDX-License-Identifier: MIT */
/* The finished image, on pages of its own: they are what processes map. */
#include <linux/linkage.h>
#include <asm/page.h>

	.section .rodata, "a", %progbits
	.balign	PAGE_SIZE
	.globl	vdso_start
	.type	vdso_start, %object
vdso_start:
	.incbin	"arch/arm/vdso/vdso.so"
	.balign	PAGE_SIZE
	.size	vdso_start, . - vdso_start
	.globl	vdso_end
vdso_end:
