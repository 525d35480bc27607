/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_SCHED_SIGNAL_H
#define _LINUX_SCHED_SIGNAL_H

#include <linux/sched.h>
#include <linux/timer.h>
#include <linux/wait.h>

/* What the threads of one process have in common (CLONE_THREAD). */
struct signal_struct {
	atomic_t		sigcnt;		/* tasks that refer to it */
	int			live;		/* threads not yet exiting */
	struct list_head	thread_head;	/* of task_struct.thread_node */
	struct sigaction	action[_NSIG];	/* how signals are handled */
	struct sigpending	shared_pending;
	wait_queue_head_t	wait_chldexit;	/* for wait4() */
	int			group_exit_code;
	int			group_exit;	/* group_exit_code is valid */
	struct task_struct	*group_exec_task; /* others die for its exec */
	pid_t			pgrp, session;	/* under tasklist */
	unsigned long		rlim_stack;	/* bytes */
	unsigned long		rlim_nofile;	/* descriptors */
	unsigned long		utime, stime;	/* of threads gone, ticks */
	unsigned long		cutime, cstime;	/* of children waited for */
	struct timer_list	real_timer;	/* setitimer()'s */
	u64			it_real_incr;	/* its period, ns; or 0 */
};

#define for_each_thread(p, t) \
	list_for_each_entry(t, &(p)->signal->thread_head, thread_node)

#define _STK_LIM	(8 * 1024 * 1024)	/* bytes of user stack */

extern struct signal_struct init_signals;

/* Ticks of all threads of the caller's process. */
extern void process_times(unsigned long *utime, unsigned long *stime);
extern void it_real_fn(struct timer_list *timer);
extern void release_task(struct task_struct *p);

#endif
