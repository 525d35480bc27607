// SPDX-License-Identifier: MIT
/*
 * The caller's pointers are used as if they were the kernel's own.  The
 * ranges are checked, and then each field is read where it is needed.  C lets
 * a compiler read a field again at each mention of it, or once for all;
 * READ_ONCE() makes it each mention, whatever the compiler.
 */
#include <linux/atomic.h>
#include <linux/random.h>
#include "hello2.h"

static atomic_t nr_calls = ATOMIC_INIT(0);

SYSCALL_DEFINE2(hello2, struct hello2_in __user *, in,
		struct hello2_out __user *, out)
{
	if (!access_ok(in, sizeof(*in)) || !access_ok(out, sizeof(*out)))
		return -EFAULT;
	if (READ_ONCE(in->len) > HELLO2_NAME_MAX)
		return -EINVAL;
	if (!access_ok(READ_ONCE(in->name), READ_ONCE(in->len)))
		return -EFAULT;

	pr_info("sys_hello2(name : %.*s, len : %u, val : %u)\n",
		(int)READ_ONCE(in->len), READ_ONCE(in->name),
		READ_ONCE(in->len), READ_ONCE(in->val));

	out->nr_calls = atomic_inc_return(&nr_calls);
	get_random_bytes(out->rand_data, sizeof(out->rand_data));
	return 0;
}
