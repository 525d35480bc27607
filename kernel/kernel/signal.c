// SPDX-License-Identifier: MIT
/*
 * Signals: sent, held back, and taken by the thread on its way to user mode.
 * Masked interrupts own every pending set: the console (^C) and the timer
 * (alarm) send from theirs.
 */
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
	__sighandler_t handler = tsk->signal->action[sig - 1].sa_handler;

	return handler == SIG_DFL || handler == SIG_IGN ||
	       sigismember(&tsk->blocked, sig);
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

void recalc_sigpending(void)
{
	struct task_struct *t = current;

	if (next_signal(&t->pending.signal, &t->blocked) ||
	    next_signal(&t->signal->shared_pending.signal, &t->blocked))
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
	struct sigaction *ka;

	for (ka = t->signal->action; ka < t->signal->action + _NSIG; ka++) {
		if (ka->sa_handler != SIG_IGN)
			ka->sa_handler = SIG_DFL;
		ka->sa_flags = 0;
		ka->sa_restorer = NULL;
		sigemptyset(&ka->sa_mask);
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
	for_each_thread(p, t) {
		if (group && wants_signal(sig, t)) {
			signal_wake_up(t);
			return;
		}
	}
}

/* Taken out: the oldest of its kind, of which there may be more. */
static void collect_signal(int sig, struct sigpending *pending,
			   kernel_siginfo_t *info)
{
	struct sigqueue *q, *next, *first = NULL;

	sigdelset(&pending->signal, sig);
	memset(info, 0, sizeof(*info));
	info->si_signo = sig;
	list_for_each_entry_safe(q, next, &pending->list, list) {
		if (q->info.si_signo != sig)
			continue;
		if (first) {
			sigaddset(&pending->signal, sig);
			break;
		}
		first = q;
	}
	if (first) {
		*info = first->info;
		list_del(&first->list);
		kfree(first);
	}
}

static void drop_from(struct sigpending *pending, int sig)
{
	kernel_siginfo_t info;

	while (sigismember(&pending->signal, sig))
		collect_signal(sig, pending, &info);
}

void drop_pending(struct task_struct *p, int sig)
{
	struct task_struct *t;

	guard(irqsave)();
	drop_from(&p->signal->shared_pending, sig);
	for_each_thread(p, t)
		drop_from(&t->pending, sig);
}

/* @info NULL: from the kernel.  @group: to the process, else the thread. */
int send_sig_info(int sig, kernel_siginfo_t *info, struct task_struct *p,
		  int group)
{
	struct sigpending *pending = &p->pending;
	struct sigqueue *q = NULL;

	guard(irqsave)();
	/* A blocked one may find a handler by the time it is unblocked. */
	if ((p->flags & PF_KTHREAD) ||
	    (!sigismember(&p->blocked, sig) &&
	     handler_ignores(p->signal->action[sig - 1].sa_handler, sig)))
		return 0;
	if (group)
		pending = &p->signal->shared_pending;
	/* Ordinary signals do not queue: a second one changes nothing. */
	if (sig >= 32 || !sigismember(&pending->signal, sig))
		q = kzalloc(sizeof(*q), GFP_ATOMIC);
	if (q) {
		if (info)
			q->info = *info;
		else
			q->info.si_code = SI_KERNEL;
		q->info.si_signo = sig;
		list_add_tail(&q->list, &pending->list);
	}
	sigaddset(&pending->signal, sig);
	complete_signal(sig, p, group);
	return 0;
}

/* To the thread itself, now: neither blocking nor ignoring it helps. */
void force_sig_fault(int sig, int code, void __user *addr)
{
	struct sigaction *action = &current->signal->action[sig - 1];
	kernel_siginfo_t info;

	memset(&info, 0, sizeof(info));
	info.si_code = code;
	info.si_addr = addr;
	if (sigismember(&current->blocked, sig) ||
	    action->sa_handler == SIG_IGN) {
		action->sa_handler = SIG_DFL;
		sigdelset(&current->blocked, sig);
	}
	send_sig_info(sig, &info, current, 0);
}

void force_sig(int sig)
{
	force_sig_fault(sig, SI_KERNEL, NULL);
}

int dequeue_signal(const sigset_t *blocked, kernel_siginfo_t *info)
{
	struct sigpending *pending = &current->pending;
	int sig;

	guard(irqsave)();
	sig = next_signal(&pending->signal, blocked);
	if (!sig) {
		pending = &current->signal->shared_pending;
		sig = next_signal(&pending->signal, blocked);
	}
	if (sig)
		collect_signal(sig, pending, info);
	recalc_sigpending();
	return sig;
}

/*
 * The next signal with a handler, in @ksig; 0 if none is left.  Those without
 * are dealt with on the way, which may well be the end of the process.
 */
int get_signal(struct ksignal *ksig)
{
	struct sigaction *ka;
	int sig;

	for (;;) {
		sig = dequeue_signal(&current->blocked, &ksig->info);
		if (!sig)
			break;
		ka = &current->signal->action[sig - 1];
		if (handler_ignores(ka->sa_handler, sig))
			continue;
		if (ka->sa_handler != SIG_DFL) {
			ksig->sa = *ka;
			if (ka->sa_flags & SA_RESETHAND)
				ka->sa_handler = SIG_DFL;
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
	guard(irqsave)();
	newset->sig[0] &= ~SIG_KERNEL_ONLY_MASK;
	current->blocked = *newset;
	recalc_sigpending();
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
			current->signal->action[SIGSEGV - 1].sa_handler =
				SIG_DFL;
		force_sig(SIGSEGV);
		return;
	}
	clear_thread_flag(TIF_RESTORE_SIGMASK);
	sigorsets(&blocked, &blocked, &ksig->sa.sa_mask);
	if (!(ksig->sa.sa_flags & SA_NODEFER))
		sigaddset(&blocked, ksig->sig);
	set_current_blocked(&blocked);
}
