/*
 * Descriptors: small numbers that stand for open files. file_lock, held for
 * a few instructions at a time, owns every table.
 */
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include <uapi/linux/sched.h>

static DEFINE_SPINLOCK(file_lock);

struct files_struct init_files = { .count = ATOMIC_INIT(1) };
struct fs_struct init_fs = { .count = ATOMIC_INIT(1), .umask = 0022 };

struct file *fget(unsigned int fd)
{
	struct file *file = NULL;

	if (fd >= NR_OPEN_DEFAULT)
		return NULL;
	spin_lock(&file_lock);
	file = current->files->fd[fd];
	if (file)
		get_file(file);
	spin_unlock(&file_lock);
	return file;
}

static void set_cloexec(struct files_struct *files, unsigned int fd, bool on)
{
	if (on)
		__set_bit(fd, files->close_on_exec);
	else
		__clear_bit(fd, files->close_on_exec);
}

int fd_install_from(unsigned int start, struct file *file, bool cloexec)
{
	struct files_struct *files = current->files;
	unsigned int limit = current->signal->rlim_nofile;
	int fd = -EMFILE;

	if (start && start >= limit)
		return -EINVAL;
	spin_lock(&file_lock);
	for (unsigned int i = start; i < limit; i++) {
		if (files->fd[i])
			continue;
		files->fd[i] = file;
		set_cloexec(files, i, cloexec);
		fd = i;
		break;
	}
	spin_unlock(&file_lock);
	return fd;
}

int close_fd(unsigned int fd)
{
	struct files_struct *files = current->files;
	struct file *file = NULL;

	if (fd >= NR_OPEN_DEFAULT)
		return -EBADF;
	spin_lock(&file_lock);
	swap(file, files->fd[fd]);
	set_cloexec(files, fd, false);
	spin_unlock(&file_lock);
	if (!file)
		return -EBADF;
	fput(file);
	return 0;
}

static struct files_struct *dup_files(struct files_struct *old)
{
	struct files_struct *new = kmalloc(sizeof(*new), GFP_KERNEL);

	if (!new)
		return NULL;
	spin_lock(&file_lock);
	memcpy(new, old, sizeof(*new));
	atomic_set(&new->count, 1);
	for (int i = 0; i < NR_OPEN_DEFAULT; i++)
		if (new->fd[i])
			get_file(new->fd[i]);
	spin_unlock(&file_lock);
	return new;
}

int copy_files(unsigned long clone_flags, struct task_struct *tsk)
{
	struct files_struct *files = current->files;

	if (!files)
		return 0;
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
		if (files->fd[i])
			fput(files->fd[i]);
	if (files != &init_files)
		kfree(files);
}

void do_close_on_exec(struct files_struct *files)
{
	for (int i = 0; i < NR_OPEN_DEFAULT; i++)
		if (test_bit(i, files->close_on_exec))
			close_fd(i);
}

int copy_fs(unsigned long clone_flags, struct task_struct *tsk)
{
	struct fs_struct *fs = current->fs, *new;

	if (!fs)
		return 0;
	if (clone_flags & CLONE_FS) {
		atomic_inc(&fs->count);
		tsk->fs = fs;
		return 0;
	}
	new = kmemdup(fs, sizeof(*fs), GFP_KERNEL);
	tsk->fs = new;
	if (!new)
		return -ENOMEM;
	atomic_set(&new->count, 1);
	new->pwd = get_fs_pwd(fs);
	return 0;
}

void exit_fs(struct task_struct *tsk)
{
	struct fs_struct *fs = tsk->fs;

	tsk->fs = NULL;
	if (!fs || !atomic_dec_and_test(&fs->count))
		return;
	dput(fs->pwd);
	if (fs != &init_fs)
		kfree(fs);
}

/*
 * One more descriptor for the file.  Its reference comes first: another thread
 * may close it as soon as it is there.
 */
static int install_again(struct file *file, unsigned int start, bool cloexec)
{
	int fd = fd_install_from(start, get_file(file), cloexec);

	if (fd < 0)
		fput(file);
	return fd;
}

void console_on_rootfs(void)
{
	struct file *file = filp_open("/dev/console", O_RDWR, 0);

	if (IS_ERR(file)) {
		pr_err("Warning: unable to open an initial console.\n");
		return;
	}
	for (int fd = 0; fd < 3; fd++)
		install_again(file, 0, false);
	fput(file);
}

SYSCALL_DEFINE1(dup, unsigned int, oldfd)
{
	struct file *file = fget(oldfd);
	int fd;

	if (!file)
		return -EBADF;
	fd = install_again(file, 0, false);
	fput(file);
	return fd;
}

SYSCALL_DEFINE3(dup3, unsigned int, oldfd, unsigned int, newfd, int, flags)
{
	struct files_struct *files = current->files;
	struct file *file;

	if (flags & ~O_CLOEXEC || oldfd == newfd)
		return -EINVAL;
	if (newfd >= current->signal->rlim_nofile)
		return -EBADF;
	file = fget(oldfd);
	if (!file)
		return -EBADF;
	spin_lock(&file_lock);
	swap(file, files->fd[newfd]);
	set_cloexec(files, newfd, flags & O_CLOEXEC);
	spin_unlock(&file_lock);
	if (file)
		fput(file);
	return newfd;
}

SYSCALL_DEFINE2(dup2, unsigned int, oldfd, unsigned int, newfd)
{
	struct file *file;

	if (oldfd != newfd)
		return sys_dup3(oldfd, newfd, 0);
	file = fget(oldfd);
	if (!file)
		return -EBADF;
	fput(file);
	return newfd;
}

#define SETFL_MASK (O_APPEND | O_NONBLOCK | O_DIRECT | O_NOATIME)

static long do_fcntl(unsigned int fd, unsigned int cmd, unsigned long arg,
		     struct file *file)
{
	struct files_struct *files = current->files;

	switch (cmd) {
	case F_DUPFD:
	case F_DUPFD_CLOEXEC:
		return install_again(file, arg, cmd == F_DUPFD_CLOEXEC);
	case F_GETFD:
		return test_bit(fd, files->close_on_exec) ? FD_CLOEXEC : 0;
	case F_SETFD:
		spin_lock(&file_lock);
		set_cloexec(files, fd, arg & FD_CLOEXEC);
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

SYSCALL_DEFINE3(fcntl64, unsigned int, fd, unsigned int, cmd,
		unsigned long, arg)
{
	struct file *file = fget(fd);
	long ret;

	if (!file)
		return -EBADF;
	ret = do_fcntl(fd, cmd, arg, file);
	fput(file);
	return ret;
}
