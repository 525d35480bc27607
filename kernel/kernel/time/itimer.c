/*
 * setitimer(ITIMER_REAL) and what alarm() makes of it: SIGALRM after a while,
 * once or again and again. A process has at most one; its timer stays, idle,
 * when it has gone off or its process has ended, and the next may take it.
 */
#include <linux/errno.h>
#include <linux/irqflags.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/time.h>
#include <linux/timer.h>
#include <linux/uaccess.h>

#define ITIMER_REAL 0

struct itimer {
	struct list_head list;
	struct timer_list timer;
	pid_t tgid;		/* 0: idle */
	u64 interval;		/* nanoseconds; 0: once */
};

/* Owned by masked interrupts. */
static LIST_HEAD(itimers);

static void start_itimer(struct itimer *it, u64 ns)
{
	/* part of the current tick is over: one more */
	mod_timer(&it->timer, jiffies + nsecs_to_jiffies(ns) + 1);
}

static void itimer_expired(struct timer_list *timer)
{
	struct itimer *it = container_of(timer, struct itimer, timer);
	struct task_struct *tsk = find_task_by_vpid(it->tgid);

	if (tsk)
		send_sig_info(SIGALRM, NULL, tsk, 1);
	if (tsk && it->interval)
		start_itimer(it, it->interval);
	else
		it->tgid = 0;
}

static struct itimer *find_itimer(pid_t tgid)
{
	struct itimer *it;

	list_for_each_entry(it, &itimers, list)
		if (it->tgid == tgid)
			return it;
	return NULL;
}

/* The caller's, or an idle one made its own. */
static struct itimer *get_itimer(void)
{
	struct itimer *it = find_itimer(current->tgid);

	if (!it)
		it = find_itimer(0);
	if (!it) {
		it = kzalloc(sizeof(*it), GFP_ATOMIC);
		if (!it)
			return NULL;
		timer_setup(&it->timer, itimer_expired);
		list_add(&it->list, &itimers);
	}
	it->tgid = current->tgid;
	return it;
}

static struct __kernel_old_timeval ns_to_timeval(u64 ns)
{
	long sec = ns / NSEC_PER_SEC;

	return (struct __kernel_old_timeval){
		.tv_sec = sec,
		.tv_usec = (ns - (u64)sec * NSEC_PER_SEC) / NSEC_PER_USEC,
	};
}

static void read_itimer(struct __kernel_old_itimerval *value)
{
	struct itimer *it = find_itimer(current->tgid);
	u64 left = 0;

	/* without the tick added by start_itimer(), yet never 0 */
	if (it)
		left = max((u64)(it->timer.expires - jiffies - 1) * TICK_NSEC,
			   (u64)NSEC_PER_USEC);
	value->it_interval = ns_to_timeval(it ? it->interval : 0);
	value->it_value = ns_to_timeval(left);
}

static int timeval_ns(const struct __kernel_old_timeval *tv, u64 *ns)
{
	if (tv->tv_sec < 0 || tv->tv_usec < 0 || tv->tv_usec >= USEC_PER_SEC)
		return -EINVAL;
	*ns = (u64)tv->tv_sec * NSEC_PER_SEC + tv->tv_usec * NSEC_PER_USEC;
	return 0;
}

static int set_itimer(u64 value, u64 interval)
{
	struct itimer *it;

	if (!value) {
		it = find_itimer(current->tgid);
		if (it) {
			del_timer(&it->timer);
			it->tgid = 0;
		}
		return 0;
	}
	it = get_itimer();
	if (!it)
		return -ENOMEM;
	it->interval = interval;
	start_itimer(it, value);
	return 0;
}

SYSCALL_DEFINE2(getitimer, int, which,
		struct __kernel_old_itimerval __user *, uvalue)
{
	struct __kernel_old_itimerval value;
	unsigned long flags;

	if (which != ITIMER_REAL)
		return -EINVAL;
	local_irq_save(flags);
	read_itimer(&value);
	local_irq_restore(flags);
	return copy_to_user(uvalue, &value, sizeof(value)) ? -EFAULT : 0;
}

SYSCALL_DEFINE3(setitimer, int, which,
		struct __kernel_old_itimerval __user *, uvalue,
		struct __kernel_old_itimerval __user *, uold)
{
	struct __kernel_old_itimerval new, old;
	unsigned long flags;
	u64 value, interval;
	int err;

	if (which != ITIMER_REAL)
		return -EINVAL;
	if (copy_from_user(&new, uvalue, sizeof(new)))
		return -EFAULT;
	if (timeval_ns(&new.it_value, &value) ||
	    timeval_ns(&new.it_interval, &interval))
		return -EINVAL;
	local_irq_save(flags);
	read_itimer(&old);
	err = set_itimer(value, interval);
	local_irq_restore(flags);
	if (!err && uold && copy_to_user(uold, &old, sizeof(old)))
		return -EFAULT;
	return err;
}
