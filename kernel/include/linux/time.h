#ifndef _LINUX_TIME_H
#define _LINUX_TIME_H

#include <linux/ktime.h>
#include <uapi/linux/time.h>

/* Registers the 24 MHz counter that ktime_get_ns() reads. */
void clocksource_register(u32 (*read)(void), u32 hz);
/* Called by arch code: clocksource, then the periodic tick. */
void time_init(void);

#endif
