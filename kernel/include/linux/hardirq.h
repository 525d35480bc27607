#ifndef _LINUX_HARDIRQ_H
#define _LINUX_HARDIRQ_H

#include <linux/preempt.h>

/* Between these in_interrupt() holds, and nothing may sleep. */
void irq_enter(void);
void irq_exit(void);

#endif
