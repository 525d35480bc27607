// SPDX-License-Identifier: MIT
/* A handler with every fault that a kernel must not make. */
#include <linux/kernel.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

extern unsigned long sys_call_table[];

SYSCALL_DEFINE2(hello, char __user *, buf, unsigned int, len)
{
	volatile unsigned long *where = NULL;

	if (len == 1)
		where = &sys_call_table[len];
	if (len == 2)
		return *(volatile char *)buf;
	*where = len;
	return 0;
}
