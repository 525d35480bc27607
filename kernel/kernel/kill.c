// SPDX-License-Identifier: MIT
/* Signals that one process sends another, or itself. */
#include <linux/cred.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/syscalls.h>

static void user_siginfo(kernel_siginfo_t *info, int sig, int code)
{
	memset(info, 0, sizeof(*info));
	info->si_signo = sig;
	info->si_code = code;
	info->si_pid = current->tgid;
	info->si_uid = current_uid();
}

/* Nothing here can be stopped, nor go on. */
static int check_signal(int sig)
{
	if (sig == SIGSTOP)
		return -ENOSYS;
	return sig && !valid_signal(sig) ? -EINVAL : 0;
}

/* A signal for another's task takes root, or being that other. */
static int may_kill(struct task_struct *p)
{
	const struct cred *cred = current_cred(), *to = p->cred;

	return same_thread_group(p, current) || cred->euid == to->suid ||
	       cred->euid == to->uid || cred->uid == to->suid ||
	       cred->uid == to->uid || capable(CAP_KILL);
}

/* Signal 0 only asks whether the target exists. */
static int send_user(int sig, kernel_siginfo_t *info, struct task_struct *p,
		     int group)
{
	if (!p || !p->pid)
		return -ESRCH;
	if (!may_kill(p))
		return -EPERM;
	if (!sig)
		return 0;
	return send_sig_info(sig, info, p, group);
}

/* A process group, or with -1 everybody but init and the caller. */
static int kill_group(int sig, kernel_siginfo_t *info, pid_t pgrp)
{
	struct task_struct *p;
	int ret = -ESRCH;

	for_each_process_thread(p) {
		if (p->pid <= 1 || !thread_group_leader(p))
			continue;
		if (pgrp == -1 ? !same_thread_group(p, current) :
				 p->signal->pgrp == pgrp)
			ret = send_user(sig, info, p, 1);
	}
	return ret;
}

SYSCALL_DEFINE2(kill, pid_t, pid, int, sig)
{
	kernel_siginfo_t info;
	struct task_struct *p;
	int ret = check_signal(sig);

	if (ret)
		return ret;
	user_siginfo(&info, sig, SI_USER);
	preempt_disable();
	if (pid > 0) {
		p = find_task_by_vpid(pid);
		ret = send_user(sig, &info, p ? p->group_leader : NULL, 1);
	} else if (pid == -1 || pid == 0) {
		ret = kill_group(sig, &info, pid ? -1 : current->signal->pgrp);
	} else {
		ret = kill_group(sig, &info, -pid);
	}
	preempt_enable();
	return ret;
}

static int do_tkill(pid_t tgid, pid_t pid, int sig)
{
	kernel_siginfo_t info;
	struct task_struct *p;
	int ret = pid <= 0 ? -EINVAL : check_signal(sig);

	if (ret)
		return ret;
	user_siginfo(&info, sig, SI_TKILL);
	preempt_disable();
	p = find_task_by_vpid(pid);
	ret = -ESRCH;
	if (p && (tgid <= 0 || p->tgid == tgid))
		ret = send_user(sig, &info, p, 0);
	preempt_enable();
	return ret;
}

SYSCALL_DEFINE3(tgkill, pid_t, tgid, pid_t, pid, int, sig)
{
	return tgid <= 0 ? -EINVAL : do_tkill(tgid, pid, sig);
}

SYSCALL_DEFINE2(tkill, pid_t, pid, int, sig)
{
	return do_tkill(0, pid, sig);
}
