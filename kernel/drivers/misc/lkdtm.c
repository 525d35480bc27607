// SPDX-License-Identifier: MIT
/*
 * /proc/provoke-crash: does, on request, what kernel code must not be able to
 * do, so that one can see what stops it. As Linux's drivers/misc/lkdtm.
 */
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include <uapi/asm/unistd.h>

#define REQUEST_MAX 32

extern unsigned long sys_call_table[];

/* What a module that adds a call of its own would have to do. */
static noinline void lkdtm_write_table(void)
{
	volatile unsigned long *entry = &sys_call_table[__NR_getpid];

	pr_info("writing to sys_call_table at %px\n", entry);
	*entry = (unsigned long)sys_ni_syscall;
	pr_err("survived: sys_call_table was written\n");
}

static ssize_t provoke_write(struct file *file, const char __user *ubuf,
			     size_t count, loff_t *pos)
{
	char request[REQUEST_MAX] = "";

	if (count >= sizeof(request))
		return -EINVAL;
	if (copy_from_user(request, ubuf, count))
		return -EFAULT;
	if (strcmp(request, "WRITE_TABLE"))
		return -EINVAL;
	lkdtm_write_table();
	return count;
}

static const struct file_operations provoke_fops = {
	.write = provoke_write,
};

static int __init lkdtm_init(void)
{
	return vfs_mknod("/proc/provoke-crash", S_IFREG | 0444, 0,
			 &provoke_fops, NULL);
}
late_initcall(lkdtm_init);
