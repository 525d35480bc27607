/*
 * Time as programs write it, the calls that tell it, those that sleep, and the
 * alarm. The kernel counts in nanoseconds. Only clock_gettime() comes in two
 * forms, with seconds of 32 bits and of 64: this clock starts at 0, and C
 * libraries do without the others' second form.
 */
#include <linux/jiffies.h>
#include <linux/sched/signal.h>
#include <linux/syscalls.h>
#include <linux/time.h>
#include <linux/uaccess.h>

#define ITIMER_REAL 0

struct __kernel_timespec ns_to_timespec64(u64 ns)
{
	return (struct __kernel_timespec){
		.tv_sec = ns / NSEC_PER_SEC,
		.tv_nsec = ns % NSEC_PER_SEC,
	};
}

struct __kernel_old_timeval ns_to_kernel_old_timeval(u64 ns)
{
	return (struct __kernel_old_timeval){
		.tv_sec = ns / NSEC_PER_SEC,
		.tv_usec = (u32)(ns % NSEC_PER_SEC) / NSEC_PER_USEC,
	};
}

struct __kernel_old_timeval ticks_to_timeval(unsigned long ticks)
{
	return ns_to_kernel_old_timeval((u64)ticks * TICK_NSEC);
}

int put_old_timespec32(u64 ns, struct old_timespec32 __user *uts)
{
	struct old_timespec32 old = { ns / NSEC_PER_SEC, ns % NSEC_PER_SEC };

	return copy_to_user(uts, &old, sizeof(old)) ? -EFAULT : 0;
}

int get_old_timespec32(const struct old_timespec32 __user *uts, u64 *ns)
{
	struct old_timespec32 ts;

	if (copy_from_user(&ts, uts, sizeof(ts)))
		return -EFAULT;
	if (ts.tv_sec < 0 || ts.tv_nsec < 0 || ts.tv_nsec >= NSEC_PER_SEC)
		return -EINVAL;
	*ns = (u64)ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
	return 0;
}

int get_timeout(const struct old_timespec32 __user *uts, u64 *ns)
{
	*ns = NO_TIMEOUT;
	return uts ? get_old_timespec32(uts, ns) : 0;
}

static int clock_read(clockid_t which, u64 *ns)
{
	unsigned long utime = current->utime, stime = current->stime;

	switch (which) {
	case CLOCK_REALTIME:
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
		process_times(&utime, &stime);
		fallthrough;
	case CLOCK_THREAD_CPUTIME_ID:
		*ns = (u64)(utime + stime) * TICK_NSEC;
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

SYSCALL_DEFINE4(clock_nanosleep_time32, clockid_t, which, int, flags,
		struct old_timespec32 __user *, rqtp,
		struct old_timespec32 __user *, rmtp)
{
	u64 ns, left, now;
	int err = get_old_timespec32(rqtp, &ns);

	if (err)
		return err;
	if (which == CLOCK_THREAD_CPUTIME_ID || clock_read(which, &now))
		return -EINVAL;
	if (which == CLOCK_PROCESS_CPUTIME_ID)
		return -EOPNOTSUPP;
	if (flags & TIMER_ABSTIME)
		ns = ns > now ? ns - now : 0;
	err = sleep_until(ktime_get_ns() + ns, &left);
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

/*
 * setitimer(ITIMER_REAL), and alarm() by means of it: SIGALRM to the process
 * after a while, once or again and again.
 */
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
	u64 left = 0, incr = 0;

	guard(irqsave)();
	if (timer_pending(&sig->real_timer)) {
		/* without the tick added above, yet never 0 */
		left = sig->real_timer.expires - jiffies - 1;
		left = max(left * TICK_NSEC, (u64)NSEC_PER_USEC);
		incr = sig->it_real_incr;
	}
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
