#ifndef _LINUX_JIFFIES_H
#define _LINUX_JIFFIES_H

#include <linux/limits.h>
#include <linux/types.h>

#define HZ CONFIG_HZ
#define TICK_NSEC (1000000000L / HZ)
#define MAX_JIFFY_OFFSET ((LONG_MAX >> 1) - 1)

extern volatile unsigned long jiffies;

#define time_after(a, b) ((long)((b) - (a)) < 0)
#define time_before(a, b) time_after(b, a)

#endif
