/* SPDX-License-Identifier: MIT */
/* The C functions that the assembly of arch/arm/kernel calls. */
#ifndef __ASM_ARM_ENTRY_H
#define __ASM_ARM_ENTRY_H

#include <linux/linkage.h>
#include <asm/ptrace.h>

struct task_struct;

asmlinkage void start_kernel(void);
asmlinkage void do_DataAbort(unsigned long addr, unsigned int fsr,
			     struct pt_regs *regs);
asmlinkage void do_PrefetchAbort(unsigned long addr, unsigned int ifsr,
				 struct pt_regs *regs);
asmlinkage void do_undefinstr(struct pt_regs *regs);
asmlinkage void asm_do_IRQ(struct pt_regs *regs);
asmlinkage void bad_mode(struct pt_regs *regs);
asmlinkage void do_work_pending(struct pt_regs *regs,
				unsigned int thread_flags, int syscall);
asmlinkage void preempt_schedule_irq(void);
asmlinkage long arm_syscall(unsigned int no, struct pt_regs *regs);
asmlinkage long sys_sigreturn(struct pt_regs *regs);
asmlinkage long sys_rt_sigreturn(struct pt_regs *regs);

/* and what they come from */
asmlinkage void ret_from_fork(void);

#endif
