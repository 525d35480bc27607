/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_KTHREAD_H
#define _LINUX_KTHREAD_H

#include <linux/sched.h>

/* Starts a kernel thread; returns its pid or -errno. */
#define kthread_run(fn, data, name)	kernel_thread(fn, data, name, 0)

#endif
