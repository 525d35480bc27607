/* The AM335x's interrupt controller: 128 lines in four banks of 32. */
#include <linux/bitops.h>
#include <linux/hardirq.h>
#include <linux/init.h>
#include <linux/io.h>
#include <linux/irq.h>
#include <linux/kernel.h>

#define INTC_PHYS 0x48200000
#define INTC_SIZE 0x1000

#define INTC_SIR_IRQ 0x40
#define INTC_CONTROL 0x48
#define INTC_MIR_CLEAR(n) (0x88 + 0x20 * (n))
#define INTC_MIR_SET(n) (0x8c + 0x20 * (n))
#define INTC_ISR_SET(n) (0x90 + 0x20 * (n))
#define INTC_ISR_CLEAR(n) (0x94 + 0x20 * (n))

#define NEWIRQAGR BIT(0)	/* let the next interrupt through */
#define ACTIVE_IRQ_MASK 0x7f
#define SPURIOUS_MASK 0xffffff80

static void __iomem *intc;

void irq_mask(unsigned int irq)
{
	writel(BIT(irq % 32), intc + INTC_MIR_SET(irq / 32));
}

void irq_unmask(unsigned int irq)
{
	writel(BIT(irq % 32), intc + INTC_MIR_CLEAR(irq / 32));
}

void irq_set_state(unsigned int irq, bool raised)
{
	u32 reg = raised ? INTC_ISR_SET(irq / 32) : INTC_ISR_CLEAR(irq / 32);

	writel(BIT(irq % 32), intc + reg);
}

static void omap_intc_handle_irq(struct pt_regs *regs)
{
	u32 sir = readl(intc + INTC_SIR_IRQ);

	irq_enter();
	/* the line may have fallen before it was read */
	if (!(sir & SPURIOUS_MASK))
		generic_handle_irq(sir & ACTIVE_IRQ_MASK);
	writel(NEWIRQAGR, intc + INTC_CONTROL);
	irq_exit();
}

/* At reset all lines are masked, and none has a priority. */
void __init irqchip_init(void)
{
	intc = ioremap(INTC_PHYS, INTC_SIZE);
	handle_arch_irq = omap_intc_handle_irq;
	pr_info("IRQ: INTC at 0x%px, %d interrupts\n", intc, NR_IRQS);
}
