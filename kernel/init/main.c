// SPDX-License-Identifier: MIT
/*
 * From head.S to the end: start_kernel() brings the kernel up on PID 0's
 * stack, kernel_init() (PID 1) runs the one program this machine was started
 * for, and switches the machine off after it.
 */
#include <linux/binfmts.h>
#include <linux/console.h>
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/irq.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/params.h>
#include <linux/reboot.h>
#include <linux/sched.h>
#include <linux/stackprotector.h>
#include <linux/string.h>
#include <linux/time.h>
#include <asm/cp15.h>
#include <asm/entry.h>
#include <asm/setup.h>

/* The program's Linux wait status, for whoever watches the machine. */
int init_exit_code;
int init_exited;

/* PID 2 while it is still the kernel's: it becomes the program. */
static int call_usermodehelper_exec_async(void *data)
{
	int ret = kernel_execve(argv_init[0], argv_init, envp_init);

	if (!ret)
		return 0;
	pr_err("Requested init %s failed (error %d)\n", argv_init[0], ret);
	do_exit(ret == -ENOENT ? 127 << 8 : 126 << 8);
}

static void report_exit(int status)
{
	int sig = status & 0x7f;

	pr_info("%s: %s %d\n", argv_init[0],
		sig ? "killed by signal" : "exited with status",
		sig ? sig : status >> 8 & 0xff);
}

static int kernel_init(void *unused)
{
	pid_t pid, child;
	int status = 0;

	do_initcalls();
	boot_init_stack_canary();
	populate_rootfs();
	mark_rodata_ro();
	console_on_rootfs();
	pr_info("Run %s as init process\n", argv_init[0]);

	child = kernel_thread(call_usermodehelper_exec_async, NULL, "init",
			      SIGCHLD);
	if (child < 0)
		panic("no process for %s: error %d", argv_init[0], child);
	/* Orphans come to us as well; the machine ends with the program. */
	do {
		pid = kernel_wait(-1, &status);
	} while (pid > 0 && pid != child);

	init_exit_code = status;
	init_exited = 1;
	report_exit(status);
	kernel_power_off();
}

/* PID 1 first, so that it has the number; then this thread idles. */
static void __noreturn rest_init(void)
{
	kernel_thread(kernel_init, NULL, "init", CLONE_FS);
	schedule();
	cpu_startup_entry();
}

asmlinkage void __init start_kernel(void)
{
	local_irq_disable();
	setup_arch();
	console_init();
	parse_args();
	pr_notice("%s", linux_banner);
	pr_info("CPU: ARMv7 Processor [%08x] revision %d (ARMv7), cr=%08x\n",
		read_midr(), read_midr() & 15, get_cr());
	pr_notice("Kernel command line: %s\n", boot_command_line);
	mem_init();
	sched_init();
	irqchip_init();
	time_init();
	local_irq_enable();
	vfs_caches_init();
	rest_init();
}
