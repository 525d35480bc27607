// SPDX-License-Identifier: MIT
/*
 * The structure is copied once, as it must be.  But the name lies outside of
 * it, and is read twice: once to see that it is one printable line, so that
 * nobody can forge lines of the log, and once to be printed.
 */
#include <linux/ctype.h>
#include "hello2.h"

static int hello2_printable(const char __user *uname, unsigned int len)
{
	char c;

	while (len--) {
		if (get_user(c, uname++))
			return -EFAULT;
		if (!isprint(c))
			return -EINVAL;
	}
	return 0;
}

SYSCALL_DEFINE2(hello2, struct hello2_in __user *, uin,
		struct hello2_out __user *, uout)
{
	char name[HELLO2_NAME_MAX + 1];
	struct hello2_in in;
	int err;

	if (copy_from_user(&in, uin, sizeof(in)))
		return -EFAULT;
	if (in.len > HELLO2_NAME_MAX)
		return -EINVAL;
	err = hello2_printable((char __user *)in.name, in.len);
	if (err)
		return err;
	if (copy_from_user(name, (char __user *)in.name, in.len))
		return -EFAULT;
	name[in.len] = '\0';

	pr_info("sys_hello2(name : %s, len : %u, val : %u)\n", name, in.len,
		in.val);
	return hello2_answer(uout);
}
