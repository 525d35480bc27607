#ifndef _LINUX_TIME_H
#define _LINUX_TIME_H

#include <linux/ktime.h>
#include <uapi/linux/time.h>

#define CLOCKSOURCE_HZ 24000000U

/* The counter that time is read from; it may wrap between two ticks once. */
void clocksource_register(u32 (*read)(void));
/* Called by the tick, so that no wrap is missed. */
void update_wall_time(void);
/* A user's time span in nanoseconds; -EFAULT, or -EINVAL if out of range. */
int get_timespec64(const struct __kernel_timespec *uts, u64 *ns);
int get_old_timespec32(const struct old_timespec32 *uts, u64 *ns);
/* Called with each change of the coarse clocks, in nanoseconds. */
#ifdef CONFIG_VDSO
void update_vsyscall(u64 mono, u64 real);
#else
static inline void update_vsyscall(u64 mono, u64 real)
{
}
#endif
/* Called by start_kernel(): the clock, then the periodic tick. */
void time_init(void);

#endif
