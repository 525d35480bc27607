/* SPDX-License-Identifier: MIT */
/*
 * One CPU: against other threads it is enough not to be preempted, against
 * interrupt handlers to mask them.  The lock word only proves that the
 * rules are kept.
 */
#ifndef __LINUX_SPINLOCK_H
#define __LINUX_SPINLOCK_H

#include <linux/bug.h>
#include <linux/cleanup.h>
#include <linux/irqflags.h>
#include <linux/preempt.h>

typedef struct {
	int locked;
} spinlock_t;

#define __SPIN_LOCK_UNLOCKED	{ 0 }
#define DEFINE_SPINLOCK(x)	spinlock_t x = __SPIN_LOCK_UNLOCKED
#define spin_lock_init(lock)	((lock)->locked = 0)

static inline void spin_lock(spinlock_t *lock)
{
	preempt_disable();
	BUG_ON(lock->locked);
	lock->locked = 1;
	barrier();
}

static inline void spin_unlock(spinlock_t *lock)
{
	barrier();
	lock->locked = 0;
	preempt_enable();
}

DEFINE_GUARD(spinlock, spinlock_t *, spin_lock(_T), spin_unlock(_T))

#define spin_lock_irqsave(lock, flags) do {				\
	local_irq_save(flags);						\
	spin_lock(lock);						\
} while (0)

/* Interrupts first: preempt_enable() may give the CPU away. */
#define spin_unlock_irqrestore(lock, flags) do {			\
	barrier();							\
	(lock)->locked = 0;						\
	local_irq_restore(flags);					\
	preempt_enable();						\
} while (0)

#endif
