/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_SIGNAL_H
#define _LINUX_SIGNAL_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <asm/signal.h>

typedef struct siginfo kernel_siginfo_t;

struct ksignal {
	struct sigaction	sa;
	kernel_siginfo_t	info;
	int			sig;
};

struct sigqueue {
	struct list_head	list;
	kernel_siginfo_t	info;
};

struct sigpending {
	struct list_head	list;	/* of sigqueue, oldest first */
	sigset_t		signal;
};

static inline void sigemptyset(sigset_t *set)
{
	memset(set, 0, sizeof(*set));
}

static inline void sigaddset(sigset_t *set, int sig)
{
	set->sig[(sig - 1) / _NSIG_BPW] |= 1UL << ((sig - 1) % _NSIG_BPW);
}

static inline void sigdelset(sigset_t *set, int sig)
{
	set->sig[(sig - 1) / _NSIG_BPW] &= ~(1UL << ((sig - 1) % _NSIG_BPW));
}

static inline int sigismember(const sigset_t *set, int sig)
{
	return 1 & (set->sig[(sig - 1) / _NSIG_BPW] >> ((sig - 1) % _NSIG_BPW));
}

static inline void sigorsets(sigset_t *r, const sigset_t *a, const sigset_t *b)
{
	for (int i = 0; i < _NSIG_WORDS; i++)
		r->sig[i] = a->sig[i] | b->sig[i];
}

/* Those of @a that are not in @b. */
static inline void sigandnsets(sigset_t *r, const sigset_t *a,
			       const sigset_t *b)
{
	for (int i = 0; i < _NSIG_WORDS; i++)
		r->sig[i] = a->sig[i] & ~b->sig[i];
}

static inline int valid_signal(int sig)
{
	return sig >= 1 && sig <= _NSIG;
}

/* Masks of those among the first 32. */
#define sigmask(sig)	(1UL << ((sig) - 1))
#define siginmask(sig, mask)	((sig) < 32 && (sigmask(sig) & (mask)))
/* Nobody handles, ignores or blocks these. */
#define SIG_KERNEL_ONLY_MASK	(sigmask(SIGKILL) | sigmask(SIGSTOP))

struct task_struct;
struct pt_regs;

extern int send_sig_info(int sig, kernel_siginfo_t *info,
			 struct task_struct *p, int group);
extern void force_sig_fault(int sig, int code, void __user *addr);
extern void force_sig(int sig);
/* Takes one that is not in @blocked: its number, or 0. */
extern int dequeue_signal(const sigset_t *blocked, kernel_siginfo_t *info);
/* What is overtaken, or ignored from now on, no longer waits. */
extern void drop_pending(struct task_struct *p, int sig);
extern void recalc_sigpending(void);
extern int handler_ignores(__sighandler_t handler, int sig);
/* Will it end the program, for want of a handler? */
extern int unhandled_signal(struct task_struct *tsk, int sig);
extern int get_signal(struct ksignal *ksig);
extern void signal_setup_done(int failed, struct ksignal *ksig);
extern void set_current_blocked(sigset_t *newset);
extern int set_user_sigmask(const sigset_t __user *umask, size_t sigsetsize);
extern sigset_t *sigmask_to_save(void);
extern int restore_altstack(const stack_t __user *uss);
extern int __save_altstack(stack_t __user *uss, unsigned long sp);
extern unsigned long sigsp(unsigned long sp, struct ksignal *ksig);
extern void flush_signal_handlers(struct task_struct *t);
extern void flush_sigqueue(struct sigpending *queue);
/* Kills the threads of a process, but one. */
extern void zap_threads(struct task_struct *p, struct task_struct *except);

static inline void init_sigpending(struct sigpending *sig)
{
	sigemptyset(&sig->signal);
	INIT_LIST_HEAD(&sig->list);
}

#endif
