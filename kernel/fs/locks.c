// SPDX-License-Identifier: MIT
/*
 * Advisory locks of whole files, by flock(): they belong to an open file, which
 * fork() and dup() share, and go with it.
 */
#include <linux/fdtable.h>
#include <linux/filelock.h>
#include <linux/slab.h>
#include <linux/syscalls.h>

struct file_lock {
	struct list_head	list;
	const struct file	*owner;
	short			type;	/* LOCK_SH, LOCK_EX */
	pid_t			pid;	/* who asked for it */
};

/* flc_lock owns the list; whoever waits for a lock sleeps on flc_wait. */
static DEFINE_MUTEX(flc_lock);
static DECLARE_WAIT_QUEUE_HEAD(flc_wait);
static LIST_HEAD(file_locks);

/* The lock that @file has; *conflict is set if another's is in the way. */
static struct file_lock *find_lock(const struct file *file, short type,
				   bool *conflict)
{
	struct file_lock *fl, *own = NULL;

	list_for_each_entry(fl, &file_locks, list) {
		if (fl->owner == file)
			own = fl;
		else if (file_inode(fl->owner) == file_inode(file) &&
			 (fl->type == LOCK_EX || type == LOCK_EX))
			*conflict = true;
	}
	return own;
}

/* Sets, changes or (LOCK_UN) takes away; -EAGAIN if another is in the way. */
static int flock_lock_file(struct file *file, short type)
{
	bool conflict = false;
	struct file_lock *fl;

	guard(mutex)(&flc_lock);
	fl = find_lock(file, type, &conflict);
	if (type == LOCK_UN) {
		if (fl)
			list_del(&fl->list);
		kfree(fl);
	} else if (conflict) {
		return -EAGAIN;
	} else {
		if (!fl) {
			fl = kmalloc(sizeof(*fl), GFP_KERNEL);
			if (!fl)
				return -ENOLCK;
			fl->owner = file;
			list_add_tail(&fl->list, &file_locks);
		}
		fl->type = type;
		fl->pid = current->tgid;
	}
	wake_up_all(&flc_wait);
	return 0;
}

/* Every open file is closed; few are locked. */
void locks_remove_flock(struct file *file)
{
	if (!list_empty(&file_locks))
		flock_lock_file(file, LOCK_UN);
}

SYSCALL_DEFINE2(flock, unsigned int, fd, unsigned int, cmd)
{
	struct file *file __free(fput) = fget(fd);
	short type = cmd & ~LOCK_NB;
	int ret, err;

	if (!file)
		return -EBADF;
	if (type != LOCK_SH && type != LOCK_EX && type != LOCK_UN)
		return -EINVAL;
	err = wait_event_interruptible(
		flc_wait, (ret = flock_lock_file(file, type)) != -EAGAIN ||
				  cmd & LOCK_NB);
	return err ? err : ret;
}

int show_locks(char *buf, int size)
{
	const struct file_lock *fl;
	int len = 0, id = 1;

	guard(mutex)(&flc_lock);
	list_for_each_entry(fl, &file_locks, list)
		len += scnprintf(buf + len, size - len,
				 "%d: FLOCK  ADVISORY  %s %d 00:01:%lu 0 EOF\n",
				 id++, fl->type == LOCK_EX ? "WRITE" : "READ ",
				 fl->pid, file_inode(fl->owner)->i_ino);
	return len;
}
