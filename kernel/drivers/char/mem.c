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

/* One may seek in them, and it means nothing. */
static loff_t null_lseek(struct file *file, loff_t offset, int whence)
{
	return 0;
}

static const struct file_operations null_fops = {
	.read = null_read,
	.write = null_write,
	.llseek = null_lseek,
};

static const struct file_operations zero_fops = {
	.read = zero_read,
	.write = null_write,
	.llseek = null_lseek,
};

static const struct file_operations random_fops = {
	.read = random_read,
	.write = null_write,
	.llseek = null_lseek,
};

static const struct {
	const char *name;
	unsigned int minor;
	const struct file_operations *fops;
} devlist[] = {
	{ "null", 3, &null_fops },
	{ "zero", 5, &zero_fops },
	{ "random", 8, &random_fops },
	{ "urandom", 9, &random_fops },
};

static int __init chr_dev_init(void)
{
	int err = 0;

	for (size_t i = 0; i < ARRAY_SIZE(devlist) && !err; i++)
		err = register_chrdev_node(devlist[i].name,
					   MKDEV(MEM_MAJOR, devlist[i].minor),
					   0666, devlist[i].fops);
	return err;
}
fs_initcall(chr_dev_init);
