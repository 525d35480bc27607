/* From a name to an open file. */
#include <linux/fdtable.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include "internal.h"

#define ACCESS_MODES 7	/* R_OK | W_OK | X_OK */
#define X_OK 1

static int may_open(struct inode *inode, int flags)
{
	if (S_ISLNK(inode->i_mode))
		return -ELOOP;
	if (flags & O_DIRECTORY && !S_ISDIR(inode->i_mode))
		return -ENOTDIR;
	if (S_ISDIR(inode->i_mode) &&
	    (flags & O_ACCMODE || flags & (O_CREAT | O_TRUNC)))
		return -EISDIR;
	if (!inode->i_fop)
		return -ENXIO;
	if (flags & (O_ACCMODE | O_TRUNC) && atomic_read(&inode->i_execs))
		return -ETXTBSY;
	return 0;
}

struct file *do_filp_open(int dfd, const char *name, int flags, umode_t mode)
{
	int lookup = flags & O_NOFOLLOW ? 0 : LOOKUP_FOLLOW, err;
	struct dentry *dentry __free(dput) = NULL;

	if (flags & O_CREAT) {
		if (flags & O_DIRECTORY)
			return ERR_PTR(-EINVAL);
		err = create_at(dfd, name, new_inode(S_IFREG | (mode & 07777)));
		if (err && (err != -EEXIST || flags & O_EXCL))
			return ERR_PTR(err);
	}
	dentry = lookup_at(dfd, name, lookup);
	if (IS_ERR(dentry))
		return ERR_CAST(dentry);
	err = may_open(dentry->d_inode, flags);
	if (!err && flags & O_TRUNC && S_ISREG(dentry->d_inode->i_mode))
		err = generic_file_truncate(dentry->d_inode, 0);
	return err ? ERR_PTR(err) : alloc_file(dentry->d_inode, dentry, flags);
}

/* A file to be executed: a regular one that somebody may execute. */
struct file *open_exec(const char *name)
{
	struct file *file = do_filp_open(AT_FDCWD, name, O_RDONLY, 0);

	if (IS_ERR(file))
		return file;
	if (S_ISREG(file_inode(file)->i_mode) &&
	    file_inode(file)->i_mode & 0111)
		return file;
	fput(file);
	return ERR_PTR(-EACCES);
}

SYSCALL_DEFINE4(openat, int, dfd, const char __user *, uname, int, flags,
		umode_t, mode)
{
	char *name __free(kfree) = getname(uname);
	struct file *file;

	if (IS_ERR(name))
		return PTR_ERR(name);
	file = do_filp_open(dfd, name, flags, mode & ~current->fs->umask);
	if (IS_ERR(file))
		return PTR_ERR(file);
	return fd_install_from(0, file, flags & O_CLOEXEC);
}

SYSCALL_DEFINE3(open, const char __user *, name, int, flags, umode_t, mode)
{
	return sys_openat(AT_FDCWD, name, flags, mode);
}

SYSCALL_DEFINE1(close, unsigned int, fd)
{
	return close_fd(fd);
}

static int chmod_common(struct inode *inode, umode_t mode)
{
	if (IS_ERR(inode))
		return PTR_ERR(inode);
	inode->i_mode = (inode->i_mode & S_IFMT) | (mode & 07777);
	iput(inode);
	return 0;
}

SYSCALL_DEFINE2(chmod, const char __user *, name, umode_t, mode)
{
	return chmod_common(inode_at(AT_FDCWD, name, 0), mode);
}

SYSCALL_DEFINE2(fchmod, unsigned int, fd, umode_t, mode)
{
	return chmod_common(inode_of_fd(fd), mode);
}

/* Everybody is root here: only execution needs a bit that is set. */
SYSCALL_DEFINE3(faccessat, int, dfd, const char __user *, name, int, mode)
{
	struct inode *inode __free(iput) = inode_at(dfd, name, 0);

	if (mode & ~ACCESS_MODES)
		return -EINVAL;
	if (IS_ERR(inode))
		return PTR_ERR(inode);
	if (mode & X_OK && !S_ISDIR(inode->i_mode) && !(inode->i_mode & 0111))
		return -EACCES;
	return 0;
}

SYSCALL_DEFINE2(access, const char __user *, name, int, mode)
{
	return sys_faccessat(AT_FDCWD, name, mode);
}

SYSCALL_DEFINE1(chdir, const char __user *, name)
{
	struct dentry *dir __free(dput) =
		user_lookup_at(AT_FDCWD, name, LOOKUP_FOLLOW);

	if (IS_ERR(dir))
		return PTR_ERR(dir);
	if (!S_ISDIR(dir->d_inode->i_mode))
		return -ENOTDIR;
	/* the one that is left is put at the end of the scope */
	guard(mutex)(&fs_mutex);
	swap(current->fs->pwd, dir);
	return 0;
}

/* The result counts the NUL, unlike what the C library returns. */
SYSCALL_DEFINE2(getcwd, char __user *, buf, unsigned long, size)
{
	char *path __free(kfree) = kmalloc(PATH_MAX, GFP_KERNEL);
	int len = -ENOENT;

	if (!path)
		return -ENOMEM;
	mutex_lock(&fs_mutex);
	if (!d_unlinked(current->fs->pwd))
		len = dentry_path(current->fs->pwd, path, PATH_MAX);
	mutex_unlock(&fs_mutex);
	if (len < 0)
		return len;
	if (++len > size)
		return -ERANGE;
	return copy_to_user(buf, path, len) ? -EFAULT : len;
}

SYSCALL_DEFINE2(ftruncate64, unsigned int, fd, loff_t, length)
{
	struct file *file __free(fput) = fget(fd);

	if (!file)
		return -EBADF;
	if (!(file->f_mode & FMODE_WRITE) || !S_ISREG(file_inode(file)->i_mode))
		return -EINVAL;
	return generic_file_truncate(file_inode(file), length);
}

SYSCALL_DEFINE2(ftruncate, unsigned int, fd, unsigned long, length)
{
	return sys_ftruncate64(fd, (long)length);
}

/* And fdatasync(): memory is all there is, nothing to wait for. */
SYSCALL_DEFINE1(fsync, unsigned int, fd)
{
	struct file *file __free(fput) = fget(fd);

	if (!file)
		return -EBADF;
	/* as on a file system, not on a terminal, a device or a pipe */
	if (S_ISREG(file_inode(file)->i_mode) ||
	    S_ISDIR(file_inode(file)->i_mode))
		return 0;
	return -EINVAL;
}
