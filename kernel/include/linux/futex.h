/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_FUTEX_H
#define _LINUX_FUTEX_H

#include <linux/compiler.h>
#include <linux/types.h>
#include <uapi/linux/futex.h>

/* How many it woke, or -errno. */
extern int do_futex_wake(u32 __user *uaddr, int shared, u32 nr_wake);

#endif
