/* SPDX-License-Identifier: MIT */
/*
 * A kernel stack is 8 KiB, aligned to its size.  thread_info lies at the
 * bottom, so that "sp & ~8191" finds it from anywhere in the kernel; pt_regs
 * lies at the top.  The word after thread_info holds STACK_END_MAGIC: a stack
 * that grew into it has overflowed.
 */
#ifndef __ASM_ARM_THREAD_INFO_H
#define __ASM_ARM_THREAD_INFO_H

#include <asm/page.h>

#define THREAD_SIZE_ORDER	1
#define THREAD_SIZE		(PAGE_SIZE << THREAD_SIZE_ORDER)
#define THREAD_START_SP		(THREAD_SIZE - 8)
#define STACK_END_MAGIC		0x57ac6e9d

#define TIF_SIGPENDING		0	/* a signal is waiting */
#define TIF_NEED_RESCHED	1	/* the time slice is used up */
#define TIF_RESTORE_SIGMASK	2	/* undo sigsuspend()'s mask */

#define _TIF_NEED_RESCHED	(1 << TIF_NEED_RESCHED)

/* What must be seen to before user mode is entered again */
#define _TIF_WORK_MASK		0xff

#ifndef __ASSEMBLY__

#include <linux/types.h>
#include <linux/compiler.h>
#include <asm/vfp.h>

struct task_struct;

/* The callee-saved registers: all that __switch_to() must keep. */
struct cpu_context_save {
	__u32 r4;
	__u32 r5;
	__u32 r6;
	__u32 r7;
	__u32 r8;
	__u32 r9;
	__u32 sl;
	__u32 fp;
	__u32 sp;
	__u32 pc;
};

struct thread_info {
	unsigned long		flags;		/* TIF_ bits */
	int			preempt_count;	/* 0: may be preempted */
	struct task_struct	*task;
	__u32			cpu;
	struct cpu_context_save	cpu_context;
	unsigned long		tp_value[2];	/* TPIDRURO, TPIDRURW */
	struct user_vfp		vfpstate;
};

union thread_union {
	struct thread_info thread_info;
	unsigned long stack[THREAD_SIZE / sizeof(long)];
};

/* PID 0's, in the image */
extern union thread_union init_thread_union
	__aligned(THREAD_SIZE) __section(".data..init_task");

register unsigned long current_stack_pointer asm("sp");

static __always_inline struct thread_info *current_thread_info(void)
{
	unsigned long sp = current_stack_pointer;

	return (struct thread_info *)(sp & ~(THREAD_SIZE - 1));
}

static inline void set_ti_thread_flag(struct thread_info *ti, int flag)
{
	__atomic_or_fetch(&ti->flags, 1UL << flag, __ATOMIC_RELAXED);
}

static inline void clear_ti_thread_flag(struct thread_info *ti, int flag)
{
	__atomic_and_fetch(&ti->flags, ~(1UL << flag), __ATOMIC_RELAXED);
}

static inline int test_ti_thread_flag(struct thread_info *ti, int flag)
{
	return (*(volatile unsigned long *)&ti->flags >> flag) & 1;
}

#define set_thread_flag(f)	set_ti_thread_flag(current_thread_info(), f)
#define clear_thread_flag(f)	clear_ti_thread_flag(current_thread_info(), f)
#define test_thread_flag(f)	test_ti_thread_flag(current_thread_info(), f)

#endif /* !__ASSEMBLY__ */
#endif
