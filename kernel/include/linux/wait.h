/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_WAIT_H
#define _LINUX_WAIT_H

#include <linux/errno.h>
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

typedef struct wait_queue_head {
	struct list_head	head;	/* of wait_queue_entry; IRQs masked */
} wait_queue_head_t;

typedef struct wait_queue_entry {
	struct task_struct	*task;
	struct list_head	entry;
} wait_queue_entry_t;

#define __WAIT_QUEUE_HEAD_INITIALIZER(name) \
	{ LIST_HEAD_INIT((name).head) }
#define DECLARE_WAIT_QUEUE_HEAD(name) \
	wait_queue_head_t name = __WAIT_QUEUE_HEAD_INITIALIZER(name)
#define DEFINE_WAIT(name) \
	wait_queue_entry_t name = { current, LIST_HEAD_INIT((name).entry) }

extern void init_waitqueue_head(wait_queue_head_t *wq);
extern void prepare_to_wait(wait_queue_head_t *wq, wait_queue_entry_t *wait,
			    int state);
extern void finish_wait(wait_queue_head_t *wq, wait_queue_entry_t *wait);
extern void wake_up(wait_queue_head_t *wq);

#define wake_up_all(x)		wake_up(x)
#define wake_up_interruptible(x) wake_up(x)
#define wake_up_interruptible_all(x) wake_up(x)

static inline int waitqueue_active(wait_queue_head_t *wq)
{
	return !list_empty(&wq->head);
}

/*
 * The state is set before the condition is looked at: a wake-up that falls
 * between the two makes the task runnable again and schedule() returns.
 */
#define ___wait_event(wq, condition, state, ret, cmd) do {		\
	DEFINE_WAIT(__wait);						\
	for (;;) {							\
		prepare_to_wait(&(wq), &__wait, state);			\
		if (condition)						\
			break;						\
		if (signal_pending_state(state, current)) {		\
			ret = -ERESTARTSYS;				\
			break;						\
		}							\
		cmd;							\
	}								\
	finish_wait(&(wq), &__wait);					\
} while (0)

#define wait_event(wq, condition) do {					\
	long __ret __maybe_unused = 0;					\
	if (!(condition))						\
		___wait_event(wq, condition, TASK_UNINTERRUPTIBLE,	\
			      __ret, schedule());			\
} while (0)

#define wait_event_interruptible(wq, condition) ({			\
	long __ret = 0;							\
	if (!(condition))						\
		___wait_event(wq, condition, TASK_INTERRUPTIBLE,	\
			      __ret, schedule());			\
	(int)__ret; })

#endif
