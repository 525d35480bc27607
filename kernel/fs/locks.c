// SPDX-License-Identifier: MIT
/*
 * Advisory locks of whole files, by flock(): they belong to an open file, which
 * fork() and dup() share, and go with it.
 */
#include <linux/fdtable.h>
#include <linux/filelock.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/wait.h>

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
	struct file_lock *new = kmalloc(sizeof(*new), GFP_KERNEL), *old;
	bool conflict = false;

	if (!new)
		return -ENOLCK;
	new->owner = file;
	new->type = type;
	new->pid = current->tgid;
	mutex_lock(&flc_lock);
	old = find_lock(file, type, &conflict);
	conflict = conflict && type != LOCK_UN;
	if (old && !conflict)
		list_del(&old->list);
	if (!conflict && type != LOCK_UN) {
		list_add_tail(&new->list, &file_locks);
		new = NULL;
	}
	mutex_unlock(&flc_lock);
	kfree(new);
	if (conflict)
		return -EAGAIN;
	kfree(old);
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
	struct file *file = fget(fd);
	short type = cmd & ~LOCK_NB;
	int ret = -EINVAL, err;

	if (!file)
		return -EBADF;
	if (type == LOCK_SH || type == LOCK_EX || type == LOCK_UN)
		ret = flock_lock_file(file, type);
	if (ret == -EAGAIN && !(cmd & LOCK_NB)) {
		err = wait_event_interruptible(
			flc_wait,
			(ret = flock_lock_file(file, type)) != -EAGAIN);
		ret = err ? err : ret;
	}
	fput(file);
	return ret;
}

int show_locks(char *buf, int size)
{
	const struct file_lock *fl;
	int len = 0, id = 1;

	mutex_lock(&flc_lock);
	list_for_each_entry(fl, &file_locks, list)
		len += scnprintf(buf + len, size - len,
				 "%d: FLOCK  ADVISORY  %s %d 00:01:%lu 0 EOF\n",
				 id++, fl->type == LOCK_EX ? "WRITE" : "READ ",
				 fl->pid, file_inode(fl->owner)->i_ino);
	mutex_unlock(&flc_lock);
	return len;
}
