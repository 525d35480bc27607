/* SPDX-License-Identifier: MIT */
/*
 * Threads with nothing hidden: one clone() with a fresh stack, one futex to
 * wait for the end, one futex for a lock.
 */
#ifndef _THREAD_H
#define _THREAD_H

#include <sys/types.h>

#define THREAD_STACK_SIZE (64 * 1024)

/*
 * Lives at the top of the thread's stack, and TPIDRURO points at it, so that
 * errno can be found. The kernel clears @tid and wakes its futex when the
 * thread has ended (CLONE_CHILD_CLEARTID).
 */
struct thread {
	int tid;
	int error;
	void *(*start)(void *argument);
	void *argument;
	void *result;
	void *stack;
};

/* 0 free, 1 taken, 2 taken and someone sleeps for it. */
struct mutex {
	int state;
};

#define MUTEX_INIT { 0 }

/* NULL and errno if there is no memory or no thread to be had. */
struct thread *thread_create(void *(*start)(void *), void *argument);

/* Wait for the end, free the stack, return what @start returned. */
void *thread_join(struct thread *thread);

void mutex_lock(struct mutex *mutex);
void mutex_unlock(struct mutex *mutex);

#endif
