/* SPDX-License-Identifier: MIT */
#ifndef __LINUX_MUTEX_H
#define __LINUX_MUTEX_H

#include <linux/cleanup.h>
#include <linux/wait.h>

/* A lock whose holder may sleep; owner is written unpreempted. */
struct mutex {
	struct task_struct	*owner;
	wait_queue_head_t	wait;
};

#define __MUTEX_INITIALIZER(name) \
	{ NULL, __WAIT_QUEUE_HEAD_INITIALIZER((name).wait) }
#define DEFINE_MUTEX(name) struct mutex name = __MUTEX_INITIALIZER(name)

extern void mutex_init(struct mutex *lock);
extern void mutex_lock(struct mutex *lock);
extern int mutex_trylock(struct mutex *lock);
extern void mutex_unlock(struct mutex *lock);

DEFINE_GUARD(mutex, struct mutex *, mutex_lock(_T), mutex_unlock(_T))

#endif
