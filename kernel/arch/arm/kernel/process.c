// SPDX-License-Identifier: MIT
/* What a thread is to the processor. */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/stackprotector.h>
#include <asm/entry.h>
#include <asm/tls.h>
#include <asm/traps.h>
#include <asm/vfp.h>

#ifdef CONFIG_STACKPROTECTOR
/* What -fstack-protector puts before every return address. */
unsigned long __stack_chk_guard = 0x000aff0d;

/*
 * Only from a function that never returns, and with no such function below
 * it on any stack: their canaries would be the old ones.  The low byte is
 * zero, so that no string can carry it.
 */
void boot_init_stack_canary(void)
{
	__stack_chk_guard = get_random_u32() & ~0xffUL;
}
#endif

/* IRQs are masked: WFI wakes all the same, and the caller opens them. */
void arch_cpu_idle(void)
{
	asm volatile("dsb\n\twfi" : : : "memory");
}

/* A fresh program: no register holds anything of the one before. */
void start_thread(struct pt_regs *regs, unsigned long pc, unsigned long sp)
{
	memset(regs, 0, sizeof(*regs));
	regs->ARM_cpsr = USR_MODE;
	if (pc & 1)
		regs->ARM_cpsr |= PSR_T_BIT;
	regs->ARM_pc = pc & ~1UL;
	regs->ARM_sp = sp;
}

void flush_thread(void)
{
	static const struct user_vfp zero;

	vfp_load_state(&zero);
	memset(&current->thread, 0, sizeof(current->thread));
	set_tls(0);
}

/*
 * Lays out the child's stack so that __switch_to() enters ret_from_fork.  A
 * kernel thread gets its function in r5 and the argument in r4; a user
 * thread gets its parent's registers, with 0 as the result of clone().
 */
void copy_thread(unsigned long clone_flags, unsigned long stack_start,
		 unsigned long arg, struct task_struct *p, unsigned long tls,
		 int (*fn)(void *))
{
	struct thread_info *thread = task_thread_info(p);
	struct pt_regs *childregs = task_pt_regs(p);

	memset(&thread->cpu_context, 0, sizeof(thread->cpu_context));
	if (fn) {
		thread->cpu_context.r4 = arg;
		thread->cpu_context.r5 = (u32)fn;
		memset(childregs, 0, sizeof(*childregs));
		memset(thread->tp_value, 0, sizeof(thread->tp_value));
		memset(&thread->vfpstate, 0, sizeof(thread->vfpstate));
	} else {
		*childregs = *current_pt_regs();
		childregs->ARM_r0 = 0;
		if (stack_start)
			childregs->ARM_sp = stack_start;
		vfp_save_state(&thread->vfpstate);
		thread->tp_value[1] = __read_sysreg_cp15(c13, 0, c0, 2);
		if (clone_flags & CLONE_SETTLS)
			thread->tp_value[0] = tls;
		else
			thread->tp_value[0] =
				current_thread_info()->tp_value[0];
	}
	thread->cpu_context.sp = (u32)childregs;
	thread->cpu_context.pc = (u32)ret_from_fork;
}

void show_regs(struct pt_regs *regs)
{
	if (!user_mode(regs)) {
		pr_alert("PC is at %pS\n", (void *)regs->ARM_pc);
		pr_alert("LR is at %pS\n", (void *)regs->ARM_lr);
	}
	pr_alert("pc : [<%08lx>]    lr : [<%08lx>]    psr: %08lx\n",
		 regs->ARM_pc, regs->ARM_lr, regs->ARM_cpsr);
	pr_alert("sp : %08lx  ip : %08lx  fp : %08lx\n",
		 regs->ARM_sp, regs->ARM_ip, regs->ARM_fp);
	pr_alert("r10: %08lx  r9 : %08lx  r8 : %08lx\n",
		 regs->ARM_r10, regs->ARM_r9, regs->ARM_r8);
	pr_alert("r7 : %08lx  r6 : %08lx  r5 : %08lx  r4 : %08lx\n",
		 regs->ARM_r7, regs->ARM_r6, regs->ARM_r5, regs->ARM_r4);
	pr_alert("r3 : %08lx  r2 : %08lx  r1 : %08lx  r0 : %08lx\n",
		 regs->ARM_r3, regs->ARM_r2, regs->ARM_r1, regs->ARM_r0);
	pr_alert("Control: %08x  Table: %08x  DAC: %08x\n", get_cr(),
		 __read_sysreg_cp15(c2, 0, c0, 0), read_dacr());
}
