// SPDX-License-Identifier: MIT
/*
 * Signals: sent, held back, and taken by the thread on its way to user mode.
 * One CPU, so not being preempted owns every pending set; nothing is sent
 * from an interrupt but by the console (^C), which masks nothing we hold.
 */
#include <linux/cred.h>
#include <linux/irqflags.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/time.h>
#include <linux/timer.h>
#include <linux/uaccess.h>
#include <asm/entry.h>

#define sigmask(sig)	(1UL << ((sig) - 1))

/* All of these are among the first 32. */
#define SIG_KERNEL_ONLY_MASK	(sigmask(SIGKILL) | sigmask(SIGSTOP))
#define SIG_TERMINAL_STOP_MASK	(sigmask(SIGTSTP) | sigmask(SIGTTIN) | \
				 sigmask(SIGTTOU))
#define SIG_KERNEL_IGNORE_MASK	(sigmask(SIGCONT) | sigmask(SIGCHLD) | \
				 sigmask(SIGWINCH) | sigmask(SIGURG))
/* Raised by the thread's own instruction: these go first. */
#define SYNCHRONOUS_MASK	(sigmask(SIGSEGV) | sigmask(SIGBUS) | \
				 sigmask(SIGILL) | sigmask(SIGTRAP) | \
				 sigmask(SIGFPE) | sigmask(SIGSYS))

static int siginmask(int sig, unsigned long mask)
{
	return sig < 32 && (sigmask(sig) & mask);
}

static int sig_default_ignored(int sig)
{
	/*
	 * No shell watches over jobs here: each process group is orphaned, and
	 * stops by SIGSTOP only.
	 */
	return siginmask(sig, SIG_KERNEL_IGNORE_MASK | SIG_TERMINAL_STOP_MASK);
}

static int handler_ignores(__sighandler_t handler, int sig)
{
	if (handler == SIG_DFL)
		return sig_default_ignored(sig);
	return handler == SIG_IGN;
}

int unhandled_signal(struct task_struct *tsk, int sig)
{
	__sighandler_t handler = tsk->sighand->action[sig - 1].sa.sa_handler;

	return handler == SIG_DFL || handler == SIG_IGN ||
	       sigismember(&tsk->blocked, sig);
}

static int sig_ignored(struct task_struct *t, int sig)
{
	__sighandler_t handler = t->sighand->action[sig - 1].sa.sa_handler;

	/* A blocked one may find a handler by the time it is unblocked. */
	if (sigismember(&t->blocked, sig))
		return 0;
	return handler_ignores(handler, sig);
}

static int has_pending_signals(const sigset_t *signal, const sigset_t *blocked)
{
	int i;

	for (i = 0; i < _NSIG_WORDS; i++)
		if (signal->sig[i] & ~blocked->sig[i])
			return 1;
	return 0;
}

static int signal_waiting(struct task_struct *t)
{
	return has_pending_signals(&t->pending.signal, &t->blocked) ||
	       has_pending_signals(&t->signal->shared_pending.signal,
				   &t->blocked);
}

static void recalc_sigpending(void)
{
	if (signal_waiting(current))
		set_thread_flag(TIF_SIGPENDING);
	else
		clear_thread_flag(TIF_SIGPENDING);
}

void flush_sigqueue(struct sigpending *queue)
{
	struct sigqueue *q, *next;

	list_for_each_entry_safe(q, next, &queue->list, list) {
		list_del(&q->list);
		kfree(q);
	}
	sigemptyset(&queue->signal);
}

/* A new program starts with no handlers: their addresses mean nothing now. */
void flush_signal_handlers(struct task_struct *t)
{
	struct k_sigaction *ka;

	for (ka = t->sighand->action; ka < t->sighand->action + _NSIG; ka++) {
		if (ka->sa.sa_handler != SIG_IGN)
			ka->sa.sa_handler = SIG_DFL;
		ka->sa.sa_flags = 0;
		ka->sa.sa_restorer = NULL;
		sigemptyset(&ka->sa.sa_mask);
	}
}

