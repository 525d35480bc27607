/* Stopping the machine: it has no power switch but its own sleep. */
#include <linux/console.h>
#include <linux/cred.h>
#include <linux/errno.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/reboot.h>
#include <linux/syscalls.h>

#define LINUX_REBOOT_MAGIC1 (int)0xfee1dead
#define LINUX_REBOOT_MAGIC2 672274793
#define LINUX_REBOOT_CMD_HALT 0xcdef0123
#define LINUX_REBOOT_CMD_POWER_OFF 0x4321fedc

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

SYSCALL_DEFINE4(reboot, int, magic1, int, magic2, unsigned int, cmd,
		void __user *, arg)
{
	if (!capable(CAP_SYS_BOOT))
		return -EPERM;
	if (magic1 != LINUX_REBOOT_MAGIC1 || magic2 != LINUX_REBOOT_MAGIC2)
		return -EINVAL;
	if (cmd != LINUX_REBOOT_CMD_POWER_OFF && cmd != LINUX_REBOOT_CMD_HALT)
		return -EINVAL;
	kernel_power_off();
}
