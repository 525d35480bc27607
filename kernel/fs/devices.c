/* Nodes in /dev, made by the drivers themselves. */
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/string.h>

int register_chrdev_node(const char *name, dev_t dev, umode_t mode,
			 const struct file_operations *fops)
{
	struct inode *inode = new_inode(S_IFCHR | mode);
	char path[64];

	if (!inode)
		return -ENOMEM;
	inode->i_rdev = dev;
	inode->i_fop = fops;
	snprintf(path, sizeof(path), "/dev/%s", name);
	return create_at(AT_FDCWD, path, inode);
}
