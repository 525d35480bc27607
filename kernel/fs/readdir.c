/* What is in a directory. */
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include <uapi/linux/dirent.h>
#include "internal.h"

static unsigned char dirent_type(umode_t mode)
{
	return (mode & S_IFMT) >> 12;
}

/* One entry; its length, 0 if it does not fit, or an error. */
static int put_dirent(void __user *to, size_t room, ino_t ino, loff_t off,
		      umode_t mode, const char *name)
{
	size_t at = offsetof(struct linux_dirent64, d_name);
	size_t len = strlen(name) + 1;
	struct linux_dirent64 head = {
		.d_ino = ino,
		.d_off = off,
		.d_reclen = ALIGN(at + len, 8),
		.d_type = dirent_type(mode),
	};

	if (head.d_reclen > room)
		return 0;
	if (clear_user(to, head.d_reclen) ||
	    copy_to_user(to, &head, at) || copy_to_user(to + at, name, len))
		return -EFAULT;
	return head.d_reclen;
}

/* The entry at a position: ".", "..", then the children. */
static int dirent_at(struct dentry *dir, loff_t pos, void __user *to,
		     size_t room, bool *end)
{
	char name[NAME_MAX + 1];
	umode_t mode;
	ino_t ino;

	if (pos < 2) {
		struct dentry *dot = pos ? dir->d_parent : dir;

		return put_dirent(to, room, dot->d_inode->i_ino, pos + 1,
				  S_IFDIR, pos ? ".." : ".");
	}
	if (dentry_child(dir, pos - 2, name, &mode, &ino)) {
		*end = true;
		return 0;
	}
	return put_dirent(to, room, ino, pos + 1, mode, name);
}

static int do_getdents(struct file *file, void __user *to, unsigned int count)
{
	loff_t *pos = pos_lock(file);
	bool end = false;
	int done = 0, len;

	for (;;) {
		len = dirent_at(file->f_dentry, *pos, to + done, count - done,
				&end);
		if (len <= 0)
			break;
		done += len;
		++*pos;
	}
	pos_unlock(file);
	if (done || end)
		return done;
	return len ? len : -EINVAL;
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