static void signal_wake_up(struct task_struct *t, int fatal)
{
	set_tsk_thread_flag(t, TIF_SIGPENDING);
	wake_up_state(t, TASK_INTERRUPTIBLE | (fatal ? TASK_WAKEKILL : 0));
}

void zap_other_threads(struct task_struct *p)
{
	struct task_struct *t;

	for_each_thread(p, t) {
		if (t == p || t->exit_state)
			continue;
		sigaddset(&t->pending.signal, SIGKILL);
		signal_wake_up(t, 1);
	}
}

static int wants_signal(int sig, struct task_struct *t)
{
	return !t->exit_state && !(t->flags & PF_EXITING) &&
	       !sigismember(&t->blocked, sig);
}

/* Some thread must notice a signal sent to the whole process. */
static void complete_signal(int sig, struct task_struct *p, int group)
{
	struct task_struct *t;

	if (sig == SIGKILL && group) {
		for_each_thread(p, t) {
			if (t->exit_state)
				continue;
			sigaddset(&t->pending.signal, SIGKILL);
			signal_wake_up(t, 1);
		}
		return;
	}
	if (wants_signal(sig, p)) {
		signal_wake_up(p, sig == SIGKILL);
		return;
	}
	if (!group)
		return;
	for_each_thread(p, t) {
		if (wants_signal(sig, t)) {
			signal_wake_up(t, 0);
			return;
		}
	}
}

static void collect_signal(int sig, struct sigpending *pending,
			   kernel_siginfo_t *info)
{
	struct sigqueue *q, *next, *first = NULL;
	int more = 0;

	list_for_each_entry_safe(q, next, &pending->list, list) {
		if (q->info.si_signo != sig)
			continue;
		if (first)
			more = 1;
		else
			first = q;
	}
	if (!more)
		sigdelset(&pending->signal, sig);
	memset(info, 0, sizeof(*info));
	info->si_signo = sig;
	if (first) {
		*info = first->info;
		list_del(&first->list);
		kfree(first);
	}
}

/* What is overtaken, or ignored from now on, no longer waits. */
static void drop_pending(struct task_struct *p, int sig)
{
	kernel_siginfo_t info;
	struct task_struct *t;

	while (sigismember(&p->signal->shared_pending.signal, sig))
		collect_signal(sig, &p->signal->shared_pending, &info);
	for_each_thread(p, t)
		while (sigismember(&t->pending.signal, sig))
			collect_signal(sig, &t->pending, &info);
}

/* The parent may wait for this, and is told unless it does not want to be. */
static void notify_parent(struct task_struct *p, int code, int status)
{
	struct task_struct *parent = p->group_leader->real_parent;
	const int chld = SIGCHLD - 1;
	kernel_siginfo_t info;

	p->signal->stop_report = status;
	memset(&info, 0, sizeof(info));
	info.si_code = code;
	info.si_pid = p->tgid;
	info.si_status = code == CLD_STOPPED ? SIGSTOP : SIGCONT;
	if (parent->sighand &&
	    !(parent->sighand->action[chld].sa.sa_flags & SA_NOCLDSTOP))
		send_sig_info(SIGCHLD, &info, parent, 1);
	wake_up_all(&parent->signal->wait_chldexit);
}

/* SIGCONT acts when it is sent, whether or not it is blocked or handled. */
static void continue_process(struct task_struct *p)
{
	struct task_struct *t;

	drop_pending(p, SIGSTOP);
	if (!p->signal->stopped)
		return;
	p->signal->stopped = 0;
	for_each_thread(p, t)
		wake_up_state(t, __TASK_STOPPED);
	notify_parent(p, CLD_CONTINUED, 0xffff);
}

