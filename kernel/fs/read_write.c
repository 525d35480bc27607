/* Reading, writing and seeking, and ioctl's way to a device. */
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include <linux/uio.h>
#include <uapi/linux/dirent.h>
#include <uapi/linux/termios.h>

#define MAX_RW_COUNT (INT_MAX & PAGE_MASK)
#define UIO_FASTIOV 8

static bool seekable(struct file *file)
{
	return file->f_op->llseek != NULL;
}

static ssize_t vfs_read(struct file *file, char __user *buf, size_t count,
			loff_t *pos)
{
	if (!(file->f_mode & FMODE_READ))
		return -EBADF;
	if (S_ISDIR(file_inode(file)->i_mode))
		return -EISDIR;
	if (!file->f_op->read)
		return -EINVAL;
	if (!access_ok(buf, count))
		return -EFAULT;
	return file->f_op->read(file, buf, min_t(size_t, count, MAX_RW_COUNT),
				pos);
}

static ssize_t vfs_write(struct file *file, const char __user *buf,
			 size_t count, loff_t *pos)
{
	if (!(file->f_mode & FMODE_WRITE))
		return -EBADF;
	if (!file->f_op->write)
		return -EINVAL;
	if (!access_ok(buf, count))
		return -EFAULT;
	return file->f_op->write(file, buf,
				 min_t(size_t, count, MAX_RW_COUNT), pos);
}

/* A file's position is used by one call at a time, a stream has none. */
static loff_t *pos_lock(struct file *file)
{
	if (seekable(file))
		mutex_lock(&file->f_pos_lock);
	return &file->f_pos;
}

static void pos_unlock(struct file *file)
{
	if (seekable(file))
		mutex_unlock(&file->f_pos_lock);
}

SYSCALL_DEFINE3(read, unsigned int, fd, char __user *, buf, size_t, count)
{
	struct file *file = fget(fd);
	ssize_t ret;

	if (!file)
		return -EBADF;
	ret = vfs_read(file, buf, count, pos_lock(file));
	pos_unlock(file);
	fput(file);
	return ret;
}

SYSCALL_DEFINE3(write, unsigned int, fd, const char __user *, buf,
		size_t, count)
{
	struct file *file = fget(fd);
	ssize_t ret;

	if (!file)
		return -EBADF;
	ret = vfs_write(file, buf, count, pos_lock(file));
	pos_unlock(file);
	fput(file);
	return ret;
}

SYSCALL_DEFINE4(pread64, unsigned int, fd, char __user *, buf, size_t, count,
		loff_t, pos)
{
	struct file *file;
	ssize_t ret = -ESPIPE;

	if (pos < 0)
		return -EINVAL;
	file = fget(fd);
	if (!file)
		return -EBADF;
	if (seekable(file))
		ret = vfs_read(file, buf, count, &pos);
	fput(file);
	return ret;
}

SYSCALL_DEFINE4(pwrite64, unsigned int, fd, const char __user *, buf,
		size_t, count, loff_t, pos)
{
	struct file *file;
	ssize_t ret = -ESPIPE;

	if (pos < 0)
		return -EINVAL;
	file = fget(fd);
	if (!file)
		return -EBADF;
	if (seekable(file))
		ret = vfs_write(file, buf, count, &pos);
	fput(file);
	return ret;
}

/* The vector, checked; in fast if it fits. */
static struct iovec *import_iovec(const struct iovec __user *uvec,
				  unsigned long vlen, struct iovec *fast)
{
	struct iovec *iov = fast;
	size_t total = 0;

	if (vlen > UIO_MAXIOV)
		return ERR_PTR(-EINVAL);
	if (vlen > UIO_FASTIOV)
		iov = kmalloc(vlen * sizeof(*iov), GFP_KERNEL);
	if (!iov)
		return ERR_PTR(-ENOMEM);
	if (copy_from_user(iov, uvec, vlen * sizeof(*iov))) {
		if (iov != fast)
			kfree(iov);
		return ERR_PTR(-EFAULT);
	}
	for (unsigned long i = 0; i < vlen; i++) {
		if (iov[i].iov_len > INT_MAX - total) {
			if (iov != fast)
				kfree(iov);
			return ERR_PTR(-EINVAL);
		}
		total += iov[i].iov_len;
	}
	return iov;
}

