// SPDX-License-Identifier: MIT
/* What a C library asks of the scheduler; there is one class, one CPU. */
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

SYSCALL_DEFINE3(sched_getaffinity, pid_t, pid, unsigned int, len,
		unsigned long __user *, user_mask_ptr)
{
	if (pid && !find_task_by_vpid(pid))
		return -ESRCH;
	if (len < sizeof(unsigned long) || (len & (sizeof(unsigned long) - 1)))
		return -EINVAL;
	if (put_user(1UL, user_mask_ptr))
		return -EFAULT;
	return sizeof(unsigned long);
}
