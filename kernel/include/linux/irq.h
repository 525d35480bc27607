#ifndef _LINUX_IRQ_H
#define _LINUX_IRQ_H

#include <linux/types.h>

#define NR_IRQS 128

struct pt_regs;

enum irqchip_irq_state {
	IRQCHIP_STATE_PENDING,
};

/* What an interrupt controller can do with one of its lines. */
struct irq_chip {
	void (*irq_set_irqchip_state)(unsigned int irq,
				      enum irqchip_irq_state which, int state);
	void (*irq_ack)(unsigned int irq);
	void (*irq_mask)(unsigned int irq);
	void (*irq_unmask)(unsigned int irq);
};

/* Set by the controller's driver; arch code calls it with IRQs masked. */
extern void (*handle_arch_irq)(struct pt_regs *regs);

void set_handle_irq(void (*handle)(struct pt_regs *regs));
void set_irq_chip(const struct irq_chip *chip);
void generic_handle_irq(unsigned int irq);
/* Called by start_kernel(); the only controller there is. */
void irqchip_init(void);

/* For /proc/interrupts: who has the line, or NULL; how often it was raised. */
const char *irq_name(unsigned int irq);
unsigned int kstat_irqs(unsigned int irq);

#endif
