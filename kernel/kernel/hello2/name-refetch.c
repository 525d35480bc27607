// SPDX-License-Identifier: MIT
/*
 * One function checks what the caller gave, another uses it, and each reads
 * the caller's structure for itself.  Since the pointer has been checked, the
 * copy that checks nothing seems good enough.
 */
#include "hello2.h"

static int hello2_check(const struct hello2_in __user *uin)
{
	struct hello2_in in;

	if (copy_from_user(&in, uin, sizeof(in)))
		return -EFAULT;
	if (in.len > HELLO2_NAME_MAX)
		return -EINVAL;
	return access_ok(in.name, in.len) ? in.len : -EFAULT;
}

SYSCALL_DEFINE2(hello2, struct hello2_in __user *, uin,
		struct hello2_out __user *, uout)
{
	char name[HELLO2_NAME_MAX + 1];
	char __user *uname;
	unsigned int val;
	int len;

	len = hello2_check(uin);
	if (len < 0)
		return len;
	if (get_user(uname, &uin->name) || get_user(val, &uin->val))
		return -EFAULT;
	if (__copy_from_user(name, uname, len))
		return -EFAULT;
	name[len] = '\0';

	pr_info("sys_hello2(name : %s, len : %u, val : %u)\n", name, len, val);
	return hello2_answer(uout);
}