/* @info NULL: from the kernel.  @group: to the process, else the thread. */
int send_sig_info(int sig, kernel_siginfo_t *info, struct task_struct *p,
		  int group)
{
	struct sigpending *pending;
	struct sigqueue *q;
	unsigned long flags;

	local_irq_save(flags);
	if (!p->sighand || (p->flags & PF_KTHREAD))
		goto out;
	if (sig == SIGCONT)
		continue_process(p);
	if (sig_ignored(p, sig))
		goto out;
	pending = group ? &p->signal->shared_pending : &p->pending;
	/* Ordinary signals do not queue: a second one changes nothing. */
	if (sig < 32 && sigismember(&pending->signal, sig))
		goto wake;
	q = kmalloc(sizeof(*q), GFP_ATOMIC);
	if (q) {
		memset(&q->info, 0, sizeof(q->info));
		if (info)
			q->info = *info;
		else
			q->info.si_code = SI_KERNEL;
		q->info.si_signo = sig;
		list_add_tail(&q->list, &pending->list);
	}
	sigaddset(&pending->signal, sig);
wake:
	complete_signal(sig, p, group);
out:
	local_irq_restore(flags);
	return 0;
}

/* To the thread itself, now: neither blocking nor ignoring it helps. */
static void force_sig_info(kernel_siginfo_t *info)
{
	int sig = info->si_signo;
	struct k_sigaction *action = &current->sighand->action[sig - 1];

	if (sigismember(&current->blocked, sig) ||
	    action->sa.sa_handler == SIG_IGN) {
		action->sa.sa_handler = SIG_DFL;
		sigdelset(&current->blocked, sig);
	}
	send_sig_info(sig, info, current, 0);
}

void force_sig(int sig)
{
	kernel_siginfo_t info;

	memset(&info, 0, sizeof(info));
	info.si_signo = sig;
	info.si_code = SI_KERNEL;
	force_sig_info(&info);
}

void force_sig_fault(int sig, int code, void __user *addr)
{
	kernel_siginfo_t info;

	memset(&info, 0, sizeof(info));
	info.si_signo = sig;
	info.si_code = code;
	info.si_addr = addr;
	force_sig_info(&info);
}

static int next_signal(const sigset_t *signal, const sigset_t *blocked)
{
	unsigned long x = signal->sig[0] & ~blocked->sig[0];

	if (x & SIG_KERNEL_ONLY_MASK & sigmask(SIGKILL))
		return SIGKILL;
	if (x & SYNCHRONOUS_MASK)
		x &= SYNCHRONOUS_MASK;
	if (x)
		return __builtin_ctzl(x) + 1;
	x = signal->sig[1] & ~blocked->sig[1];
	return x ? __builtin_ctzl(x) + 33 : 0;
}

static int dequeue_signal(const sigset_t *blocked, kernel_siginfo_t *info)
{
	struct sigpending *pending = &current->pending;
	unsigned long flags;
	int sig;

	local_irq_save(flags);
	sig = next_signal(&pending->signal, blocked);
	if (!sig) {
		pending = &current->signal->shared_pending;
		sig = next_signal(&pending->signal, blocked);
	}
	if (sig)
		collect_signal(sig, pending, info);
	recalc_sigpending();
	local_irq_restore(flags);
	return sig;
}

static void stop_process(void)
{
	struct task_struct *t;

	preempt_disable();
	current->signal->stopped = 1;
	for_each_thread(current, t)
		if (t != current && !t->exit_state)
			signal_wake_up(t, 0);
	notify_parent(current, CLD_STOPPED, SIGSTOP << 8 | 0x7f);
	preempt_enable();
}

static void wait_for_sigcont(void)
{
	for (;;) {
		set_current_state(TASK_STOPPED);
		if (!current->signal->stopped || fatal_signal_pending(current))
			break;
		schedule();
	}
	set_current_state(TASK_RUNNING);
}

/*
 * The next signal with a handler, in @ksig; 0 if none is left.  Those without
 * are dealt with on the way, which may well be the end of the process.
 */
