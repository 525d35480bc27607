/*
 * setitimer(ITIMER_REAL), and alarm() by means of it: SIGALRM to the process
 * after a while, once or again and again.
 */
#include <linux/errno.h>
#include <linux/irqflags.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/sched/signal.h>
#include <linux/syscalls.h>
#include <linux/time.h>
#include <linux/uaccess.h>

#define ITIMER_REAL 0

static void start_real_timer(struct signal_struct *sig, u64 ns)
{
	mod_timer(&sig->real_timer, jiffies + timeout_to_jiffies(ns));
}

/* Stopped before the last thread leaves the list: see exit_notify(). */
void it_real_fn(struct timer_list *timer)
{
	struct signal_struct *sig =
		container_of(timer, struct signal_struct, real_timer);
	struct task_struct *tsk = list_first_entry(
		&sig->thread_head, struct task_struct, thread_node);

	send_sig_info(SIGALRM, NULL, tsk, 1);
	if (sig->it_real_incr)
		start_real_timer(sig, sig->it_real_incr);
}

static void read_itimer(struct __kernel_old_itimerval *value)
{
	struct signal_struct *sig = current->signal;
	unsigned long flags;
	u64 left = 0, incr = 0;

	local_irq_save(flags);
	if (timer_pending(&sig->real_timer)) {
		/* without the tick added above, yet never 0 */
		left = sig->real_timer.expires - jiffies - 1;
		left = max(left * TICK_NSEC, (u64)NSEC_PER_USEC);
		incr = sig->it_real_incr;
	}
	local_irq_restore(flags);
	value->it_interval = ns_to_kernel_old_timeval(incr);
	value->it_value = ns_to_kernel_old_timeval(left);
}

static int timeval_ns(const struct __kernel_old_timeval *tv, u64 *ns)
{
	if (tv->tv_sec < 0 || tv->tv_usec < 0 || tv->tv_usec >= USEC_PER_SEC)
		return -EINVAL;
	*ns = (u64)tv->tv_sec * NSEC_PER_SEC + tv->tv_usec * NSEC_PER_USEC;
	return 0;
}

SYSCALL_DEFINE3(setitimer, int, which,
		struct __kernel_old_itimerval __user *, uvalue,
		struct __kernel_old_itimerval __user *, uold)
{
	struct signal_struct *sig = current->signal;
	struct __kernel_old_itimerval new, old;
	u64 value, interval;

	if (which != ITIMER_REAL)
		return -EINVAL;
	if (copy_from_user(&new, uvalue, sizeof(new)))
		return -EFAULT;
	if (timeval_ns(&new.it_value, &value) ||
	    timeval_ns(&new.it_interval, &interval))
		return -EINVAL;
	read_itimer(&old);
	del_timer(&sig->real_timer);
	sig->it_real_incr = interval;
	if (value)
		start_real_timer(sig, value);
	return uold && copy_to_user(uold, &old, sizeof(old)) ? -EFAULT : 0;
}
