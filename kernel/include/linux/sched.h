/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_SCHED_H
#define _LINUX_SCHED_H

#include <linux/list.h>
#include <linux/preempt.h>
#include <linux/signal.h>
#include <linux/types.h>
#include <uapi/linux/sched.h>
#include <asm/current.h>
#include <asm/processor.h>

#define TASK_RUNNING		0x0000
#define TASK_INTERRUPTIBLE	0x0001
#define TASK_UNINTERRUPTIBLE	0x0002
#define TASK_DEAD		0x0080
#define TASK_NORMAL		(TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE)

#define TASK_COMM_LEN		16
#define MAX_SCHEDULE_TIMEOUT	((long)(~0UL >> 1))

#define PF_EXITING		0x00000004
#define PF_FORKNOEXEC		0x00000040
#define PF_KTHREAD		0x00200000

struct cred;
struct mm_struct;
struct files_struct;
struct fs_struct;

struct signal_struct;
struct completion;

struct task_struct {
	unsigned int		state;		/* TASK_ */
	void			*stack;		/* its thread_info */
	unsigned int		flags;		/* PF_ */
	atomic_t		usage;
	int			on_rq;
	struct list_head	run_list;	/* in the run queue */
	struct list_head	tasks;		/* all tasks, from init_task */

	struct mm_struct	*mm;		/* NULL: kernel thread */
	struct mm_struct	*active_mm;	/* whose table is loaded */

	int			exit_state;	/* EXIT_ */
	int			exit_code;	/* as wait4() gives it */
	int			exit_signal;	/* to parent; -1: a thread */
	pid_t			pid;
	pid_t			tgid;
	struct task_struct	*real_parent;	/* under tasklist */
	struct list_head	children;
	struct list_head	sibling;
	struct task_struct	*group_leader;
	struct list_head	thread_node;
	struct completion	*vfork_done;
	int __user		*set_child_tid;
	int __user		*clear_child_tid;

	unsigned long		utime, stime;	/* ticks */
	unsigned long		min_flt, maj_flt;
	char			comm[TASK_COMM_LEN];

	const struct cred	*cred;		/* on whose behalf */
	struct fs_struct	*fs;
	struct files_struct	*files;

	struct signal_struct	*signal;
	sigset_t		blocked;
	sigset_t		saved_sigmask;	/* TIF_RESTORE_SIGMASK */
	struct sigpending	pending;
	unsigned long		sas_ss_sp;
	size_t			sas_ss_size;

	int			pagefault_disabled;
	struct thread_struct	thread;
};

#define EXIT_DEAD		0x10
#define EXIT_ZOMBIE		0x20

extern struct task_struct init_task;

#define task_thread_info(t)	((struct thread_info *)(t)->stack)
#define task_stack_end(t)	((unsigned long *)(task_thread_info(t) + 1))
#define set_tsk_thread_flag(t, f) set_ti_thread_flag(task_thread_info(t), f)
#define clear_tsk_thread_flag(t, f) clear_ti_thread_flag(task_thread_info(t), f)
#define test_tsk_thread_flag(t, f) test_ti_thread_flag(task_thread_info(t), f)

#define for_each_process_thread(p) \
	list_for_each_entry(p, &init_task.tasks, tasks)
#define thread_group_leader(p)	((p)->group_leader == (p))
#define same_thread_group(a, b)	((a)->signal == (b)->signal)

/* A store that wakers on this CPU see before what follows it. */
#define set_current_state(s) do {					\
	WRITE_ONCE(current->state, (s));				\
	barrier();							\
} while (0)

static inline int signal_pending(struct task_struct *p)
{
	return test_tsk_thread_flag(p, TIF_SIGPENDING);
}

static inline int fatal_signal_pending(struct task_struct *p)
{
	return signal_pending(p) && sigismember(&p->pending.signal, SIGKILL);
}

static inline int signal_pending_state(unsigned int state,
				       struct task_struct *p)
{
	return (state & TASK_INTERRUPTIBLE) && signal_pending(p);
}

static inline void set_tsk_need_resched(struct task_struct *t)
{
	set_tsk_thread_flag(t, TIF_NEED_RESCHED);
}

#define need_resched()		test_thread_flag(TIF_NEED_RESCHED)

extern void schedule(void);
extern long schedule_timeout(long timeout);
extern void scheduler_tick(void);
extern int wake_up_process(struct task_struct *p);
extern int wake_up_state(struct task_struct *p, unsigned int state);
extern void schedule_tail(struct task_struct *prev);
extern void sched_init(void);
extern void __noreturn cpu_startup_entry(void);

extern pid_t kernel_thread(int (*fn)(void *), void *arg, const char *name,
			   unsigned long flags);
extern void __noreturn do_exit(long code);
extern void __noreturn do_group_exit(int exit_code);
/* Waits for a child to end: its number, and its wait status. */
extern pid_t kernel_wait(pid_t pid, int *stat);
extern pid_t alloc_pid(void);
extern struct task_struct *find_task_by_vpid(pid_t nr);
extern void exec_release_mm(struct task_struct *tsk, struct mm_struct *mm);
extern void put_task_struct(struct task_struct *t);
extern void copy_thread(unsigned long clone_flags, unsigned long stack_start,
			unsigned long arg, struct task_struct *p,
			unsigned long tls, int (*fn)(void *));
extern void flush_thread(void);

#endif
