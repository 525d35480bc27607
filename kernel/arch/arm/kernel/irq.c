// SPDX-License-Identifier: MIT
#include <linux/irq.h>
#include <asm/entry.h>

struct pt_regs *__irq_regs;	/* of the interrupt being served */

/* From __irq_usr and __irq_svc, IRQs masked. */
asmlinkage void asm_do_IRQ(struct pt_regs *regs)
{
	struct pt_regs *old = __irq_regs;

	__irq_regs = regs;
	handle_arch_irq(regs);
	__irq_regs = old;
}
