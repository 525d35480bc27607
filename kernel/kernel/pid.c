// SPDX-License-Identifier: MIT
/* Numbers of tasks and process groups. */
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/syscalls.h>

#define PID_MAX		32768

/*
 * The list of tasks, parents and children.  One CPU, and nobody walks them
 * from an interrupt: not being preempted is enough.
 */
static pid_t last_pid;

pid_t alloc_pid(void)
{
	do {
		if (++last_pid >= PID_MAX)
			last_pid = 300;
	} while (find_task_by_vpid(last_pid));
	return last_pid;
}

struct task_struct *find_task_by_vpid(pid_t nr)
{
	struct task_struct *p, *found = NULL;

	preempt_disable();
	for_each_process_thread(p)
		if (p->pid == nr)
			found = p;
	preempt_enable();
	return found;
}

SYSCALL_DEFINE0(getpid)
{
	return current->tgid;
}

SYSCALL_DEFINE0(gettid)
{
	return current->pid;
}

SYSCALL_DEFINE0(getppid)
{
	pid_t ppid;

	/* he may be going */
	preempt_disable();
	ppid = current->group_leader->real_parent->tgid;
	preempt_enable();
	return ppid;
}

SYSCALL_DEFINE0(getpgrp)
{
	return current->signal->pgrp;
}

/* The process, or the caller's if @pid is 0; the caller is not preempted. */
static struct task_struct *process_of(pid_t pid)
{
	struct task_struct *p = pid ? find_task_by_vpid(pid) : current;

	return p ? p->group_leader : NULL;
}

SYSCALL_DEFINE1(getpgid, pid_t, pid)
{
	struct task_struct *p;
	pid_t ret = -ESRCH;

	preempt_disable();
	p = process_of(pid);
	if (p)
		ret = p->signal->pgrp;
	preempt_enable();
	return ret;
}

static int pgrp_exists(pid_t pgrp)
{
	struct task_struct *p;

	for_each_process_thread(p)
		if (p->signal->pgrp == pgrp)
			return 1;
	return 0;
}

/* A process joins a group, or founds one. */
static int join_pgrp(struct task_struct *p, pid_t pgid)
{
	if (!p || (p != current->group_leader &&
		   p->real_parent->group_leader != current->group_leader))
		return -ESRCH;
	if (!pgid)
		pgid = p->tgid;
	if (pgid != p->tgid && !pgrp_exists(pgid))
		return -EPERM;
	p->signal->pgrp = pgid;
	return 0;
}

SYSCALL_DEFINE2(setpgid, pid_t, pid, pid_t, pgid)
{
	int ret;

	if (pgid < 0)
		return -EINVAL;
	preempt_disable();
	ret = join_pgrp(process_of(pid), pgid);
	preempt_enable();
	return ret;
}

/* No terminal belongs to anybody, so a session is no more than its group. */
SYSCALL_DEFINE0(setsid)
{
	pid_t ret = -EPERM;

	preempt_disable();
	if (!pgrp_exists(current->tgid))
		ret = current->signal->pgrp = current->tgid;
	preempt_enable();
	return ret;
}
