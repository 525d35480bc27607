/* SPDX-License-Identifier: MIT */
/*
 * thread_info.preempt_count: bits 0-7 count preempt_disable()s, bits 16-19
 * the interrupts being served.  The CPU may be given away where it is 0.
 */
#ifndef __LINUX_PREEMPT_H
#define __LINUX_PREEMPT_H

#include <linux/cleanup.h>
#include <linux/compiler.h>
#include <linux/kconfig.h>
#include <asm/thread_info.h>

#define PREEMPT_OFFSET		0x00000001
#define HARDIRQ_OFFSET		0x00010000
#define HARDIRQ_MASK		0x000f0000
#define INIT_PREEMPT_COUNT	PREEMPT_OFFSET

#define preempt_count()		READ_ONCE(current_thread_info()->preempt_count)
#define preempt_count_add(n)	(current_thread_info()->preempt_count += (n))
#define preempt_count_sub(n)	(current_thread_info()->preempt_count -= (n))

#define hardirq_count()		(preempt_count() & HARDIRQ_MASK)
#define in_interrupt()		hardirq_count()
#define in_atomic()		(preempt_count() != 0)

extern void preempt_schedule(void);

#define preempt_disable() do {						\
	preempt_count_add(PREEMPT_OFFSET);				\
	barrier();							\
} while (0)

#define preempt_enable_no_resched() do {				\
	barrier();							\
	preempt_count_sub(PREEMPT_OFFSET);				\
} while (0)

/* Any tick that came meanwhile is made good now. */
#define preempt_enable() do {						\
	preempt_enable_no_resched();					\
	if (IS_ENABLED(CONFIG_PREEMPT) &&				\
	    unlikely(test_thread_flag(TIF_NEED_RESCHED)))		\
		preempt_schedule();					\
} while (0)

/* guard(preempt)(): not preempted from here to the end of the scope. */
#define __lock_preempt(...)	({ preempt_disable(); 0; })
static inline void __free_guard_preempt(int *unused)
{
	preempt_enable();
}

#endif
