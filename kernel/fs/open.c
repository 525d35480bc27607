/* From a name to an open file. */
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
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

static struct file *dentry_open(struct dentry *dentry, int flags)
{
	struct inode *inode = dentry->d_inode;
	struct file *file;
	int err = may_open(inode, flags);

	if (err)
		return ERR_PTR(err);
	file = alloc_file(inode, dentry, flags, inode->i_fop);
	if (IS_ERR(file))
		return file;
	if (file->f_op->open)
		err = file->f_op->open(inode, file);
	else if (flags & O_TRUNC && S_ISREG(inode->i_mode))
		err = generic_file_truncate(inode, 0);
	if (err) {
		/* not opened, so not to be released either */
		file->f_op = &simple_dir_operations;
		fput(file);
		return ERR_PTR(err);
	}
	return file;
}

static struct file *do_filp_open(int dfd, const char *name, int flags,
				 umode_t mode)
{
	int lookup = flags & O_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
	struct dentry *dentry;
	struct file *file;
	int err = 0;

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
	file = dentry_open(dentry, flags);
	dput(dentry);
	return file;
}

struct file *filp_open(const char *name, int flags, umode_t mode)
{
	return do_filp_open(AT_FDCWD, name, flags, mode);
}

/* A file to be executed: a regular one that somebody may execute. */
struct file *open_exec(const char *name)
{
	struct file *file = filp_open(name, O_RDONLY, 0);

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
	char *name = getname(uname);
	struct file *file;
	int fd;

	if (IS_ERR(name))
		return PTR_ERR(name);
	file = do_filp_open(dfd, name, flags, mode & ~current->fs->umask);
	kfree(name);
	if (IS_ERR(file))
		return PTR_ERR(file);
	fd = fd_install_from(0, file, flags & O_CLOEXEC);
	if (fd < 0)
		fput(file);
	return fd;
}

SYSCALL_DEFINE3(open, const char __user *, name, int, flags, umode_t, mode)
{
	return sys_openat(AT_FDCWD, name, flags, mode);
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

SYSCALL_DEFINE1(close, unsigned int, fd)
{
	return close_fd(fd);
}

/* Everybody is root here: only execution needs a bit that is set. */
SYSCALL_DEFINE3(faccessat, int, dfd, const char __user *, name, int, mode)
{
	struct inode *inode;
	umode_t imode;

	if (mode & ~ACCESS_MODES)
		return -EINVAL;
	inode = inode_at(dfd, name, 0);
	if (IS_ERR(inode))
		return PTR_ERR(inode);
	imode = inode->i_mode;
	iput(inode);
	if (mode & X_OK && !S_ISDIR(imode) && !(imode & 0111))
		return -EACCES;
	return 0;
}

SYSCALL_DEFINE2(access, const char __user *, name, int, mode)
{
	return sys_faccessat(AT_FDCWD, name, mode);
}

SYSCALL_DEFINE1(chdir, const char __user *, name)
{
	struct dentry *dir = user_lookup_at(AT_FDCWD, name,
					    LOOKUP_FOLLOW | LOOKUP_DIRECTORY);

	if (IS_ERR(dir))
		return PTR_ERR(dir);
	set_fs_pwd(current->fs, dir);
	return 0;
}

SYSCALL_DEFINE1(fchdir, unsigned int, fd)
{
	struct file *file = fget(fd);
	int err = -ENOTDIR;

	if (!file)
		return -EBADF;
	if (S_ISDIR(file_inode(file)->i_mode)) {
		set_fs_pwd(current->fs, dget(file->f_dentry));
		err = 0;
	}
	fput(file);
	return err;
}

/* The result counts the NUL, unlike what the C library returns. */
SYSCALL_DEFINE2(getcwd, char __user *, buf, unsigned long, size)
{
	char *path = kmalloc(PATH_MAX, GFP_KERNEL);
	struct dentry *pwd;
	int len = -ENOENT;

	if (!path)
		return -ENOMEM;
	pwd = get_fs_pwd(current->fs);
	if (!d_unlinked(pwd))
		len = dentry_path(pwd, path, PATH_MAX);
	dput(pwd);
	if (len >= 0) {
		if (++len > size)
			len = -ERANGE;
		else if (copy_to_user(buf, path, len))
			len = -EFAULT;
	}
	kfree(path);
	return len;
}

SYSCALL_DEFINE2(ftruncate64, unsigned int, fd, loff_t, length)
{
	struct file *file = fget(fd);
	int err = -EINVAL;

	if (!file)
		return -EBADF;
	if (file->f_mode & FMODE_WRITE && S_ISREG(file_inode(file)->i_mode))
		err = generic_file_truncate(file_inode(file), length);
	fput(file);
	return err;
}

SYSCALL_DEFINE2(ftruncate, unsigned int, fd, unsigned long, length)
{
	return sys_ftruncate64(fd, (long)length);
}

/* And fdatasync(): memory is all there is, nothing to wait for. */
SYSCALL_DEFINE1(fsync, unsigned int, fd)
{
	struct file *file = fget(fd);
	int err = 0;

	if (!file)
		return -EBADF;
	/* as on a file system, not on a terminal, a device or a pipe */
	if (!S_ISREG(file_inode(file)->i_mode) &&
	    !S_ISDIR(file_inode(file)->i_mode))
		err = -EINVAL;
	fput(file);
	return err;
}
