#ifndef _LINUX_IRQ_H
#define _LINUX_IRQ_H

#include <linux/types.h>

#define NR_IRQS 128

struct pt_regs;

/* What the interrupt controller can do with one of its lines. */
void irq_mask(unsigned int irq);
void irq_unmask(unsigned int irq);
/* What software has raised stays so until software drops it. */
void irq_set_state(unsigned int irq, bool raised);

/* Set by the controller's driver; arch code calls it with IRQs masked. */
extern void (*handle_arch_irq)(struct pt_regs *regs);

void generic_handle_irq(unsigned int irq);
/* Called by start_kernel(); the only controller there is. */
void irqchip_init(void);

#endif
