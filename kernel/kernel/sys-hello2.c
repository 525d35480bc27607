// SPDX-License-Identifier: MIT
/*
 * A call whose argument is a structure that points at more of the caller's
 * memory.  Another thread may write to all of it at any moment, so each byte
 * is read once, into memory of ours, and everything after that looks at the
 * copy alone: what was checked is what is used.
 */
#define pr_fmt(fmt) "sys_hello2: " fmt

#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/random.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include <uapi/linux/hello.h>

#define HELLO2_NAME_MAX	64	/* bytes, without the NUL */

static atomic_t nr_calls = ATOMIC_INIT(0);

SYSCALL_DEFINE2(hello2, struct hello2_in __user *, uin,
		struct hello2_out __user *, uout)
{
	char name[HELLO2_NAME_MAX + 1];
	struct hello2_out out;
	struct hello2_in in;

	if (copy_from_user(&in, uin, sizeof(in)))
		return -EFAULT;
	if (in.len > HELLO2_NAME_MAX)
		return -EINVAL;
	if (copy_from_user(name, (char __user *)in.name, in.len))
		return -EFAULT;
	name[in.len] = '\0';

	pr_info("sys_hello2(name : %s, len : %u, val : %u)\n", name, in.len,
		in.val);

	out.nr_calls = atomic_inc_return(&nr_calls);
	get_random_bytes(out.rand_data, sizeof(out.rand_data));
	if (copy_to_user(uout, &out, sizeof(out)))
		return -EFAULT;
	return 0;
}
