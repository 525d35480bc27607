/* What is known about a file. */
#include <linux/fdtable.h>
#include <linux/syscalls.h>
#include <linux/time.h>
#include <linux/uaccess.h>

#define ROOT_DEV 1
#define SECTOR_SIZE 512

static int put_stat64(const struct inode *inode, struct stat64 __user *ubuf)
{
	struct __kernel_timespec mtime = ns_to_timespec64(inode->i_mtime);
	struct stat64 st = {
		.st_dev = ROOT_DEV,
		.__st_ino = inode->i_ino,
		.st_ino = inode->i_ino,
		.st_mode = inode->i_mode,
		.st_nlink = inode->i_nlink,
		.st_uid = inode->i_uid,
		.st_gid = inode->i_gid,
		/* minor 0-7, major 8-19, minor from 20 on */
		.st_rdev = MAJOR(inode->i_rdev) << 8 | MINOR(inode->i_rdev),
		.st_size = inode->i_size,
		.st_blksize = PAGE_SIZE,
		.st_blocks = DIV_ROUND_UP((unsigned long)inode->i_size,
					  SECTOR_SIZE),
		.st_atime = mtime.tv_sec,
		.st_atime_nsec = mtime.tv_nsec,
		.st_mtime = mtime.tv_sec,
		.st_mtime_nsec = mtime.tv_nsec,
		.st_ctime = mtime.tv_sec,
		.st_ctime_nsec = mtime.tv_nsec,
	};

	return copy_to_user(ubuf, &st, sizeof(st)) ? -EFAULT : 0;
}

struct inode *inode_of_fd(unsigned int fd)
{
	struct file *file __free(fput) = fget(fd);

	if (!file)
		return ERR_PTR(-EBADF);
	ihold(file_inode(file));
	return file_inode(file);
}

struct inode *inode_at(int dfd, const char __user *name, int flags)
{
	int lookup = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
	struct dentry *dentry __free(dput) = NULL;
	char first = '.';

	if (flags & AT_EMPTY_PATH && get_user(first, name))
		return ERR_PTR(-EFAULT);
	if (!first)
		return inode_of_fd(dfd);
	dentry = user_lookup_at(dfd, name, lookup);
	if (IS_ERR(dentry))
		return ERR_CAST(dentry);
	ihold(dentry->d_inode);
	return dentry->d_inode;
}

SYSCALL_DEFINE4(fstatat64, int, dfd, const char __user *, name,
		struct stat64 __user *, buf, int, flag)
{
	struct inode *inode __free(iput) = inode_at(dfd, name, flag);

	if (flag & ~(AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH))
		return -EINVAL;
	return IS_ERR(inode) ? PTR_ERR(inode) : put_stat64(inode, buf);
}

SYSCALL_DEFINE2(stat64, const char __user *, name, struct stat64 __user *, buf)
{
	return sys_fstatat64(AT_FDCWD, name, buf, 0);
}

SYSCALL_DEFINE2(lstat64, const char __user *, name,
		struct stat64 __user *, buf)
{
	return sys_fstatat64(AT_FDCWD, name, buf, AT_SYMLINK_NOFOLLOW);
}

SYSCALL_DEFINE2(fstat64, unsigned long, fd, struct stat64 __user *, buf)
{
	struct inode *inode __free(iput) = inode_of_fd(fd);

	return IS_ERR(inode) ? PTR_ERR(inode) : put_stat64(inode, buf);
}
