/*
 * Two of the AM335x's dual-mode timers, at 24 MHz: DMTIMER2 reloads itself
 * and interrupts HZ times a second, DMTIMER3 runs freely from 0 as the clock.
 * The crystal is their clock from reset on.
 */
#include <linux/bitops.h>
#include <linux/clk.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/time.h>
#include <linux/timer.h>

#define CLOCKEVENT_PHYS 0x48040000	/* DMTIMER2 */
#define CLOCKEVENT_IRQ 68
#define CLOCKSOURCE_PHYS 0x48042000	/* DMTIMER3 */
#define DMTIMER_SIZE 0x1000

#define DMTIMER_IRQSTATUS 0x28
#define DMTIMER_IRQENABLE_SET 0x2c
#define DMTIMER_TCLR 0x38
#define DMTIMER_TCRR 0x3c
#define DMTIMER_TLDR 0x40
#define DMTIMER_TWPS 0x48	/* writes still on their way */

#define INT_OVERFLOW BIT(1)
#define TCLR_START BIT(0)
#define TCLR_AUTORELOAD BIT(1)

static void __iomem *clockevent;
static void __iomem *clocksource;

static void dmtimer_write(void __iomem *timer, u32 reg, u32 value)
{
	while (readl(timer + DMTIMER_TWPS))
		;
	writel(value, timer + reg);
}

static u32 clocksource_read(void)
{
	return readl(clocksource + DMTIMER_TCRR);
}

static irqreturn_t clockevent_interrupt(int irq, void *dev_id)
{
	writel(INT_OVERFLOW, clockevent + DMTIMER_IRQSTATUS);
	tick_handle_periodic();
	return IRQ_HANDLED;
}

static void __init clockevent_init(void)
{
	u32 reload = -(CLOCKSOURCE_HZ / HZ);

	dmtimer_write(clockevent, DMTIMER_TLDR, reload);
	dmtimer_write(clockevent, DMTIMER_TCRR, reload);
	writel(INT_OVERFLOW, clockevent + DMTIMER_IRQENABLE_SET);
	if (request_irq(CLOCKEVENT_IRQ, clockevent_interrupt, 0, "timer", NULL))
		panic("no timer interrupt");
	dmtimer_write(clockevent, DMTIMER_TCLR, TCLR_START | TCLR_AUTORELOAD);
}

void __init time_init(void)
{
	clocksource = ioremap(CLOCKSOURCE_PHYS, DMTIMER_SIZE);
	clockevent = ioremap(CLOCKEVENT_PHYS, DMTIMER_SIZE);
	module_clk_enable(CM_PER_TIMER3_CLKCTRL);
	module_clk_enable(CM_PER_TIMER2_CLKCTRL);
	dmtimer_write(clocksource, DMTIMER_TCLR, TCLR_START | TCLR_AUTORELOAD);
	clocksource_register(clocksource_read);
	clockevent_init();
	pr_info("clocksource: dmtimer3 at %u Hz, dmtimer2 ticks at %d Hz\n",
		CLOCKSOURCE_HZ, HZ);
}
