/* SPDX-License-Identifier: MIT */
/*
 * Software PAN.  Three rules: entering the kernel closes DOMAIN_USER, leaving
 * for user mode opens it, and an exception taken inside the kernel saves what
 * it found and puts it back.  Without CONFIG_CPU_SW_DOMAIN_PAN all of these
 * assemble to nothing but the save.
 */
#ifndef __ASM_UACCESS_ASM_H__
#define __ASM_UACCESS_ASM_H__

#include <asm/domain.h>

	.macro	uaccess_disable, tmp
#ifdef CONFIG_CPU_SW_DOMAIN_PAN
	mov	\tmp, #DACR_UACCESS_DISABLE
	mcr	p15, 0, \tmp, c3, c0, 0		@ DACR
	isb
#endif
	.endm

	.macro	uaccess_enable, tmp
#ifdef CONFIG_CPU_SW_DOMAIN_PAN
	mov	\tmp, #DACR_UACCESS_ENABLE
	mcr	p15, 0, \tmp, c3, c0, 0
	isb
#endif
	.endm

/* Kernel entry from kernel: save DACR in svc_pt_regs, close the domain. */
	.macro	uaccess_entry, tmp0
	mrc	p15, 0, \tmp0, c3, c0, 0
	str	\tmp0, [sp, #SVC_DACR]
	uaccess_disable \tmp0
	.endm

	.macro	uaccess_exit, tmp0
#ifdef CONFIG_CPU_SW_DOMAIN_PAN
	ldr	\tmp0, [sp, #SVC_DACR]
	mcr	p15, 0, \tmp0, c3, c0, 0
	isb
#endif
	.endm

#endif
