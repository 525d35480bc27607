// SPDX-License-Identifier: MIT
/* The end of tasks, and those who wait for it. */
#include <linux/completion.h>
#include <linux/cred.h>
#include <linux/fdtable.h>
#include <linux/futex.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/time.h>
#include <linux/uaccess.h>
#include <uapi/linux/resource.h>
#include <uapi/linux/wait.h>
#include <asm/mmu_context.h>

/* Out of the lists; the caller's reference is the last but the stack's. */
void release_task(struct task_struct *p)
{
	preempt_disable();
	list_del(&p->tasks);
	list_del(&p->thread_node);
	list_del(&p->sibling);
	p->signal->utime += p->utime;
	p->signal->stime += p->stime;
	preempt_enable();
	flush_sigqueue(&p->pending);
	if (atomic_dec_and_test(&p->signal->sigcnt)) {
		flush_sigqueue(&p->signal->shared_pending);
		kfree(p->signal);
	}
	put_task_struct(p);
}

/*
 * The address space is given up by exit and by exec: whoever waits for the
 * thread by futex, and a parent waiting in vfork(), can go on.
 */
void exec_release_mm(struct task_struct *tsk, struct mm_struct *mm)
{
	struct completion *vfork = tsk->vfork_done;

	if (tsk->clear_child_tid) {
		if (atomic_read(&mm->mm_users) > 1) {
			put_user(0, tsk->clear_child_tid);
			do_futex_wake((u32 __user *)tsk->clear_child_tid, 1, 1);
		}
		tsk->clear_child_tid = NULL;
	}
	if (vfork) {
		tsk->vfork_done = NULL;
		complete(vfork);
	}
}

static void exit_mm(void)
{
	struct task_struct *tsk = current;
	struct mm_struct *mm = tsk->mm;

	if (!mm)
		return;
	exec_release_mm(tsk, mm);
	preempt_disable();
	tsk->mm = NULL;
	tsk->active_mm = &init_mm;
	switch_mm(mm, &init_mm);
	preempt_enable();
	mmput(mm);
}

/* Children of a process that is gone belong to PID 1. */
static void forget_original_parent(struct task_struct *father)
{
	struct task_struct *p, *next, *reaper = find_task_by_vpid(1), *t;

	/* Another thread of the same process is as good a parent. */
	for_each_thread(father, t) {
		if (t != father && !t->exit_state && !(t->flags & PF_EXITING)) {
			reaper = t;
			break;
		}
	}
	if (!reaper)
		reaper = &init_task;
	list_for_each_entry_safe(p, next, &father->children, sibling) {
		p->real_parent = reaper;
		list_del(&p->sibling);
		list_add_tail(&p->sibling, &reaper->children);
		if (p->exit_state == EXIT_ZOMBIE)
			wake_up_all(&reaper->signal->wait_chldexit);
	}
}

static void send_sigchld(struct task_struct *leader)
{
	int sig = leader->exit_code & 0x7f;
	kernel_siginfo_t info;

	/* clone() takes any number for it */
	if (!valid_signal(leader->exit_signal))
		return;
	memset(&info, 0, sizeof(info));
	info.si_pid = leader->tgid;
	info.si_uid = leader->cred->ids[USER][REAL];
	info.si_code = sig ? CLD_KILLED : CLD_EXITED;
	info.si_status = sig ? sig : leader->exit_code >> 8;
	send_sig_info(leader->exit_signal, &info, leader->real_parent, 1);
}

/* A parent that ignores its children's end leaves no zombies. */
static int autoreap(struct task_struct *leader)
{
	struct task_struct *parent = leader->real_parent;
	struct sigaction *sa = &parent->signal->action[SIGCHLD - 1];

	if (parent->flags & PF_KTHREAD)
		return 0;
	return sa->sa_handler == SIG_IGN || (sa->sa_flags & SA_NOCLDWAIT);
}

/*
 * A process is a zombie when its last thread is gone; threads other than the
 * leader leave nothing behind.
 */
static void exit_notify(struct task_struct *tsk)
{
	struct task_struct *leader = tsk->group_leader;
	struct task_struct *parent = leader->real_parent;
	struct signal_struct *sig = tsk->signal;

	guard(preempt)();
	forget_original_parent(tsk);
	if (sig->group_exit)
		leader->exit_code = sig->group_exit_code;
	tsk->exit_state = thread_group_leader(tsk) ? EXIT_ZOMBIE : EXIT_DEAD;
	if (--sig->live)
		return;
	del_timer(&sig->real_timer);
	send_sigchld(leader);
	/* Nobody will wait for it; this task goes by itself, later. */
	if (autoreap(leader)) {
		leader->exit_state = EXIT_DEAD;
		if (leader != tsk)
			release_task(leader);
	}
	wake_up_all(&parent->signal->wait_chldexit);
}

