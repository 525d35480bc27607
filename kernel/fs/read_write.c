/* Reading, writing and seeking. */
#include <linux/fdtable.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include <linux/uio.h>
#include "internal.h"

#define MAX_RW_COUNT (INT_MAX & PAGE_MASK)

static bool seekable(struct file *file)
{
	return file->f_op->llseek != NULL;
}

struct file *pos_lock(struct file *file)
{
	if (seekable(file))
		mutex_lock(&file->f_pos_lock);
	return file;
}

void pos_unlock(struct file *file)
{
	if (seekable(file))
		mutex_unlock(&file->f_pos_lock);
}

/* Reads (FMODE_READ) or writes (FMODE_WRITE). */
static ssize_t vfs_rw(struct file *file, unsigned int mode, void __user *buf,
		      size_t count, loff_t *pos)
{
	const struct file_operations *op = file->f_op;

	if (!(file->f_mode & mode))
		return -EBADF;
	if (S_ISDIR(file_inode(file)->i_mode))
		return -EISDIR;
	if (mode == FMODE_READ ? !op->read : !op->write)
		return -EINVAL;
	if (!access_ok(buf, count))
		return -EFAULT;
	count = min_t(size_t, count, MAX_RW_COUNT);
	if (mode == FMODE_READ)
		return op->read(file, buf, count, pos);
	return op->write(file, buf, count, pos);
}

/* At the file's position, or at a place of its own, which no stream has. */
static ssize_t do_rw(unsigned int fd, unsigned int mode, void __user *buf,
		     size_t count, loff_t *pos)
{
	struct file *file __free(fput) = fget(fd);

	if (!file)
		return -EBADF;
	if (pos && *pos < 0)
		return -EINVAL;
	if (pos && !seekable(file))
		return -ESPIPE;
	if (pos)
		return vfs_rw(file, mode, buf, count, pos);
	guard(pos)(file);
	return vfs_rw(file, mode, buf, count, &file->f_pos);
}

SYSCALL_DEFINE3(read, unsigned int, fd, char __user *, buf, size_t, count)
{
	return do_rw(fd, FMODE_READ, buf, count, NULL);
}

SYSCALL_DEFINE3(write, unsigned int, fd, const char __user *, buf,
		size_t, count)
{
	return do_rw(fd, FMODE_WRITE, (void __user *)buf, count, NULL);
}

SYSCALL_DEFINE4(pread64, unsigned int, fd, char __user *, buf, size_t, count,
		loff_t, pos)
{
	return do_rw(fd, FMODE_READ, buf, count, &pos);
}

SYSCALL_DEFINE4(pwrite64, unsigned int, fd, const char __user *, buf,
		size_t, count, loff_t, pos)
{
	return do_rw(fd, FMODE_WRITE, (void __user *)buf, count, &pos);
}

/* Piece by piece; the first that is not done wholly is the last. */
static ssize_t do_vector(unsigned long fd, unsigned int mode,
			 const struct iovec __user *uvec, unsigned long vlen)
{
	struct file *file __free(fput) = fget(fd);
	ssize_t done = 0, ret;
	struct iovec iov;

	if (!file || !(file->f_mode & mode))
		return -EBADF;
	if (vlen > UIO_MAXIOV)
		return -EINVAL;
	guard(pos)(file);
	for (; vlen; vlen--, uvec++, done += ret) {
		if (copy_from_user(&iov, uvec, sizeof(iov)))
			ret = -EFAULT;
		else if (iov.iov_len > INT_MAX - done)
			ret = -EINVAL;
		else
			ret = vfs_rw(file, mode, iov.iov_base, iov.iov_len,
				     &file->f_pos);
		if (ret < 0)
			return done ? done : ret;
		if (ret < iov.iov_len)
			return done + ret;
	}
	return done;
}

SYSCALL_DEFINE3(readv, unsigned long, fd, const struct iovec __user *, vec,
		unsigned long, vlen)
{
	return do_vector(fd, FMODE_READ, vec, vlen);
}

SYSCALL_DEFINE3(writev, unsigned long, fd, const struct iovec __user *, vec,
		unsigned long, vlen)
{
	return do_vector(fd, FMODE_WRITE, vec, vlen);
}

static loff_t vfs_llseek(unsigned int fd, loff_t offset, int whence)
{
	struct file *file __free(fput) = fget(fd);

	if (!file)
		return -EBADF;
	if (whence < 0 || whence > SEEK_MAX)
		return -EINVAL;
	if (!seekable(file))
		return -ESPIPE;
	guard(pos)(file);
	return file->f_op->llseek(file, offset, whence);
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