static ssize_t do_iter(struct file *file, const struct iovec *iov,
		       unsigned long vlen, bool write)
{
	loff_t *pos = pos_lock(file);
	ssize_t done = 0, ret = 0;

	/* with nothing to transfer the file's mode is checked all the same */
	if (!vlen && !(file->f_mode & (write ? FMODE_WRITE : FMODE_READ)))
		ret = -EBADF;
	for (unsigned long i = 0; i < vlen; i++) {
		if (!iov[i].iov_len && vlen > 1)
			continue;
		ret = write ? vfs_write(file, iov[i].iov_base, iov[i].iov_len,
					pos) :
			      vfs_read(file, iov[i].iov_base, iov[i].iov_len,
				       pos);
		if (ret < 0)
			break;
		done += ret;
		if (ret < iov[i].iov_len)
			break;
	}
	pos_unlock(file);
	return done ? done : ret;
}

static ssize_t do_vector(unsigned long fd, const struct iovec __user *uvec,
			 unsigned long vlen, bool write)
{
	struct iovec fast[UIO_FASTIOV], *iov;
	struct file *file = fget(fd);
	ssize_t ret;

	if (!file)
		return -EBADF;
	iov = import_iovec(uvec, vlen, fast);
	if (IS_ERR(iov)) {
		ret = PTR_ERR(iov);
	} else {
		ret = do_iter(file, iov, vlen, write);
		if (iov != fast)
			kfree(iov);
	}
	fput(file);
	return ret;
}

SYSCALL_DEFINE3(readv, unsigned long, fd, const struct iovec __user *, vec,
		unsigned long, vlen)
{
	return do_vector(fd, vec, vlen, false);
}

SYSCALL_DEFINE3(writev, unsigned long, fd, const struct iovec __user *, vec,
		unsigned long, vlen)
{
	return do_vector(fd, vec, vlen, true);
}

static loff_t vfs_llseek(unsigned int fd, loff_t offset, int whence)
{
	struct file *file = fget(fd);
	loff_t ret = -ESPIPE;

	if (!file)
		return -EBADF;
	if (whence < 0 || whence > SEEK_MAX) {
		ret = -EINVAL;
	} else if (seekable(file)) {
		pos_lock(file);
		ret = file->f_op->llseek(file, offset, whence);
		pos_unlock(file);
	}
	fput(file);
	return ret;
}

SYSCALL_DEFINE3(lseek, unsigned int, fd, off_t, offset, unsigned int, whence)
{
	loff_t ret = vfs_llseek(fd, offset, whence);

	return ret > LONG_MAX ? -EOVERFLOW : ret;
}

SYSCALL_DEFINE5(llseek, unsigned int, fd, unsigned long, high,
		unsigned long, low, loff_t __user *, result,
		unsigned int, whence)
{
	loff_t ret = vfs_llseek(fd, (loff_t)high << 32 | low, whence);

	if (ret < 0)
		return ret;
	return copy_to_user(result, &ret, sizeof(ret)) ? -EFAULT : 0;
}

ssize_t kernel_read(struct file *file, void *buf, size_t count, loff_t *pos)
{
	if (!file->f_op->kernel_read)
		return -EINVAL;
	return file->f_op->kernel_read(file, buf, count, pos);
}

SYSCALL_DEFINE3(ioctl, unsigned int, fd, unsigned int, cmd,
		unsigned long, arg)
{
	struct file *file = fget(fd);
	long ret = -ENOTTY;
	int on;

	if (!file)
		return -EBADF;
	switch (cmd) {
	case FIONBIO:
		ret = -EFAULT;
		if (copy_from_user(&on, (void __user *)arg, sizeof(on)))
			break;
		file->f_flags &= ~O_NONBLOCK;
		file->f_flags |= on ? O_NONBLOCK : 0;
		ret = 0;
		break;
	default:
		if (file->f_op->unlocked_ioctl)
			ret = file->f_op->unlocked_ioctl(file, cmd, arg);
	}
	fput(file);
	return ret == -ENOIOCTLCMD ? -ENOTTY : ret;
}

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
