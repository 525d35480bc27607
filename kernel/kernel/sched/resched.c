// SPDX-License-Identifier: MIT
/*
 * An interrupt that does nothing but ask for another thread: what a second
 * core would send as its reschedule IPI.  No device drives the line; it is
 * raised by software, through the controller's ISR_SET register or from
 * outside the machine, and so dropped by software.
 *
 * The switch itself is made where every interrupt's switch is made: on the
 * way back to user mode, or, with CONFIG_PREEMPT, on the way back into the
 * kernel (arch/arm/kernel/entry-armv.S).
 */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/kernel.h>
#include <linux/sched.h>

/* Reserved on the AM335x (TRM SPRUH73, table 6-1): nobody else can want it. */
#define RESCHED_IRQ	48

static irqreturn_t scheduler_ipi(int irq, void *dev_id)
{
	irq_set_state(irq, false);
	/* the idle task gives way to whoever is runnable without being told */
	if (current != &init_task)
		set_tsk_need_resched(current);
	return IRQ_HANDLED;
}

static int __init resched_init(void)
{
	return request_irq(RESCHED_IRQ, scheduler_ipi, 0, "resched", NULL);
}
core_initcall(resched_init);
