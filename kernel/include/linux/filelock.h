/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_FILELOCK_H
#define _LINUX_FILELOCK_H

#include <linux/errno.h>
#include <linux/fs.h>

struct files_struct;

#ifdef CONFIG_FILE_LOCKING
/* fcntl() with one of the six commands about locks, @arg a user pointer. */
long fcntl_lock(struct file *file, unsigned int cmd, unsigned long arg);
/* A process closes a descriptor, any of those it has for the file. */
void locks_remove_posix(struct file *file, struct files_struct *owner);
/* The last descriptor of an open file is closed. */
void locks_remove_flock(struct file *file);
int show_locks(char *buf, int size);
#else
static inline long fcntl_lock(struct file *file, unsigned int cmd,
			      unsigned long arg)
{
	return -EINVAL;
}

static inline void locks_remove_posix(struct file *file,
				      struct files_struct *owner)
{
}

static inline void locks_remove_flock(struct file *file)
{
}

static inline int show_locks(char *buf, int size)
{
	return 0;
}
#endif

#endif
