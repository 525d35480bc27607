#ifndef _LINUX_TIME_H
#define _LINUX_TIME_H

#include <linux/compiler.h>
#include <linux/ktime.h>
#include <linux/limits.h>
#include <uapi/linux/time.h>

#define CLOCKSOURCE_HZ 24000000U

/* The counter that time is read from; it may wrap between two ticks once. */
void clocksource_register(u32 (*read)(void));
/* Called by the tick, so that no wrap is missed. */
void update_wall_time(void);

/* kernel/time/time.c: a timespec of a program's */
int put_old_timespec32(u64 ns, struct old_timespec32 __user *uts);
/* In nanoseconds; -EFAULT, or -EINVAL if out of range. */
int get_old_timespec32(const struct old_timespec32 __user *uts, u64 *ns);
/* The same, or NO_TIMEOUT for NULL. */
int get_timeout(const struct old_timespec32 __user *uts, u64 *ns);
#define NO_TIMEOUT U64_MAX
/* For schedule_timeout(): a sleep is never shorter than asked. */
long timeout_to_jiffies(u64 ns);
struct __kernel_timespec ns_to_timespec64(u64 ns);
struct __kernel_old_timeval ns_to_kernel_old_timeval(u64 ns);
/* As utime and stime count. */
struct __kernel_old_timeval ticks_to_timeval(unsigned long ticks);

/* Called with each change of the coarse clock, in nanoseconds. */
#ifdef CONFIG_VDSO
void update_vsyscall(u64 ns);
#else
static inline void update_vsyscall(u64 ns)
{
}
#endif
/* Called by start_kernel(): the clock, then the periodic tick. */
void time_init(void);

#endif
