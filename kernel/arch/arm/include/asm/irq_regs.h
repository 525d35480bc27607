/* SPDX-License-Identifier: MIT */
#ifndef _ASM_ARM_IRQ_REGS_H
#define _ASM_ARM_IRQ_REGS_H

struct pt_regs;
extern struct pt_regs *__irq_regs;

/* What the interrupt stopped; NULL outside an interrupt. */
#define get_irq_regs()	(__irq_regs)

#endif
