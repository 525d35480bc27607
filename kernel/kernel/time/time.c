/*
 * Time as programs write it, and as the kernel counts it: nanoseconds. Most
 * calls come in two forms, since the older ones have seconds of 32 bits.
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

int put_timespec(u64 ns, void __user *uts, enum timespec_form form)
{
	struct __kernel_timespec ts = ns_to_timespec64(ns);
	struct old_timespec32 old = { ts.tv_sec, ts.tv_nsec };

	if (form == TIMESPEC32)
		return copy_to_user(uts, &old, sizeof(old)) ? -EFAULT : 0;
	return copy_to_user(uts, &ts, sizeof(ts)) ? -EFAULT : 0;
}

int get_timespec(const void __user *uts, enum timespec_form form, u64 *ns)
{
	struct __kernel_timespec ts;
	struct old_timespec32 old;
	s32 nsec;

	if (form == TIMESPEC32) {
		if (copy_from_user(&old, uts, sizeof(old)))
			return -EFAULT;
		ts.tv_sec = old.tv_sec;
		nsec = old.tv_nsec;
	} else {
		if (copy_from_user(&ts, uts, sizeof(ts)))
			return -EFAULT;
		/* a 32-bit program may leave the upper half unset */
		nsec = ts.tv_nsec;
	}
	if (ts.tv_sec < 0 || nsec < 0 || nsec >= NSEC_PER_SEC)
		return -EINVAL;
	if (ts.tv_sec > LLONG_MAX / NSEC_PER_SEC - 1)
		*ns = LLONG_MAX;
	else
		*ns = ts.tv_sec * NSEC_PER_SEC + nsec;
	return 0;
}

int get_timeout(const void __user *uts, enum timespec_form form, u64 *ns)
{
	*ns = NO_TIMEOUT;
	return uts ? get_timespec(uts, form, ns) : 0;
}
