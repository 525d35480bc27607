/* SPDX-License-Identifier: MIT */
#ifndef __ASM_ARM_IRQFLAGS_H
#define __ASM_ARM_IRQFLAGS_H

#include <asm/ptrace.h>

static inline unsigned long arch_local_save_flags(void)
{
	unsigned long flags;

	asm volatile("mrs %0, cpsr" : "=r" (flags) : : "memory");
	return flags;
}

static inline unsigned long arch_local_irq_save(void)
{
	unsigned long flags;

	asm volatile("mrs %0, cpsr\n\tcpsid i" : "=r" (flags) : : "memory");
	return flags;
}

static inline void arch_local_irq_restore(unsigned long flags)
{
	asm volatile("msr cpsr_c, %0" : : "r" (flags) : "memory");
}

static inline void arch_local_irq_enable(void)
{
	asm volatile("cpsie i" : : : "memory");
}

static inline void arch_local_irq_disable(void)
{
	asm volatile("cpsid i" : : : "memory");
}

static inline int arch_irqs_disabled_flags(unsigned long flags)
{
	return !!(flags & PSR_I_BIT);
}

#endif
