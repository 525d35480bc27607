/* Open files: what descriptors, mappings and the kernel itself refer to. */
#include <linux/filelock.h>
#include <linux/fs.h>
#include <linux/slab.h>

struct file *alloc_file(struct inode *inode, struct dentry *dentry, int flags)
{
	struct file *file = kzalloc(sizeof(*file), GFP_KERNEL);

	if (!file)
		return ERR_PTR(-ENFILE);
	atomic_set(&file->f_count, 1);
	mutex_init(&file->f_pos_lock);
	file->f_flags = flags & ~(O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC |
				  O_CLOEXEC);
	/* O_RDONLY, O_WRONLY, O_RDWR count from 0 */
	file->f_mode = (flags + 1) & O_ACCMODE;
	file->f_inode = inode;
	file->f_dentry = dentry;
	file->f_op = inode->i_fop;
	ihold(inode);
	if (dentry)
		dget(dentry);
	return file;
}

struct file *get_file(struct file *file)
{
	atomic_inc(&file->f_count);
	return file;
}

void fput(struct file *file)
{
	if (!file || !atomic_dec_and_test(&file->f_count))
		return;
	locks_remove_flock(file);
	if (file->f_op->release)
		file->f_op->release(file->f_inode, file);
	dput(file->f_dentry);
	iput(file->f_inode);
	kfree(file);
}
