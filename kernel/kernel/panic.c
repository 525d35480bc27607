/* The end: the one that all hope for, and the others. */
#include <linux/console.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/reboot.h>

int oops_in_progress;

/* The machine has no power switch but its own sleep. */
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

void panic(const char *fmt, ...)
{
	static char buf[256];
	va_list args;

	local_irq_disable();
	console_verbose();
	va_start(args, fmt);
	vscnprintf(buf, sizeof(buf), fmt, args);
	va_end(args);
	pr_emerg("Kernel panic - not syncing: %s\n", buf);
	if (!oops_in_progress)
		dump_stack();
	pr_emerg("---[ end Kernel panic - not syncing: %s ]---\n", buf);
	machine_power_off();
}

/* The undefined instruction takes the usual way to an oops. */
void __bug(const char *file, int line, const char *func)
{
	pr_crit("kernel BUG at %s:%d in %s!\n", file, line, func);
	asm volatile(".inst 0xe7f001f2");
	unreachable();
}

void __stack_chk_fail(void);

/* The compiler calls it when a function's canary has changed. */
void __noreturn __stack_chk_fail(void)
{
	panic("stack-protector: Kernel stack is corrupted in: %pB",
	      __builtin_return_address(0));
}
