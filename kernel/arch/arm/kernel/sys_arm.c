// SPDX-License-Identifier: MIT
/* System calls whose arguments ARM passes in a way of its own. */
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#define PR_SET_NAME	15
#define PR_GET_NAME	16
#define PR_GET_DUMPABLE	3

SYSCALL_DEFINE5(prctl, int, option, unsigned long, arg2, unsigned long, arg3,
		unsigned long, arg4, unsigned long, arg5)
{
	char comm[TASK_COMM_LEN] = "";

	switch (option) {
	case PR_SET_NAME:
		if (strncpy_from_user(comm, (char __user *)arg2,
				      sizeof(comm) - 1) < 0)
			return -EFAULT;
		__set_task_comm(current, comm);
		return 0;
	case PR_GET_NAME:
		if (copy_to_user((char __user *)arg2, current->comm,
				 sizeof(current->comm)))
			return -EFAULT;
		return 0;
	case PR_GET_DUMPABLE:
		return 0;
	}
	return -EINVAL;
}
