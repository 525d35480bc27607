// SPDX-License-Identifier: MIT
/*
 * What a program says about its signals: who handles them and on which stack,
 * which are held back, and for which it waits.
 */
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/syscalls.h>
#include <linux/time.h>
#include <linux/uaccess.h>

static int on_sig_stack(unsigned long sp)
{
	return sp > current->sas_ss_sp &&
	       sp - current->sas_ss_sp <= current->sas_ss_size;
}

static int sas_ss_flags(unsigned long sp)
{
	if (!current->sas_ss_size)
		return SS_DISABLE;
	return on_sig_stack(sp) ? SS_ONSTACK : 0;
}

/* Where the handler's frame goes. */
unsigned long sigsp(unsigned long sp, struct ksignal *ksig)
{
	if ((ksig->ka.sa.sa_flags & SA_ONSTACK) && !sas_ss_flags(sp))
		return current->sas_ss_sp + current->sas_ss_size;
	return sp;
}

static int do_sigaltstack(const stack_t *ss, stack_t *oss, unsigned long sp)
{
	if (oss) {
		memset(oss, 0, sizeof(*oss));
		oss->ss_sp = (void *)current->sas_ss_sp;
		oss->ss_size = current->sas_ss_size;
		oss->ss_flags = sas_ss_flags(sp);
	}
	if (!ss)
		return 0;
	if (on_sig_stack(sp))
		return -EPERM;
	if (ss->ss_flags & ~(SS_DISABLE | SS_ONSTACK))
		return -EINVAL;
	if (ss->ss_flags & SS_DISABLE) {
		current->sas_ss_sp = current->sas_ss_size = 0;
		return 0;
	}
	if (ss->ss_size < MINSIGSTKSZ)
		return -ENOMEM;
	current->sas_ss_sp = (unsigned long)ss->ss_sp;
	current->sas_ss_size = ss->ss_size;
	return 0;
}

SYSCALL_DEFINE2(sigaltstack, const stack_t __user *, uss,
		stack_t __user *, uoss)
{
	stack_t ss, oss;
	int ret;

	if (uss && copy_from_user(&ss, uss, sizeof(ss)))
		return -EFAULT;
	ret = do_sigaltstack(uss ? &ss : NULL, &oss,
			     current_pt_regs()->ARM_sp);
	if (!ret && uoss && copy_to_user(uoss, &oss, sizeof(oss)))
		return -EFAULT;
	return ret;
}

int restore_altstack(const stack_t __user *uss)
{
	stack_t ss;

	if (copy_from_user(&ss, uss, sizeof(ss)))
		return -EFAULT;
	/* A handler that ran on it may well return from it. */
	do_sigaltstack(&ss, NULL, current_pt_regs()->ARM_sp);
	return 0;
}

int __save_altstack(stack_t __user *uss, unsigned long sp)
{
	stack_t oss;

	do_sigaltstack(NULL, &oss, sp);
	return copy_to_user(uss, &oss, sizeof(oss)) ? -EFAULT : 0;
}

SYSCALL_DEFINE4(rt_sigaction, int, sig, const struct sigaction __user *, act,
		struct sigaction __user *, oact, size_t, sigsetsize)
{
	struct k_sigaction *k, new, old;

	if (sigsetsize != sizeof(sigset_t) || !valid_signal(sig))
		return -EINVAL;
	if (act && siginmask(sig, SIG_KERNEL_ONLY_MASK))
		return -EINVAL;
	if (act && copy_from_user(&new.sa, act, sizeof(new.sa)))
		return -EFAULT;
	k = &current->sighand->action[sig - 1];
	preempt_disable();
	old = *k;
	if (act) {
		new.sa.sa_mask.sig[0] &= ~SIG_KERNEL_ONLY_MASK;
		*k = new;
		if (handler_ignores(new.sa.sa_handler, sig))
			drop_pending(current, sig);
	}
	preempt_enable();
	if (oact && copy_to_user(oact, &old.sa, sizeof(old.sa)))
		return -EFAULT;
	return 0;
}

