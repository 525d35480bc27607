// SPDX-License-Identifier: MIT
/* The smallest system call that hands something to its caller. */
#include <linux/syscalls.h>
#include <linux/uaccess.h>

SYSCALL_DEFINE2(hello, char __user *, buf, unsigned int, len)
{
	static const char greeting[] = "Hello from kernel!";

	if (len < sizeof(greeting))
		return -EINVAL;
	if (copy_to_user(buf, greeting, sizeof(greeting)))
		return -EFAULT;
	return 0;
}