int get_signal(struct ksignal *ksig)
{
	struct k_sigaction *ka;
	int sig;

	for (;;) {
		if (current->signal->stopped)
			wait_for_sigcont();
		sig = dequeue_signal(&current->blocked, &ksig->info);
		if (!sig)
			break;
		ka = &current->sighand->action[sig - 1];
		if (ka->sa.sa_handler == SIG_IGN)
			continue;
		if (ka->sa.sa_handler != SIG_DFL) {
			ksig->ka = *ka;
			if (ka->sa.sa_flags & SA_RESETHAND)
				ka->sa.sa_handler = SIG_DFL;
			break;
		}
		if (sig_default_ignored(sig))
			continue;
		if (sig == SIGSTOP) {
			stop_process();
			continue;
		}
		/* Another thread's exec ends this one only. */
		if (current->signal->group_exec_task &&
		    current->signal->group_exec_task != current)
			do_exit(0);
		/* Fatal: to all threads, with the signal as the status. */
		do_group_exit(sig);
	}
	ksig->sig = sig;
	return sig > 0;
}

void set_current_blocked(sigset_t *newset)
{
	unsigned long flags;

	newset->sig[0] &= ~SIG_KERNEL_ONLY_MASK;
	local_irq_save(flags);
	current->blocked = *newset;
	recalc_sigpending();
	local_irq_restore(flags);
}

/* What to go back to when the handler returns. */
sigset_t *sigmask_to_save(void)
{
	if (test_thread_flag(TIF_RESTORE_SIGMASK))
		return &current->saved_sigmask;
	return &current->blocked;
}

/* The frame is built, or could not be: then the process must die. */
void signal_setup_done(int failed, struct ksignal *ksig)
{
	sigset_t blocked = current->blocked;
	int i;

	if (failed) {
		if (ksig->sig == SIGSEGV)
			current->sighand->action[SIGSEGV - 1].sa.sa_handler =
				SIG_DFL;
		force_sig(SIGSEGV);
		return;
	}
	clear_thread_flag(TIF_RESTORE_SIGMASK);
	for (i = 0; i < _NSIG_WORDS; i++)
		blocked.sig[i] |= ksig->ka.sa.sa_mask.sig[i];
	if (!(ksig->ka.sa.sa_flags & SA_NODEFER))
		sigaddset(&blocked, ksig->sig);
	set_current_blocked(&blocked);
}

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
	old = *k;
	if (act) {
		new.sa.sa_mask.sig[0] &= ~SIG_KERNEL_ONLY_MASK;
		preempt_disable();
		*k = new;
		if (handler_ignores(new.sa.sa_handler, sig))
			drop_pending(current, sig);
		preempt_enable();
	}
	if (oact && copy_to_user(oact, &old.sa, sizeof(old.sa)))
		return -EFAULT;
	return 0;
}

SYSCALL_DEFINE4(rt_sigprocmask, int, how, const sigset_t __user *, nset,
		sigset_t __user *, oset, size_t, sigsetsize)
{
	sigset_t old = current->blocked, set, new = old;
	int i;

	if (sigsetsize != sizeof(sigset_t))
		return -EINVAL;
	if (nset) {
		if (copy_from_user(&set, nset, sizeof(set)))
			return -EFAULT;
		for (i = 0; i < _NSIG_WORDS; i++) {
			switch (how) {
			case SIG_BLOCK:
				new.sig[i] |= set.sig[i];
				break;
			case SIG_UNBLOCK:
				new.sig[i] &= ~set.sig[i];
				break;
			case SIG_SETMASK:
				new.sig[i] = set.sig[i];
				break;
			default:
				return -EINVAL;
			}
		}
		set_current_blocked(&new);
	}
	if (oset && copy_to_user(oset, &old, sizeof(old)))
		return -EFAULT;
	return 0;
}

