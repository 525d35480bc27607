/* Stopping the machine: it has no power switch but its own sleep. */
#include <linux/console.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/reboot.h>

void machine_power_off(void)
{
	local_irq_disable();
	console_flush_on_panic();
	for (;;)
		asm volatile("dsb\n\twfi" : : : "memory");
}

void kernel_power_off(void)
{
	pr_info("reboot: Power down\n");
	machine_power_off();
}