SYSCALL_DEFINE4(rt_sigprocmask, int, how, const sigset_t __user *, nset,
		sigset_t __user *, oset, size_t, sigsetsize)
{
	sigset_t old = current->blocked, set;

	if (sigsetsize != sizeof(sigset_t))
		return -EINVAL;
	if (nset) {
		if (copy_from_user(&set, nset, sizeof(set)))
			return -EFAULT;
		if (how == SIG_BLOCK)
			sigorsets(&set, &old, &set);
		else if (how == SIG_UNBLOCK)
			sigandnsets(&set, &old, &set);
		else if (how != SIG_SETMASK)
			return -EINVAL;
		set_current_blocked(&set);
	}
	if (oset && copy_to_user(oset, &old, sizeof(old)))
		return -EFAULT;
	return 0;
}

SYSCALL_DEFINE2(rt_sigpending, sigset_t __user *, uset, size_t, sigsetsize)
{
	sigset_t set, open;

	if (sigsetsize > sizeof(set))
		return -EINVAL;
	sigorsets(&set, &current->pending.signal,
		  &current->signal->shared_pending.signal);
	sigandnsets(&open, &set, &current->blocked);
	sigandnsets(&set, &set, &open);
	return copy_to_user(uset, &set, sigsetsize) ? -EFAULT : 0;
}

/* @set for the length of this system call, and its handler's start. */
static void set_restore_sigmask(sigset_t *set)
{
	current->saved_sigmask = current->blocked;
	set_current_blocked(set);
	set_thread_flag(TIF_RESTORE_SIGMASK);
}

/* The same with a mask of the user's; NULL for none. */
int set_user_sigmask(const sigset_t __user *umask, size_t sigsetsize)
{
	sigset_t mask;

	if (!umask)
		return 0;
	if (sigsetsize != sizeof(mask))
		return -EINVAL;
	if (copy_from_user(&mask, umask, sizeof(mask)))
		return -EFAULT;
	set_restore_sigmask(&mask);
	return 0;
}

/* Until a signal comes. */
SYSCALL_DEFINE0(pause)
{
	while (!signal_pending(current)) {
		set_current_state(TASK_INTERRUPTIBLE);
		schedule();
	}
	set_current_state(TASK_RUNNING);
	return -ERESTARTNOHAND;
}

SYSCALL_DEFINE2(rt_sigsuspend, sigset_t __user *, unewset, size_t, sigsetsize)
{
	sigset_t newset;

	if (sigsetsize != sizeof(newset))
		return -EINVAL;
	if (copy_from_user(&newset, unewset, sizeof(newset)))
		return -EFAULT;
	set_restore_sigmask(&newset);
	return sys_pause();
}

/* Take a signal of @which, waiting up to @timeout jiffies; -EAGAIN if none. */
static int do_sigtimedwait(const sigset_t *which, kernel_siginfo_t *info,
			   long timeout)
{
	sigset_t mask = { { ~which->sig[0] | SIG_KERNEL_ONLY_MASK,
			    ~which->sig[1] } };
	sigset_t old = current->blocked, open;
	int sig;

	sigandnsets(&open, &old, which);
	sig = dequeue_signal(&mask, info);
	if (!sig && timeout) {
		/* Unblocked while we sleep, or they would not wake us. */
		set_current_blocked(&open);
		if (!signal_pending(current)) {
			set_current_state(TASK_INTERRUPTIBLE);
			timeout = schedule_timeout(timeout);
		}
		set_current_blocked(&old);
		sig = dequeue_signal(&mask, info);
	}
	recalc_sigpending();
	if (sig)
		return sig;
	return timeout ? -EINTR : -EAGAIN;
}

SYSCALL_DEFINE4(rt_sigtimedwait_time32, const sigset_t __user *, uthese,
		siginfo_t __user *, uinfo,
		const struct old_timespec32 __user *, uts, size_t, sigsetsize)
{
	kernel_siginfo_t info;
	sigset_t these;
	u64 timeout;
	int ret;

	if (sigsetsize != sizeof(these))
		return -EINVAL;
	if (copy_from_user(&these, uthese, sizeof(these)))
		return -EFAULT;
	ret = get_timeout(uts, &timeout);
	if (!ret)
		ret = do_sigtimedwait(&these, &info,
				      timeout_to_jiffies(timeout));
	if (ret > 0 && uinfo && copy_to_user(uinfo, &info, sizeof(info)))
		return -EFAULT;
	return ret;
}