SYSCALL_DEFINE2(rt_sigpending, sigset_t __user *, uset, size_t, sigsetsize)
{
	sigset_t set;
	int i;

	if (sigsetsize > sizeof(set))
		return -EINVAL;
	for (i = 0; i < _NSIG_WORDS; i++)
		set.sig[i] = (current->pending.signal.sig[i] |
			      current->signal->shared_pending.signal.sig[i]) &
			     current->blocked.sig[i];
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
	sigset_t mask, old = current->blocked, open;
	int sig, i;

	for (i = 0; i < _NSIG_WORDS; i++) {
		mask.sig[i] = ~which->sig[i];
		open.sig[i] = old.sig[i] & mask.sig[i];
	}
	mask.sig[0] |= SIG_KERNEL_ONLY_MASK;
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

static int sigtimedwait(const sigset_t __user *uthese,
			siginfo_t __user *uinfo, const void __user *uts,
			enum timespec_form form, size_t sigsetsize)
{
	kernel_siginfo_t info;
	sigset_t these;
	u64 timeout;
	int ret;

	if (sigsetsize != sizeof(these))
		return -EINVAL;
	if (copy_from_user(&these, uthese, sizeof(these)))
		return -EFAULT;
	ret = get_timeout(uts, form, &timeout);
	if (!ret)
		ret = do_sigtimedwait(&these, &info,
				      timeout_to_jiffies(timeout));
	if (ret > 0 && uinfo && copy_to_user(uinfo, &info, sizeof(info)))
		return -EFAULT;
	return ret;
}

SYSCALL_DEFINE4(rt_sigtimedwait, const sigset_t __user *, uthese,
		siginfo_t __user *, uinfo,
		const struct __kernel_timespec __user *, uts,
		size_t, sigsetsize)
{
	return sigtimedwait(uthese, uinfo, uts, TIMESPEC64, sigsetsize);
}

SYSCALL_DEFINE4(rt_sigtimedwait_time32, const sigset_t __user *, uthese,
		siginfo_t __user *, uinfo,
		const struct old_timespec32 __user *, uts, size_t, sigsetsize)
{
	return sigtimedwait(uthese, uinfo, uts, TIMESPEC32, sigsetsize);
}

static void user_siginfo(kernel_siginfo_t *info, int sig, int code)
{
	memset(info, 0, sizeof(*info));
	info->si_signo = sig;
	info->si_code = code;
	info->si_pid = current->tgid;
}

/* Signal 0 only asks whether the target exists. */
/* A signal for another's task takes root, or being that other. */
static int may_kill(struct task_struct *p)
{
	const struct cred *cred = current_cred(), *to = p->cred;

	return same_thread_group(p, current) || cred->euid == to->suid ||
	       cred->euid == to->uid || cred->uid == to->suid ||
	       cred->uid == to->uid || capable(CAP_KILL);
}

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
	int ret;

	if (sig && !valid_signal(sig))
		return -EINVAL;
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
	int ret = -ESRCH;

	if (pid <= 0 || (sig && !valid_signal(sig)))
		return -EINVAL;
	user_siginfo(&info, sig, SI_TKILL);
	preempt_disable();
	p = find_task_by_vpid(pid);
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

SYSCALL_DEFINE3(rt_sigqueueinfo, pid_t, pid, int, sig,
		siginfo_t __user *, uinfo)
{
	kernel_siginfo_t info;
	struct task_struct *p;
	int ret;

	if (copy_from_user(&info, uinfo, sizeof(info)))
		return -EFAULT;
	if (sig && !valid_signal(sig))
		return -EINVAL;
	/* Nobody may pass for the kernel, or for kill(). */
	if ((info.si_code >= 0 || info.si_code == SI_TKILL) &&
	    pid != current->tgid)
		return -EPERM;
	preempt_disable();
	p = find_task_by_vpid(pid);
	ret = send_user(sig, &info, p, 1);
	preempt_enable();
	return ret;
}
