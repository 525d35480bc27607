// SPDX-License-Identifier: MIT
/*
 * The name is taken for a string: its length is measured, a block of just
 * that size is allocated, and the bytes are copied, the NUL being one of
 * them.  Unless it is no NUL any more when it is copied: then the string in
 * the block has no end, and is printed with whatever lies behind.
 */
#include <linux/slab.h>
#include "hello2.h"

SYSCALL_DEFINE2(hello2, struct hello2_in __user *, uin,
		struct hello2_out __user *, uout)
{
	char __user *uname;
	struct hello2_in in;
	char *name;
	long size;

	if (copy_from_user(&in, uin, sizeof(in)))
		return -EFAULT;
	uname = (char __user *)in.name;
	size = strnlen_user(uname, HELLO2_NAME_MAX + 1);
	if (!size)
		return -EFAULT;
	if (size > HELLO2_NAME_MAX + 1)
		return -EINVAL;
	name = kmalloc(size, GFP_KERNEL);
	if (!name)
		return -ENOMEM;
	if (copy_from_user(name, uname, size)) {
		kfree(name);
		return -EFAULT;
	}

	pr_info("sys_hello2(name : %s, len : %u, val : %u)\n", name, in.len,
		in.val);
	kfree(name);
	return hello2_answer(uout);
}
