// SPDX-License-Identifier: MIT
/*
 * /dev/uaccess: every way in which the kernel reaches user memory, one ioctl
 * each, so that each can be called with an address that is good, missing or
 * not the caller's, and watched at work.
 */
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include <uapi/linux/uaccess_demo.h>

#define MISC_MAJOR	10
#define UACCESS_MINOR	240
#define UNTOUCHED	0xdeadbeef	/* in variables that nothing has set */

static noinline void demo_access_ok(struct uaccess_demo *d)
{
	d->result = access_ok(d->ptr, d->size);
}

static noinline void demo_get_user(struct uaccess_demo *d)
{
	unsigned int x = UNTOUCHED;

	d->result = get_user(x, (unsigned int __user *)d->ptr);
	d->value = x;
}

static noinline void demo_put_user(struct uaccess_demo *d)
{
	d->result = put_user(d->value, (unsigned int __user *)d->ptr);
}

static noinline void demo_copy_from_user(struct uaccess_demo *d)
{
	unsigned int buf[UACCESS_DEMO_MAX / sizeof(unsigned int)] = {
		UNTOUCHED
	};

	d->result = copy_from_user(buf, (char __user *)d->ptr,
				   min(d->size, sizeof(buf)));
	d->value = buf[0];
}

static noinline void demo_copy_to_user(struct uaccess_demo *d)
{
	char buf[UACCESS_DEMO_MAX];

	memset(buf, 'k', sizeof(buf));
	d->result = copy_to_user((char __user *)d->ptr, buf,
				 min(d->size, sizeof(buf)));
}

static noinline void demo_strncpy_from_user(struct uaccess_demo *d)
{
	char buf[UACCESS_DEMO_MAX];

	d->result = strncpy_from_user(buf, (char __user *)d->ptr,
				      min(d->size, sizeof(buf)));
}

static noinline void demo_strnlen_user(struct uaccess_demo *d)
{
	d->result = strnlen_user((char __user *)d->ptr, d->size);
}

static noinline void demo_strlen_user(struct uaccess_demo *d)
{
	d->result = strlen_user((char __user *)d->ptr);
}

static noinline void demo_clear_user(struct uaccess_demo *d)
{
	d->result = clear_user((char __user *)d->ptr, d->size);
}

/* The copy of one who may not sleep: a page that is not there stays away. */
static noinline void demo_atomic_copy(struct uaccess_demo *d)
{
	char buf[UACCESS_DEMO_MAX];

	pagefault_disable();
	d->result = __copy_from_user(buf, (char __user *)d->ptr,
				     min(d->size, sizeof(buf)));
	pagefault_enable();
}

/* A system call's handler is a function; may the kernel just call it? */
static noinline void demo_call_handler(struct uaccess_demo *d)
{
	char buf[UACCESS_DEMO_MAX];

	d->result = sys_hello(buf, sizeof(buf));
}

static const struct {
	unsigned int cmd;
	void (*fn)(struct uaccess_demo *d);
} demos[] = {
	{ UACCESS_DEMO_ACCESS_OK, demo_access_ok },
	{ UACCESS_DEMO_GET_USER, demo_get_user },
	{ UACCESS_DEMO_PUT_USER, demo_put_user },
	{ UACCESS_DEMO_COPY_FROM, demo_copy_from_user },
	{ UACCESS_DEMO_COPY_TO, demo_copy_to_user },
	{ UACCESS_DEMO_STRNCPY, demo_strncpy_from_user },
	{ UACCESS_DEMO_STRNLEN, demo_strnlen_user },
	{ UACCESS_DEMO_STRLEN, demo_strlen_user },
	{ UACCESS_DEMO_CLEAR, demo_clear_user },
	{ UACCESS_DEMO_ATOMIC, demo_atomic_copy },
	{ UACCESS_DEMO_HANDLER, demo_call_handler },
};

static long uaccess_ioctl(struct file *file, unsigned int cmd,
			  unsigned long arg)
{
	struct uaccess_demo __user *urequest = (void __user *)arg;
	struct uaccess_demo request;

	for (size_t i = 0; i < ARRAY_SIZE(demos); i++) {
		if (demos[i].cmd != cmd)
			continue;
		if (copy_from_user(&request, urequest, sizeof(request)))
			return -EFAULT;
		demos[i].fn(&request);
		if (copy_to_user(urequest, &request, sizeof(request)))
			return -EFAULT;
		return 0;
	}
	return -ENOTTY;
}

static const struct file_operations uaccess_fops = {
	.unlocked_ioctl = uaccess_ioctl,
};

static int __init uaccess_demo_init(void)
{
	return vfs_mknod("/dev/uaccess", S_IFCHR | 0666,
			 MKDEV(MISC_MAJOR, UACCESS_MINOR), &uaccess_fops, NULL);
}
device_initcall(uaccess_demo_init);
