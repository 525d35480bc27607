// SPDX-License-Identifier: MIT
/*
 * What a program says about its signals: who handles them and on which stack,
 * which are held back, and for which it waits.
 */
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
	if ((ksig->sa.sa_flags & SA_ONSTACK) && !sas_ss_flags(sp))
		return current->sas_ss_sp + current->sas_ss_size;
	return sp;
}

int __save_altstack(stack_t __user *uss, unsigned long sp)
{
	stack_t old = {
		.ss_sp = (void *)current->sas_ss_sp,
		.ss_flags = sas_ss_flags(sp),
		.ss_size = current->sas_ss_size,
	};

	return copy_to_user(uss, &old, sizeof(old)) ? -EFAULT : 0;
}

static int set_altstack(const stack_t *ss)
{
	if (on_sig_stack(current_pt_regs()->ARM_sp))
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
	stack_t ss;

	if (uss && copy_from_user(&ss, uss, sizeof(ss)))
		return -EFAULT;
	if (uoss && __save_altstack(uoss, current_pt_regs()->ARM_sp))
		return -EFAULT;
	return uss ? set_altstack(&ss) : 0;
}

int restore_altstack(const stack_t __user *uss)
{
	stack_t ss;

	if (copy_from_user(&ss, uss, sizeof(ss)))
		return -EFAULT;
	/* A handler that ran on it may well return from it. */
	set_altstack(&ss);
	return 0;
}

SYSCALL_DEFINE4(rt_sigaction, int, sig, const struct sigaction __user *, act,
		struct sigaction __user *, oact, size_t, sigsetsize)
{
	struct sigaction *k, new, old;

	if (sigsetsize != sizeof(sigset_t) || !valid_signal(sig))
		return -EINVAL;
	if (act && siginmask(sig, SIG_KERNEL_ONLY_MASK))
		return -EINVAL;
	if (act && copy_from_user(&new, act, sizeof(new)))
		return -EFAULT;
	k = &current->signal->action[sig - 1];
	old = *k;
	if (act) {
		guard(preempt)();
		new.sa_mask.sig[0] &= ~SIG_KERNEL_ONLY_MASK;
		*k = new;
		if (handler_ignores(new.sa_handler, sig))
			drop_pending(current, sig);
	}
	if (oact && copy_to_user(oact, &old, sizeof(old)))
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

/*
 * A mask of the user's, or NULL for none, for the length of this system call
 * and its handler's start.
 */
int set_user_sigmask(const sigset_t __user *umask, size_t sigsetsize)
{
	sigset_t mask;

	if (!umask)
		return 0;
	if (sigsetsize != sizeof(mask))
		return -EINVAL;
	if (copy_from_user(&mask, umask, sizeof(mask)))
		return -EFAULT;
	current->saved_sigmask = current->blocked;
	set_current_blocked(&mask);
	set_thread_flag(TIF_RESTORE_SIGMASK);
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
	int err = unewset ? set_user_sigmask(unewset, sigsetsize) : -EFAULT;

	return err ? err : sys_pause();
}

/* Takes a signal of a set, waiting for one; -EAGAIN if none came in time. */
SYSCALL_DEFINE4(rt_sigtimedwait_time32, const sigset_t __user *, uthese,
		siginfo_t __user *, uinfo,
		const struct old_timespec32 __user *, uts, size_t, sigsetsize)
{
	sigset_t these, others, open, old = current->blocked;
	kernel_siginfo_t info;
	long timeout;
	u64 ns;
	int sig;

	if (sigsetsize != sizeof(these))
		return -EINVAL;
	if (copy_from_user(&these, uthese, sizeof(these)))
		return -EFAULT;
	sig = get_timeout(uts, &ns);
	if (sig)
		return sig;
	timeout = timeout_to_jiffies(ns);
	these.sig[0] &= ~SIG_KERNEL_ONLY_MASK;
	memset(&others, 0xff, sizeof(others));
	sigandnsets(&others, &others, &these);
	sigandnsets(&open, &old, &these);

	sig = dequeue_signal(&others, &info);
	if (!sig && timeout) {
		/* Unblocked while we sleep, or they would not wake us. */
		set_current_blocked(&open);
		if (!signal_pending(current)) {
			set_current_state(TASK_INTERRUPTIBLE);
			timeout = schedule_timeout(timeout);
		}
		set_current_blocked(&old);
		sig = dequeue_signal(&others, &info);
	}
	if (!sig)
		return timeout ? -EINTR : -EAGAIN;
	if (uinfo && copy_to_user(uinfo, &info, sizeof(info)))
		return -EFAULT;
	return sig;
}
