#ifndef _LINUX_KTIME_H
#define _LINUX_KTIME_H

#include <linux/types.h>

#define NSEC_PER_USEC 1000L
#define NSEC_PER_MSEC 1000000L
#define NSEC_PER_SEC 1000000000L
#define USEC_PER_SEC 1000000L

/* Since boot, monotonic, from the clocksource; 0 before time_init(). */
u64 ktime_get_ns(void);
/* No RTC, and nobody sets the clock: 1970 is when the machine started. */
#define ktime_get_real_ns() ktime_get_ns()
/* Either, as the last tick saw it. */
u64 ktime_get_coarse_ns(void);

#endif
