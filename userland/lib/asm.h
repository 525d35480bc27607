/* SPDX-License-Identifier: MIT */
/* What every function in assembly has: an alignment, a type and a size. */
#ifndef _LIB_ASM_H
#define _LIB_ASM_H

#define ENTRY(name) ENTRY_AS(name, .globl)
#define WEAK_ENTRY(name) ENTRY_AS(name, .weak)

#define ENTRY_AS(name, binding)                                              \
	.section .text.name, "ax", %progbits;                                \
	binding name;                                                        \
	.type name, %function;                                               \
	.balign 4;                                                           \
name:                                                                        \
	.cfi_startproc

#define END(name)                                                            \
	.cfi_endproc;                                                        \
	.size name, . - name

#endif
