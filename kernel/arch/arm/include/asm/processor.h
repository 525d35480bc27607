/* SPDX-License-Identifier: MIT */
#ifndef __ASM_ARM_PROCESSOR_H
#define __ASM_ARM_PROCESSOR_H

#include <asm/ptrace.h>
#include <asm/thread_info.h>

/* Of the latest fault, for the signal and for the debugger */
struct thread_struct {
	unsigned long	address;	/* FAR */
	unsigned long	error_code;	/* FSR */
	unsigned long	trap_no;
};

struct task_struct;

#define task_pt_regs(p)	\
	((struct pt_regs *)(THREAD_START_SP + (unsigned long)(p)->stack) - 1)

/* THREAD_START_SP, from any address on this stack */
#define current_pt_regs() \
	((struct pt_regs *)((current_stack_pointer | (THREAD_SIZE - 1)) - 7) \
	 - 1)

extern void start_thread(struct pt_regs *regs, unsigned long pc,
			 unsigned long sp);
extern void cpu_init(void);
extern void arch_cpu_idle(void);

#endif
