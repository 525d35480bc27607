/* SPDX-License-Identifier: MIT */
/* The system control coprocessor (ARM DDI 0406C, B4.1). */
#ifndef __ASM_ARM_CP15_H
#define __ASM_ARM_CP15_H

/* SCTLR */
#define CR_M	(1 << 0)	/* MMU enable				*/
#define CR_A	(1 << 1)	/* Alignment abort enable		*/
#define CR_C	(1 << 2)	/* Dcache enable			*/
#define CR_Z	(1 << 11)	/* Branch prediction enable		*/
#define CR_I	(1 << 12)	/* Icache enable			*/
#define CR_V	(1 << 13)	/* Vectors relocated to 0xffff0000	*/
#define CR_TRE	(1 << 28)	/* TEX remap enable			*/
#define CR_AFE	(1 << 29)	/* Access flag enable			*/
#define CR_TE	(1 << 30)	/* Thumb exception enable		*/

#ifndef __ASSEMBLY__

#define __read_sysreg_cp15(crn, op1, crm, op2) ({			\
	unsigned int __val;						\
	asm volatile("mrc p15, " #op1 ", %0, " #crn ", " #crm ", " #op2	\
		     : "=r" (__val));					\
	__val; })

#define __write_sysreg_cp15(val, crn, op1, crm, op2)			\
	asm volatile("mcr p15, " #op1 ", %0, " #crn ", " #crm ", " #op2	\
		     : : "r" ((unsigned int)(val)) : "memory")

#define read_midr()		__read_sysreg_cp15(c0, 0, c0, 0)
#define get_cr()		__read_sysreg_cp15(c1, 0, c0, 0)
#define write_ttbr0(v)		__write_sysreg_cp15(v, c2, 0, c0, 0)
#define read_dacr()		__read_sysreg_cp15(c3, 0, c0, 0)
#define write_dacr(v)		__write_sysreg_cp15(v, c3, 0, c0, 0)
#define write_contextidr(v)	__write_sysreg_cp15(v, c13, 0, c0, 1)
#define write_tpidruro(v)	__write_sysreg_cp15(v, c13, 0, c0, 3)

#endif
#endif
