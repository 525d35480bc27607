// SPDX-License-Identifier: MIT
/*
 * The length is checked before anything else is copied, and then comes in
 * once more, with the structure.  It is the second one that counts the bytes
 * of the name, and nobody has checked that.
 */
#include "hello2.h"

SYSCALL_DEFINE2(hello2, struct hello2_in __user *, uin,
		struct hello2_out __user *, uout)
{
	char name[HELLO2_NAME_MAX + 1];
	struct hello2_in in;
	unsigned int len;

	if (get_user(len, &uin->len))
		return -EFAULT;
	if (len > HELLO2_NAME_MAX)
		return -EINVAL;
	if (copy_from_user(&in, uin, sizeof(in)))
		return -EFAULT;
	if (copy_from_user(name, (char __user *)in.name, in.len))
		return -EFAULT;
	name[len] = '\0';

	pr_info("sys_hello2(name : %s, len : %u, val : %u)\n", name, in.len,
		in.val);
	return hello2_answer(uout);
}
