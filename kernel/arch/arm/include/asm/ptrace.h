/* SPDX-License-Identifier: MIT */
#ifndef __ASM_ARM_PTRACE_H
#define __ASM_ARM_PTRACE_H

/* PSR: modes and bits (ARM DDI 0406C, B1.3) */
#define USR_MODE	0x00000010
#define IRQ_MODE	0x00000012
#define SVC_MODE	0x00000013
#define ABT_MODE	0x00000017
#define UND_MODE	0x0000001b
#define MODE_MASK	0x0000001f
#define PSR_T_BIT	0x00000020
#define PSR_I_BIT	0x00000080
#define PSR_E_BIT	0x00000200
#define PSR_f		0xff000000
#define PSR_s		0x00ff0000
#define PSR_IT_MASK	0x0600fc00

#ifndef __ASSEMBLY__

#include <linux/types.h>

/* What an exception leaves on the kernel stack, lowest address first. */
struct pt_regs {
	unsigned long uregs[18];
};

/* An exception from kernel mode saves the domain register as well. */
struct svc_pt_regs {
	struct pt_regs regs;
	u32 dacr;
	u32 unused;		/* keeps the stack on 8 bytes */
};

#define ARM_cpsr	uregs[16]
#define ARM_pc		uregs[15]
#define ARM_lr		uregs[14]
#define ARM_sp		uregs[13]
#define ARM_ip		uregs[12]
#define ARM_fp		uregs[11]
#define ARM_r10		uregs[10]
#define ARM_r9		uregs[9]
#define ARM_r8		uregs[8]
#define ARM_r7		uregs[7]
#define ARM_r6		uregs[6]
#define ARM_r5		uregs[5]
#define ARM_r4		uregs[4]
#define ARM_r3		uregs[3]
#define ARM_r2		uregs[2]
#define ARM_r1		uregs[1]
#define ARM_r0		uregs[0]
#define ARM_ORIG_r0	uregs[17]

#define user_mode(regs)		(((regs)->ARM_cpsr & 0xf) == 0)
#define thumb_mode(regs)	((regs)->ARM_cpsr & PSR_T_BIT)
#define interrupts_enabled(regs) (!((regs)->ARM_cpsr & PSR_I_BIT))

/*
 * A PSR that comes from user memory (sigreturn) is trusted only as far as
 * flags, Thumb and IT go: the mode must be USR and interrupts must be open.
 */
static inline int valid_user_regs(struct pt_regs *regs)
{
	unsigned long mode = regs->ARM_cpsr & MODE_MASK;

	regs->ARM_cpsr &= PSR_f | PSR_s | PSR_IT_MASK | PSR_T_BIT | MODE_MASK;
	if (mode == USR_MODE)
		return 1;
	regs->ARM_cpsr = (regs->ARM_cpsr & ~MODE_MASK) | USR_MODE;
	return 0;
}

#endif /* !__ASSEMBLY__ */
#endif
