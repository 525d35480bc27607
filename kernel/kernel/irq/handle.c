/*
 * Interrupt lines and their handlers. Handlers run with interrupts masked,
 * so nothing here nests; masked interrupts own irq_desc.
 */
#include <linux/errno.h>
#include <linux/hardirq.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>

struct irq_desc {
	irq_handler_t handler;
	void *dev_id;
};

static struct irq_desc irq_desc[NR_IRQS];

void (*handle_arch_irq)(struct pt_regs *regs);

void irq_enter(void)
{
	preempt_count_add(HARDIRQ_OFFSET);
}

void irq_exit(void)
{
	preempt_count_sub(HARDIRQ_OFFSET);
}

void generic_handle_irq(unsigned int irq)
{
	struct irq_desc *desc = &irq_desc[irq];
	irqreturn_t ret = IRQ_NONE;

	if (desc->handler)
		ret = desc->handler(irq, desc->dev_id);
	if (ret == IRQ_NONE) {
		/* level-triggered: left unmasked it would never end */
		irq_mask(irq);
		pr_err("irq %u: nobody cared\n", irq);
	}
}

int request_irq(unsigned int irq, irq_handler_t handler, unsigned long flags,
		const char *name, void *dev_id)
{
	struct irq_desc *desc = &irq_desc[irq];
	unsigned long irqflags;

	if (irq >= NR_IRQS || !handler)
		return -EINVAL;
	local_irq_save(irqflags);
	if (desc->handler) {
		local_irq_restore(irqflags);
		return -EBUSY;
	}
	desc->handler = handler;
	desc->dev_id = dev_id;
	irq_unmask(irq);
	local_irq_restore(irqflags);
	return 0;
}
