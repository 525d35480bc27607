/* SPDX-License-Identifier: MIT */
/* What the variants of sys_hello2 share: what is not the lesson. */
#ifndef _HELLO2_H
#define _HELLO2_H

#define pr_fmt(fmt) "sys_hello2: " fmt

#include <linux/kernel.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include <uapi/linux/hello.h>

#define HELLO2_NAME_MAX	64	/* bytes, without the NUL */

/* Fills the caller's output; 0 or -EFAULT. */
extern int hello2_answer(struct hello2_out __user *uout);

#endif
