/* The devices that need no hardware. */
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#define MEM_MAJOR 1

static ssize_t null_read(struct file *file, char __user *buf, size_t count,
			 loff_t *pos)
{
	return 0;
}

static ssize_t null_write(struct file *file, const char __user *buf,
			  size_t count, loff_t *pos)
{
	return count;
}

static ssize_t zero_read(struct file *file, char __user *buf, size_t count,
			 loff_t *pos)
{
	size_t left = clear_user(buf, count);

	return left && left == count ? -EFAULT : (ssize_t)(count - left);
}

static ssize_t random_read(struct file *file, char __user *buf, size_t count,
			   loff_t *pos)
{
	return sys_getrandom(buf, count, 0);
}

static const struct file_operations null_fops = {
	.read = null_read,
	.write = null_write,
};

static const struct file_operations zero_fops = {
	.read = zero_read,
	.write = null_write,
};

static const struct file_operations random_fops = {
	.read = random_read,
	.write = null_write,
};

static int __init mem_device(const char *name, unsigned int minor,
			     const struct file_operations *fops)
{
	return vfs_mknod(name, S_IFCHR | 0666, MKDEV(MEM_MAJOR, minor), fops,
			 NULL);
}

static int __init chr_dev_init(void)
{
	int err = mem_device("/dev/null", 3, &null_fops);

	if (!err)
		err = mem_device("/dev/zero", 5, &zero_fops);
	if (!err)
		err = mem_device("/dev/random", 8, &random_fops);
	if (!err)
		err = mem_device("/dev/urandom", 9, &random_fops);
	return err;
}
fs_initcall(chr_dev_init);
