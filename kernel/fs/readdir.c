/* What is in a directory. */
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include <uapi/linux/dirent.h>
#include "internal.h"

/* One entry; its length, or an error: -EINVAL if it does not fit. */
static int put_dirent(void __user *to, size_t room, ino_t ino, loff_t off,
		      umode_t mode, const char *name)
{
	size_t at = offsetof(struct linux_dirent64, d_name);
	size_t len = strlen(name) + 1;
	struct linux_dirent64 head = {
		.d_ino = ino,
		.d_off = off,
		.d_reclen = ALIGN(at + len, 8),
		.d_type = (mode & S_IFMT) >> 12,
	};

	if (head.d_reclen > room)
		return -EINVAL;
	if (clear_user(to, head.d_reclen) ||
	    copy_to_user(to, &head, at) || copy_to_user(to + at, name, len))
		return -EFAULT;
	return head.d_reclen;
}

static int do_getdents(struct file *file, void __user *to, unsigned int count)
{
	loff_t *pos = pos_lock(file);
	char name[NAME_MAX + 1];
	int done = 0, len = 0;
	umode_t mode;
	ino_t ino;

	while (!dentry_child(file->f_dentry, *pos, name, &mode, &ino)) {
		len = put_dirent(to + done, count - done, ino, *pos + 1, mode,
				 name);
		if (len <= 0)
			break;
		done += len;
		++*pos;
	}
	pos_unlock(file);
	return done ? done : len;
}

SYSCALL_DEFINE3(getdents64, unsigned int, fd,
		struct linux_dirent64 __user *, dirent, unsigned int, count)
{
	struct file *file = fget(fd);
	int ret = -ENOTDIR;

	if (!file)
		return -EBADF;
	if (S_ISDIR(file_inode(file)->i_mode))
		ret = do_getdents(file, dirent, count);
	fput(file);
	return ret;
}
