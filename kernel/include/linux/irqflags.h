/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_IRQFLAGS_H
#define _LINUX_IRQFLAGS_H

#include <linux/cleanup.h>
#include <asm/irqflags.h>

#define local_irq_enable()		arch_local_irq_enable()
#define local_irq_disable()		arch_local_irq_disable()
#define local_irq_save(flags)		((flags) = arch_local_irq_save())
#define local_irq_restore(flags)	arch_local_irq_restore(flags)
#define irqs_disabled() \
	arch_irqs_disabled_flags(arch_local_save_flags())

/* guard(irqsave)(): IRQs are masked from here to the end of the scope. */
#define __lock_irqsave(...)	arch_local_irq_save()
static inline void __free_guard_irqsave(unsigned long *flags)
{
	arch_local_irq_restore(*flags);
}

#endif