void __noreturn do_exit(long code)
{
	struct task_struct *tsk = current;

	BUG_ON(in_interrupt());
	/* An oops on the way out, perhaps for a lock an oops left held. */
	if (tsk->flags & PF_EXITING)
		panic("Recursive fault while %s exits", tsk->comm);
	if (tsk->pid <= 1)
		panic("Attempted to kill %s! exitcode=0x%08lx",
		      tsk->pid ? "init" : "the idle task", code);
	tsk->flags |= PF_EXITING;
	tsk->exit_code = code;
	set_current_state(TASK_RUNNING);

	exit_mm();
	exit_files(tsk);
	exit_fs(tsk);

	/* From here to the last schedule() nobody may take the task apart. */
	preempt_disable();
	exit_notify(tsk);
	tsk->state = TASK_DEAD;
	if (tsk->exit_state == EXIT_DEAD)
		release_task(tsk);
	schedule();
	panic("a dead task was scheduled");
}

/* Ends all threads of the process with one status. */
void __noreturn do_group_exit(int exit_code)
{
	struct signal_struct *sig = current->signal;

	preempt_disable();
	if (!sig->group_exit) {
		sig->group_exit = 1;
		sig->group_exit_code = exit_code;
		zap_threads(current, current);
	}
	preempt_enable();
	do_exit(sig->group_exit_code);
}

SYSCALL_DEFINE1(exit, int, error_code)
{
	do_exit((error_code & 0xff) << 8);
}

SYSCALL_DEFINE1(exit_group, int, error_code)
{
	do_group_exit((error_code & 0xff) << 8);
}

static int eligible_child(struct task_struct *p, pid_t pid)
{
	if (pid == 0)
		return p->signal->pgrp == current->signal->pgrp;
	return pid == -1 || (pid > 0 ? p->pid : -p->signal->pgrp) == pid;
}

static struct task_struct *find_zombie(pid_t pid, int *found)
{
	struct task_struct *t, *p;

	*found = 0;
	for_each_thread(current, t) {
		list_for_each_entry(p, &t->children, sibling) {
			if (!eligible_child(p, pid))
				continue;
			*found = 1;
			if (p->exit_state == EXIT_ZOMBIE && !p->signal->live)
				return p;
		}
	}
	return NULL;
}

/* One look: a child's pid, 0 if none has ended, or -ECHILD. */
static int do_wait_once(pid_t pid, int *stat, struct rusage *ru)
{
	struct signal_struct *sig = current->signal;
	unsigned long utime, stime;
	struct task_struct *p;
	int ret;

	guard(preempt)();
	p = find_zombie(pid, &ret);
	if (!p)
		return ret ? 0 : -ECHILD;
	ret = p->pid;
	*stat = p->exit_code;
	utime = p->utime + p->signal->utime;
	stime = p->stime + p->signal->stime;
	ru->ru_utime = ticks_to_timeval(utime);
	ru->ru_stime = ticks_to_timeval(stime);
	sig->cutime += utime + p->signal->cutime;
	sig->cstime += stime + p->signal->cstime;
	p->exit_state = EXIT_DEAD;
	release_task(p);
	return ret;
}

static int do_wait(pid_t pid, int options, int *stat, struct rusage *ru)
{
	int ret = do_wait_once(pid, stat, ru), err;

	if (ret || (options & WNOHANG))
		return ret;
	err = wait_event_interruptible(current->signal->wait_chldexit,
				       (ret = do_wait_once(pid, stat, ru)));
	return ret ? ret : err;
}

pid_t kernel_wait(pid_t pid, int *stat)
{
	struct rusage ru;

	return do_wait(pid, 0, stat, &ru);
}

/* No process is ever stopped: nothing is told by WUNTRACED and WCONTINUED. */
SYSCALL_DEFINE4(wait4, pid_t, pid, int __user *, stat_addr, int, options,
		struct rusage __user *, ru)
{
	struct rusage usage = { 0 };
	int ret, stat;

	if (options & ~(WNOHANG | WUNTRACED | WCONTINUED | __WCLONE | __WALL))
		return -EINVAL;
	if (pid == INT_MIN)
		return -ESRCH;
	ret = do_wait(pid, options, &stat, &usage);
	if (ret <= 0)
		return ret;
	if ((stat_addr && put_user(stat, stat_addr)) ||
	    (ru && copy_to_user(ru, &usage, sizeof(usage))))
		return -EFAULT;
	return ret;
}
