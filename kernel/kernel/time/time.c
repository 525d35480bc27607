/*
 * Time as programs write it, and as the kernel counts it: nanoseconds. Only
 * clock_gettime() comes in two forms, with seconds of 32 bits and of 64: this
 * clock starts at 0, and C libraries do without the others' second form.
 */
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/time.h>
#include <linux/uaccess.h>

static u64 ns_to_parts(u64 ns, u32 *rest)
{
	u64 sec = ns / NSEC_PER_SEC;

	*rest = ns - sec * NSEC_PER_SEC;
	return sec;
}

struct __kernel_old_timeval ns_to_kernel_old_timeval(u64 ns)
{
	struct __kernel_old_timeval tv;
	u32 rest;

	tv.tv_sec = ns_to_parts(ns, &rest);
	tv.tv_usec = rest / NSEC_PER_USEC;
	return tv;
}

struct __kernel_old_timeval ticks_to_timeval(unsigned long ticks)
{
	return ns_to_kernel_old_timeval((u64)ticks * TICK_NSEC);
}

struct __kernel_timespec ns_to_timespec64(u64 ns)
{
	struct __kernel_timespec ts;
	u32 rest;

	ts.tv_sec = ns_to_parts(ns, &rest);
	ts.tv_nsec = rest;
	return ts;
}

int put_old_timespec32(u64 ns, struct old_timespec32 __user *uts)
{
	struct __kernel_timespec ts = ns_to_timespec64(ns);
	struct old_timespec32 old = { ts.tv_sec, ts.tv_nsec };

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
