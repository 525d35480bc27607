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

static int check_pid(pid_t pid)
{
	if (pid < 0)
		return -EINVAL;
	return pid && !find_task_by_vpid(pid) ? -ESRCH : 0;
}

SYSCALL_DEFINE2(sched_getparam, pid_t, pid, int __user *, param)
{
	int err = param ? check_pid(pid) : -EINVAL;

	return err ? err : put_user(0, param);
}

SYSCALL_DEFINE1(sched_getscheduler, pid_t, pid)
{
	return check_pid(pid);	/* or SCHED_OTHER, 0 */
}

/* The priorities of a policy: SCHED_FIFO and SCHED_RR have some. */
static int priority_bound(int policy, int bound)
{
	if (policy < 0 || policy > 6 || policy == 4)
		return -EINVAL;
	return policy == 1 || policy == 2 ? bound : 0;
}

SYSCALL_DEFINE1(sched_get_priority_max, int, policy)
{
	return priority_bound(policy, 99);
}

SYSCALL_DEFINE1(sched_get_priority_min, int, policy)
{
	return priority_bound(policy, 1);
}
