/*
 * Descriptors: small numbers that stand for open files. file_lock, held for
 * a few instructions at a time, owns every table.
 */
#include <linux/fdtable.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include "internal.h"

static DEFINE_SPINLOCK(file_lock);

struct files_struct init_files = { .count = ATOMIC_INIT(1) };
struct fs_struct init_fs = {
	.count = ATOMIC_INIT(1),
	.umask = 0022,
	.pwd = &root_dentry,
};

struct file *fget(unsigned int fd)
{
	struct file *file;

	if (fd >= NR_OPEN_DEFAULT)
		return NULL;
	guard(spinlock)(&file_lock);
	file = current->files->fd[fd];
	return file ? get_file(file) : NULL;
}

/* What fd stood for before; file, or NULL, comes in its place. */
static struct file *replace_fd(unsigned int fd, struct file *file, bool cloexec)
{
	guard(spinlock)(&file_lock);
	swap(file, current->files->fd[fd]);
	__assign_bit(fd, current->files->close_on_exec, cloexec);
	return file;
}

int fd_install_from(unsigned int start, struct file *file, bool cloexec)
{
	struct files_struct *files = current->files;
	unsigned int limit = current->signal->rlim_nofile, fd = start;

	spin_lock(&file_lock);
	while (fd < limit && files->fd[fd])
		fd++;
	if (fd < limit) {
		files->fd[fd] = file;
		__assign_bit(fd, files->close_on_exec, cloexec);
	}
	spin_unlock(&file_lock);
	if (fd < limit)
		return fd;
	fput(file);
	return start && start >= limit ? -EINVAL : -EMFILE;
}

int close_fd(unsigned int fd)
{
	struct file *file __free(fput) = NULL;

	if (fd < NR_OPEN_DEFAULT)
		file = replace_fd(fd, NULL, false);
	return file ? 0 : -EBADF;
}

static struct files_struct *dup_files(struct files_struct *old)
{
	struct files_struct *new = kmalloc(sizeof(*new), GFP_KERNEL);

	if (!new)
		return NULL;
	guard(spinlock)(&file_lock);
	memcpy(new, old, sizeof(*new));
	atomic_set(&new->count, 1);
	for (int i = 0; i < NR_OPEN_DEFAULT; i++)
		if (new->fd[i])
			get_file(new->fd[i]);
	return new;
}

int copy_files(unsigned long clone_flags, struct task_struct *tsk)
{
	struct files_struct *files = current->files;

	if (clone_flags & CLONE_FILES)
		atomic_inc(&files->count);
	else
		files = dup_files(files);
	tsk->files = files;
	return files ? 0 : -ENOMEM;
}

void exit_files(struct task_struct *tsk)
{
	struct files_struct *files = tsk->files;

	tsk->files = NULL;
	if (!files || !atomic_dec_and_test(&files->count))
		return;
	for (int i = 0; i < NR_OPEN_DEFAULT; i++)
		fput(files->fd[i]);
	kfree(files);
}

void do_close_on_exec(struct files_struct *files)
{
	for (int i = 0; i < NR_OPEN_DEFAULT; i++)
		if (test_bit(i, files->close_on_exec))
			close_fd(i);
}

static struct fs_struct *dup_fs(struct fs_struct *old)
{
	struct fs_struct *new = kmalloc(sizeof(*new), GFP_KERNEL);

	if (!new)
		return NULL;
	guard(mutex)(&fs_mutex);
	atomic_set(&new->count, 1);
	new->umask = old->umask;
	new->pwd = dget(old->pwd);
	return new;
}

int copy_fs(unsigned long clone_flags, struct task_struct *tsk)
{
	struct fs_struct *fs = current->fs;

	if (clone_flags & CLONE_FS)
		atomic_inc(&fs->count);
	else
		fs = dup_fs(fs);
	tsk->fs = fs;
	return fs ? 0 : -ENOMEM;
}

void exit_fs(struct task_struct *tsk)
{
	struct fs_struct *fs = tsk->fs;

	tsk->fs = NULL;
	if (!fs || !atomic_dec_and_test(&fs->count))
		return;
	dput(fs->pwd);
	kfree(fs);
}

void console_on_rootfs(void)
{
	struct file *file __free(fput) =
		do_filp_open(AT_FDCWD, "/dev/console", O_RDWR, 0);

	if (IS_ERR(file)) {
		pr_err("Warning: unable to open an initial console.\n");
		return;
	}
	for (int fd = 0; fd < 3; fd++)
		fd_install_from(0, get_file(file), false);
}

#define SETFL_MASK (O_APPEND | O_NONBLOCK | O_DIRECT | O_NOATIME)

SYSCALL_DEFINE3(fcntl64, unsigned int, fd, unsigned int, cmd,
		unsigned long, arg)
{
	struct files_struct *files = current->files;
	struct file *file __free(fput) = fget(fd);

	if (!file)
		return -EBADF;
	switch (cmd) {
	case F_DUPFD:
	case F_DUPFD_CLOEXEC:
		return fd_install_from(arg, get_file(file),
				       cmd == F_DUPFD_CLOEXEC);
	case F_GETFD:
		return test_bit(fd, files->close_on_exec) ? FD_CLOEXEC : 0;
	case F_SETFD:
		spin_lock(&file_lock);
		__assign_bit(fd, files->close_on_exec, arg & FD_CLOEXEC);
		spin_unlock(&file_lock);
		return 0;
	case F_GETFL:
		return file->f_flags | O_LARGEFILE;
	case F_SETFL:
		file->f_flags = (file->f_flags & ~SETFL_MASK) |
				(arg & SETFL_MASK);
		return 0;
	}
	return -EINVAL;
}

SYSCALL_DEFINE1(dup, unsigned int, oldfd)
{
	return sys_fcntl64(oldfd, F_DUPFD, 0);
}

SYSCALL_DEFINE3(dup3, unsigned int, oldfd, unsigned int, newfd, int, flags)
{
	struct file *file __free(fput) = NULL;

	if (flags & ~O_CLOEXEC || oldfd == newfd)
		return -EINVAL;
	if (newfd >= current->signal->rlim_nofile)
		return -EBADF;
	file = fget(oldfd);
	if (!file)
		return -EBADF;
	/* what newfd stood for is closed */
	file = replace_fd(newfd, file, flags & O_CLOEXEC);
	return newfd;
}

SYSCALL_DEFINE2(dup2, unsigned int, oldfd, unsigned int, newfd)
{
	if (oldfd != newfd)
		return sys_dup3(oldfd, newfd, 0);
	return sys_fcntl64(oldfd, F_GETFD, 0) < 0 ? -EBADF : newfd;
}
