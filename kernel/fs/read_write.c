/* Reading, writing and seeking. */
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include <linux/uio.h>
#include "internal.h"

#define MAX_RW_COUNT (INT_MAX & PAGE_MASK)

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

loff_t *pos_lock(struct file *file)
{
	if (seekable(file))
		mutex_lock(&file->f_pos_lock);
	return &file->f_pos;
}

void pos_unlock(struct file *file)
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

/* At a place of its own, which a stream does not have. */
static ssize_t do_positioned(unsigned int fd, char __user *buf, size_t count,
			     loff_t pos, bool write)
{
	struct file *file;
	ssize_t ret = -ESPIPE;

	if (pos < 0)
		return -EINVAL;
	file = fget(fd);
	if (!file)
		return -EBADF;
	if (seekable(file))
		ret = write ? vfs_write(file, buf, count, &pos) :
			      vfs_read(file, buf, count, &pos);
	fput(file);
	return ret;
}

SYSCALL_DEFINE4(pread64, unsigned int, fd, char __user *, buf, size_t, count,
		loff_t, pos)
{
	return do_positioned(fd, buf, count, pos, false);
}

SYSCALL_DEFINE4(pwrite64, unsigned int, fd, const char __user *, buf,
		size_t, count, loff_t, pos)
{
	return do_positioned(fd, (char __user *)buf, count, pos, true);
}

/* The vector, checked; to be freed. */
static struct iovec *import_iovec(const struct iovec __user *uvec,
				  unsigned long vlen)
{
	struct iovec *iov;
	size_t total = 0;
	int err = 0;

	if (vlen > UIO_MAXIOV)
		return ERR_PTR(-EINVAL);
	iov = kmalloc(vlen * sizeof(*iov), GFP_KERNEL);
	if (!iov)
		return ERR_PTR(-ENOMEM);
	if (copy_from_user(iov, uvec, vlen * sizeof(*iov)))
		err = -EFAULT;
	for (unsigned long i = 0; i < vlen && !err; i++) {
		if (iov[i].iov_len > INT_MAX - total)
			err = -EINVAL;
		total += iov[i].iov_len;
	}
	if (!err)
		return iov;
	kfree(iov);
	return ERR_PTR(err);
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
	struct file *file = fget(fd);
	struct iovec *iov;
	ssize_t ret;

	if (!file)
		return -EBADF;
	iov = import_iovec(uvec, vlen);
	ret = PTR_ERR(iov);
	if (!IS_ERR(iov)) {
		ret = do_iter(file, iov, vlen, write);
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
