// SPDX-License-Identifier: MIT
/* Signals that one process sends another, or itself. */
#include <linux/cred.h>
#include <linux/sched/signal.h>
#include <linux/syscalls.h>

/* A signal for another's task takes root, or being that other. */
static int may_kill(struct task_struct *p)
{
	const u32 *to = p->cred->ids[USER];

	return same_thread_group(p, current) || current_euid() == 0 ||
	       current_euid() == to[SAVED] || current_euid() == to[REAL] ||
	       current_uid() == to[SAVED] || current_uid() == to[REAL];
}

/* Signal 0 only asks whether the target exists; none stops it. */
static int send_user(int sig, int code, struct task_struct *p, int group)
{
	kernel_siginfo_t info;

	if (!p || !p->pid)
		return -ESRCH;
	if (sig && !valid_signal(sig))
		return -EINVAL;
	if (!may_kill(p))
		return -EPERM;
	if (sig == SIGSTOP)
		return -ENOSYS;
	if (!sig)
		return 0;
	memset(&info, 0, sizeof(info));
	info.si_code = code;
	info.si_pid = current->tgid;
	info.si_uid = current_uid();
	return send_sig_info(sig, &info, p, group);
}

/*
 * A process group, or with -1 everybody but init and the caller: 0 if one of
 * them at least could be sent it.
 */
static int kill_group(int sig, pid_t pgrp)
{
	struct task_struct *p;
	int ret = -ESRCH, err;

	for_each_process_thread(p) {
		if (p->pid <= 1 || !thread_group_leader(p))
			continue;
		if (pgrp == -1 ? same_thread_group(p, current) :
				 p->signal->pgrp != pgrp)
			continue;
		err = send_user(sig, SI_USER, p, 1);
		if (ret)
			ret = err;
	}
	return ret;
}

SYSCALL_DEFINE2(kill, pid_t, pid, int, sig)
{
	struct task_struct *p;

	guard(preempt)();
	if (pid == 0 || pid == -1)
		return kill_group(sig, pid ? -1 : current->signal->pgrp);
	if (pid < 0)
		return kill_group(sig, -pid);
	p = find_task_by_vpid(pid);
	return send_user(sig, SI_USER, p ? p->group_leader : NULL, 1);
}

static int do_tkill(pid_t tgid, pid_t pid, int sig)
{
	struct task_struct *p;

	if (pid <= 0)
		return -EINVAL;
	guard(preempt)();
	p = find_task_by_vpid(pid);
	if (p && tgid && p->tgid != tgid)
		return -ESRCH;
	return send_user(sig, SI_TKILL, p, 0);
}

SYSCALL_DEFINE3(tgkill, pid_t, tgid, pid_t, pid, int, sig)
{
	return tgid <= 0 ? -EINVAL : do_tkill(tgid, pid, sig);
}

SYSCALL_DEFINE2(tkill, pid_t, pid, int, sig)
{
	return do_tkill(0, pid, sig);
}
