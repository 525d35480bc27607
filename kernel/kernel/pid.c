// SPDX-License-Identifier: MIT
/* Numbers of tasks and process groups. */
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
	struct task_struct *p;

	guard(preempt)();
	for_each_process_thread(p)
		if (p->pid == nr)
			return p;
	return NULL;
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
	/* he may be going */
	guard(preempt)();
	return current->group_leader->real_parent->tgid;
}

SYSCALL_DEFINE0(getpgrp)
{
	return current->signal->pgrp;
}

SYSCALL_DEFINE1(getpgid, pid_t, pid)
{
	struct task_struct *p;

	guard(preempt)();
	p = pid ? find_task_by_vpid(pid) : current;
	return p ? p->signal->pgrp : -ESRCH;
}

/* Someone in the group, or NULL: then there is none. */
static struct task_struct *member_of(pid_t pgrp)
{
	struct task_struct *p;

	for_each_process_thread(p)
		if (p->signal->pgrp == pgrp)
			return p;
	return NULL;
}

/* A process joins a group of its session, or founds one. */
SYSCALL_DEFINE2(setpgid, pid_t, pid, pid_t, pgid)
{
	struct task_struct *me = current->group_leader, *p, *member;

	if (!pid)
		pid = me->tgid;
	if (!pgid)
		pgid = pid;
	if (pgid < 0)
		return -EINVAL;
	guard(preempt)();
	p = find_task_by_vpid(pid);
	if (p && !thread_group_leader(p))
		return -EINVAL;
	if (!p || (p != me && p->real_parent->group_leader != me))
		return -ESRCH;
	if (p->signal->session != me->signal->session ||
	    p->signal->session == pid)
		return -EPERM;
	if (p != me && !(p->flags & PF_FORKNOEXEC))
		return -EACCES;
	member = member_of(pgid);
	if (pgid != pid &&
	    (!member || member->signal->session != me->signal->session))
		return -EPERM;
	p->signal->pgrp = pgid;
	return 0;
}

/* No terminal belongs to anybody: a session only keeps its groups together. */
SYSCALL_DEFINE0(setsid)
{
	struct signal_struct *sig = current->signal;

	guard(preempt)();
	if (member_of(current->tgid))
		return -EPERM;
	sig->session = sig->pgrp = current->tgid;
	return sig->session;
}
