#ifndef _LINUX_FDTABLE_H
#define _LINUX_FDTABLE_H

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/fs.h>
#include <linux/mutex.h>

#define NR_OPEN_DEFAULT 256

/* The open files of a process; threads (CLONE_FILES) share one. */
struct files_struct {
	atomic_t count;
	DECLARE_BITMAP(close_on_exec, NR_OPEN_DEFAULT);
	struct file *fd[NR_OPEN_DEFAULT];
};

struct task_struct;

extern struct files_struct init_files;
extern struct fs_struct init_fs;

/* A new reference, or NULL if fd is not open. */
struct file *fget(unsigned int fd);
/*
 * The lowest free descriptor from start on, set to file, whose reference is
 * given; or an error, and the file is put.
 */
int fd_install_from(unsigned int start, struct file *file, bool cloexec);
int close_fd(unsigned int fd);

int copy_files(unsigned long clone_flags, struct task_struct *tsk);
int copy_fs(unsigned long clone_flags, struct task_struct *tsk);
void exit_files(struct task_struct *tsk);
void exit_fs(struct task_struct *tsk);
void do_close_on_exec(struct files_struct *files);
/* /dev/console as descriptors 0, 1 and 2 of the current task. */
void console_on_rootfs(void);

#endif
