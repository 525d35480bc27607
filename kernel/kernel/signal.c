// SPDX-License-Identifier: MIT
/*
 * Signals: sent, held back, and taken by the thread on its way to user mode.
 * Masked interrupts own every pending set: the console (^C) and the timer
 * (alarm) send from theirs.
 */
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

/* The stop signals too: each process group is orphaned here. */
#define SIG_KERNEL_IGNORE_MASK	(sigmask(SIGCONT) | sigmask(SIGCHLD) | \
				 sigmask(SIGWINCH) | sigmask(SIGURG) | \
				 sigmask(SIGTSTP) | sigmask(SIGTTIN) | \
				 sigmask(SIGTTOU))
/* Raised by the thread's own instruction: these go first. */
#define SYNCHRONOUS_MASK	(sigmask(SIGSEGV) | sigmask(SIGBUS) | \
				 sigmask(SIGILL) | sigmask(SIGTRAP) | \
				 sigmask(SIGFPE) | sigmask(SIGSYS))

int handler_ignores(__sighandler_t handler, int sig)
{
	if (handler == SIG_DFL)
		return siginmask(sig, SIG_KERNEL_IGNORE_MASK);
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

static int signal_waiting(struct task_struct *t)
{
	sigset_t set;

	sigorsets(&set, &t->pending.signal, &t->signal->shared_pending.signal);
	sigandnsets(&set, &set, &t->blocked);
	return set.sig[0] || set.sig[1];
}

void recalc_sigpending(void)
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

static void signal_wake_up(struct task_struct *t)
{
	set_tsk_thread_flag(t, TIF_SIGPENDING);
	wake_up_state(t, TASK_INTERRUPTIBLE);
}

void zap_threads(struct task_struct *p, struct task_struct *except)
{
	struct task_struct *t;

	for_each_thread(p, t) {
		if (t == except || t->exit_state)
			continue;
		sigaddset(&t->pending.signal, SIGKILL);
		signal_wake_up(t);
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
		zap_threads(p, NULL);
		return;
	}
	if (wants_signal(sig, p)) {
		signal_wake_up(p);
		return;
	}
	if (!group)
		return;
	for_each_thread(p, t) {
		if (wants_signal(sig, t)) {
			signal_wake_up(t);
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

void drop_pending(struct task_struct *p, int sig)
{
	kernel_siginfo_t info;
	struct task_struct *t;
	unsigned long flags;

	local_irq_save(flags);
	while (sigismember(&p->signal->shared_pending.signal, sig))
		collect_signal(sig, &p->signal->shared_pending, &info);
	for_each_thread(p, t)
		while (sigismember(&t->pending.signal, sig))
			collect_signal(sig, &t->pending, &info);
	local_irq_restore(flags);
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

	if (x & sigmask(SIGKILL))
		return SIGKILL;
	if (x & SYNCHRONOUS_MASK)
		x &= SYNCHRONOUS_MASK;
	if (x)
		return __builtin_ctzl(x) + 1;
	x = signal->sig[1] & ~blocked->sig[1];
	return x ? __builtin_ctzl(x) + 33 : 0;
}

int dequeue_signal(const sigset_t *blocked, kernel_siginfo_t *info)
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

/*
 * The next signal with a handler, in @ksig; 0 if none is left.  Those without
 * are dealt with on the way, which may well be the end of the process.
 */
int get_signal(struct ksignal *ksig)
{
	struct k_sigaction *ka;
	int sig;

	for (;;) {
		sig = dequeue_signal(&current->blocked, &ksig->info);
		if (!sig)
			break;
		ka = &current->sighand->action[sig - 1];
		if (handler_ignores(ka->sa.sa_handler, sig))
			continue;
		if (ka->sa.sa_handler != SIG_DFL) {
			ksig->ka = *ka;
			if (ka->sa.sa_flags & SA_RESETHAND)
				ka->sa.sa_handler = SIG_DFL;
			break;
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

	if (failed) {
		if (ksig->sig == SIGSEGV)
			current->sighand->action[SIGSEGV - 1].sa.sa_handler =
				SIG_DFL;
		force_sig(SIGSEGV);
		return;
	}
	clear_thread_flag(TIF_RESTORE_SIGMASK);
	sigorsets(&blocked, &blocked, &ksig->ka.sa.sa_mask);
	if (!(ksig->ka.sa.sa_flags & SA_NODEFER))
		sigaddset(&blocked, ksig->sig);
	set_current_blocked(&blocked);
}
