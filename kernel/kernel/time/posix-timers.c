/* The calls that tell the time, and those that sleep. */
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/syscalls.h>
#include <linux/time.h>
#include <linux/timer.h>
#include <linux/uaccess.h>

static u64 thread_cputime(const struct task_struct *tsk)
{
	return (u64)(tsk->utime + tsk->stime) * TICK_NSEC;
}

static u64 process_cputime(void)
{
	struct task_struct *tsk;
	unsigned long ended;
	u64 sum = 0;

	preempt_disable();
	for_each_thread(current, tsk)
		sum += thread_cputime(tsk);
	ended = current->signal->utime + current->signal->stime;
	preempt_enable();
	return sum + (u64)ended * TICK_NSEC;
}

static int clock_read(clockid_t which, u64 *ns)
{
	switch (which) {
	case CLOCK_REALTIME:
		*ns = ktime_get_real_ns();
		return 0;
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_BOOTTIME:
		*ns = ktime_get_ns();
		return 0;
	case CLOCK_REALTIME_COARSE:
	case CLOCK_MONOTONIC_COARSE:
		*ns = ktime_get_coarse_ns();
		return 0;
	case CLOCK_PROCESS_CPUTIME_ID:
		*ns = process_cputime();
		return 0;
	case CLOCK_THREAD_CPUTIME_ID:
		*ns = thread_cputime(current);
		return 0;
	}
	return -EINVAL;
}

SYSCALL_DEFINE2(clock_gettime, clockid_t, which,
		struct __kernel_timespec __user *, tp)
{
	struct __kernel_timespec ts;
	u64 ns;
	int err = clock_read(which, &ns);

	if (err)
		return err;
	ts = ns_to_timespec64(ns);
	return copy_to_user(tp, &ts, sizeof(ts)) ? -EFAULT : 0;
}

SYSCALL_DEFINE2(clock_gettime32, clockid_t, which,
		struct old_timespec32 __user *, tp)
{
	u64 ns;
	int err = clock_read(which, &ns);

	return err ? err : put_old_timespec32(ns, tp);
}

SYSCALL_DEFINE2(clock_getres_time32, clockid_t, which,
		struct old_timespec32 __user *, tp)
{
	bool coarse = which == CLOCK_REALTIME_COARSE ||
		      which == CLOCK_MONOTONIC_COARSE;
	u64 now;
	int err = clock_read(which, &now);

	if (err || !tp)
		return err;
	return put_old_timespec32(coarse ? TICK_NSEC : 1, tp);
}

SYSCALL_DEFINE2(gettimeofday, struct __kernel_old_timeval __user *, utv,
		struct timezone __user *, utz)
{
	struct timezone tz = { 0, 0 };
	struct __kernel_old_timeval tv;

	tv = ns_to_kernel_old_timeval(ktime_get_real_ns());
	if (utv && copy_to_user(utv, &tv, sizeof(tv)))
		return -EFAULT;
	if (utz && copy_to_user(utz, &tz, sizeof(tz)))
		return -EFAULT;
	return 0;
}

/*
 * Sleep until the monotonic clock shows deadline; ticks are the grain, and
 * waking early is not allowed. *left is what remains after a signal.
 */
static int sleep_until(u64 deadline, u64 *left)
{
	for (;;) {
		u64 now = ktime_get_ns();

		if (now >= deadline) {
			*left = 0;
			return 0;
		}
		*left = deadline - now;
		if (signal_pending(current))
			return -EINTR;
		set_current_state(TASK_INTERRUPTIBLE);
		schedule_timeout(timeout_to_jiffies(*left));
	}
}

static int clock_sleep(clockid_t which, int flags, u64 ns, u64 *left)
{
	u64 now;

	if (which == CLOCK_THREAD_CPUTIME_ID ||
	    which == CLOCK_PROCESS_CPUTIME_ID || clock_read(which, &now))
		return which == CLOCK_PROCESS_CPUTIME_ID ? -EOPNOTSUPP :
							   -EINVAL;
	if (flags & TIMER_ABSTIME)
		ns = ns > now ? ns - now : 0;
	return sleep_until(ktime_get_ns() + ns, left);
}

SYSCALL_DEFINE4(clock_nanosleep_time32, clockid_t, which, int, flags,
		struct old_timespec32 __user *, rqtp,
		struct old_timespec32 __user *, rmtp)
{
	u64 ns, left;
	int err = get_old_timespec32(rqtp, &ns);

	if (err)
		return err;
	err = clock_sleep(which, flags, ns, &left);
	if (err == -EINTR && rmtp && !(flags & TIMER_ABSTIME) &&
	    put_old_timespec32(left, rmtp))
		return -EFAULT;
	return err;
}

SYSCALL_DEFINE2(nanosleep_time32, struct old_timespec32 __user *, rqtp,
		struct old_timespec32 __user *, rmtp)
{
	return sys_clock_nanosleep_time32(CLOCK_MONOTONIC, 0, rqtp, rmtp);
}
