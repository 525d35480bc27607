/* What is in a directory. */
#include <linux/fdtable.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include <uapi/linux/dirent.h>
#include "internal.h"

/* The n-th entry of a directory and its name there; fs_mutex is held. */
static struct dentry *nth_entry(struct dentry *dir, loff_t n,
				const char **name)
{
	struct dentry *child;

	*name = n ? ".." : ".";
	if (n < 2)
		return n ? dir->d_parent : dir;
	list_for_each_entry(child, &dir->d_subdirs, d_child) {
		*name = child->d_name;
		if (n-- == 2)
			return child;
	}
	return NULL;
}

/* The entry as the user gets it; its length, 0 behind the last one. */
static int fill_dirent(struct dentry *dir, loff_t n,
		       struct linux_dirent64 *entry)
{
	struct dentry *child;
	const char *name;

	guard(mutex)(&fs_mutex);
	child = nth_entry(dir, n, &name);
	if (!child)
		return 0;
	entry->d_ino = child->d_inode->i_ino;
	entry->d_off = n + 1;
	entry->d_type = (child->d_inode->i_mode & S_IFMT) >> 12;
	strscpy(entry->d_name, name, NAME_MAX + 1);
	entry->d_reclen = ALIGN(offsetof(struct linux_dirent64, d_name) +
					strlen(name) + 1,
				8);
	return entry->d_reclen;
}

SYSCALL_DEFINE3(getdents64, unsigned int, fd,
		struct linux_dirent64 __user *, udirent, unsigned int, count)
{
	struct file *file __free(fput) = fget(fd);
	union {
		struct linux_dirent64 entry;
		char room[sizeof(struct linux_dirent64) + NAME_MAX + 8];
	} one = { .room = { 0 } };
	int done = 0, len;

	if (!file)
		return -EBADF;
	if (!S_ISDIR(file_inode(file)->i_mode))
		return -ENOTDIR;
	guard(pos)(file);
	while ((len = fill_dirent(file->f_dentry, file->f_pos, &one.entry))) {
		if (len > count - done)
			return done ? done : -EINVAL;
		if (copy_to_user((char __user *)udirent + done, &one, len))
			return done ? done : -EFAULT;
		done += len;
		file->f_pos++;
	}
	return done;
}
