/*
 * What may be changed about a file beside its contents, and what a file
 * system says of itself.
 */
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/syscalls.h>
#include <linux/time.h>
#include <linux/uaccess.h>

#define UTIME_NOW 0x3fffffff
#define UTIME_OMIT 0x3ffffffe
#define TMPFS_MAGIC 0x01021994

/* Each takes the reference that inode_at() gave, or passes its error on. */
static int change_mode(struct inode *inode, umode_t mode)
{
	if (IS_ERR(inode))
		return PTR_ERR(inode);
	inode->i_mode = (inode->i_mode & S_IFMT) | (mode & 07777);
	iput(inode);
	return 0;
}

static int change_owner(struct inode *inode, uid_t uid, gid_t gid)
{
	if (IS_ERR(inode))
		return PTR_ERR(inode);
	if (uid != (uid_t)-1)
		inode->i_uid = uid;
	if (gid != (gid_t)-1)
		inode->i_gid = gid;
	iput(inode);
	return 0;
}

SYSCALL_DEFINE3(fchmodat, int, dfd, const char __user *, name, umode_t, mode)
{
	return change_mode(inode_at(dfd, name, 0), mode);
}

SYSCALL_DEFINE2(chmod, const char __user *, name, umode_t, mode)
{
	return change_mode(inode_at(AT_FDCWD, name, 0), mode);
}

SYSCALL_DEFINE2(fchmod, unsigned int, fd, umode_t, mode)
{
	return change_mode(inode_of_fd(fd), mode);
}

SYSCALL_DEFINE5(fchownat, int, dfd, const char __user *, name, uid_t, uid,
		gid_t, gid, int, flag)
{
	if (flag & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	return change_owner(inode_at(dfd, name, flag), uid, gid);
}

SYSCALL_DEFINE3(chown, const char __user *, name, uid_t, uid, gid_t, gid)
{
	return change_owner(inode_at(AT_FDCWD, name, 0), uid, gid);
}

SYSCALL_DEFINE3(lchown, const char __user *, name, uid_t, uid, gid_t, gid)
{
	return sys_fchownat(AT_FDCWD, name, uid, gid, AT_SYMLINK_NOFOLLOW);
}

SYSCALL_DEFINE3(fchown, unsigned int, fd, uid_t, uid, gid_t, gid)
{
	return change_owner(inode_of_fd(fd), uid, gid);
}

/* One of the two times, by its nanoseconds: a time, now, or as it is. */
static int set_time(u64 *time, const struct __kernel_timespec *ts)
{
	if (ts->tv_nsec == UTIME_OMIT)
		return 0;
	if (ts->tv_nsec == UTIME_NOW) {
		*time = ktime_get_real_ns();
		return 0;
	}
	if (ts->tv_nsec < 0 || ts->tv_nsec >= NSEC_PER_SEC)
		return -EINVAL;
	/* what stat() can tell: seconds of 32 bits */
	*time = (u64)clamp(ts->tv_sec, 0LL, (long long)U32_MAX) * NSEC_PER_SEC +
		ts->tv_nsec;
	return 0;
}

static int do_utimensat(int dfd, const char __user *name, int flags,
			const void __user *uts, enum timespec_form form)
{
	struct __kernel_timespec ts[2] = {
		{ .tv_nsec = UTIME_NOW }, { .tv_nsec = UTIME_NOW }
	};
	size_t size = form == TIMESPEC64 ? sizeof(struct __kernel_timespec) :
					   sizeof(struct old_timespec32);
	struct inode *inode;
	u64 atime, mtime;
	int err;

	if (uts && (get_timespec64(uts, form, &ts[0]) ||
		    get_timespec64(uts + size, form, &ts[1])))
		return -EFAULT;
	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	if (!name && (flags || dfd == AT_FDCWD))
		return flags ? -EINVAL : -EFAULT;
	inode = name ? inode_at(dfd, name, flags) : inode_of_fd(dfd);
	if (IS_ERR(inode))
		return PTR_ERR(inode);
	atime = inode->i_atime;
	mtime = inode->i_mtime;
	err = set_time(&atime, &ts[0]);
	if (!err)
		err = set_time(&mtime, &ts[1]);
	if (!err) {
		inode->i_atime = atime;
		inode->i_mtime = mtime;
	}
	iput(inode);
	return err;
}

SYSCALL_DEFINE4(utimensat, int, dfd, const char __user *, name,
		const struct __kernel_timespec __user *, uts, int, flags)
{
	return do_utimensat(dfd, name, flags, uts, TIMESPEC64);
}

SYSCALL_DEFINE4(utimensat_time32, int, dfd, const char __user *, name,
		const struct old_timespec32 __user *, uts, int, flags)
{
	return do_utimensat(dfd, name, flags, uts, TIMESPEC32);
}

static int put_statfs64(struct inode *inode, struct statfs64 __user *ubuf)
{
	struct statfs64 st = {
		.f_type = TMPFS_MAGIC,
		.f_bsize = PAGE_SIZE,
		.f_blocks = totalram_pages,
		.f_bfree = nr_free_pages(),
		.f_bavail = nr_free_pages(),
		.f_namelen = NAME_MAX,
		.f_frsize = PAGE_SIZE,
	};

	if (IS_ERR(inode))
		return PTR_ERR(inode);
	iput(inode);
	return copy_to_user(ubuf, &st, sizeof(st)) ? -EFAULT : 0;
}

/* Both sizes are in use: with and without what aligns the structure's end. */
static bool statfs64_size(size_t size)
{
	return size == sizeof(struct statfs64) ||
	       size == sizeof(struct statfs64) + 4;
}

SYSCALL_DEFINE3(statfs64, const char __user *, name, size_t, size,
		struct statfs64 __user *, buf)
{
	if (!statfs64_size(size))
		return -EINVAL;
	return put_statfs64(inode_at(AT_FDCWD, name, 0), buf);
}

SYSCALL_DEFINE3(fstatfs64, unsigned int, fd, size_t, size,
		struct statfs64 __user *, buf)
{
	if (!statfs64_size(size))
		return -EINVAL;
	return put_statfs64(inode_of_fd(fd), buf);
}
