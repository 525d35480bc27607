// SPDX-License-Identifier: MIT
/*
 * Advisory locks.  Those of flock() are for a whole file and belong to an open
 * file, which fork() and dup() share; those of fcntl() are for a range of
 * bytes and belong to a process, which loses them with its first close() of
 * the file.  The two kinds do not see each other.  Locks of one owner never
 * overlap: a new one takes the place of what it covers.
 */
#include <linux/fdtable.h>
#include <linux/filelock.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#define OFFSET_MAX	LLONG_MAX

/* As user land has them: with offsets of 32 bits, and of 64. */
struct flock {
	short	l_type;
	short	l_whence;
	s32	l_start;
	s32	l_len;		/* 0: to the end, wherever that is */
	pid_t	l_pid;		/* F_GETLK: who is in the way */
};

struct flock64 {
	short	l_type;
	short	l_whence;
	s64	l_start;
	s64	l_len;
	pid_t	l_pid;
};

struct file_lock {
	struct list_head	list;
	const struct inode	*inode;
	const void		*owner;	/* struct file, or files_struct */
	bool			posix;
	short			type;	/* F_RDLCK, F_WRLCK */
	pid_t			pid;
	loff_t			start, end;	/* the last byte's offset */
};

/* flc_lock owns the list; whoever waits for a lock sleeps on flc_wait. */
static DEFINE_MUTEX(flc_lock);
static DECLARE_WAIT_QUEUE_HEAD(flc_wait);
static LIST_HEAD(file_locks);

static bool same_owner(const struct file_lock *a, const struct file_lock *b)
{
	return a->inode == b->inode && a->owner == b->owner;
}

/* One of the two goes on where the other ends. */
static bool adjoin(const struct file_lock *a, const struct file_lock *b)
{
	return a->start - 1 <= b->end && b->start - 1 <= a->end;
}

static bool overlap(const struct file_lock *a, const struct file_lock *b)
{
	return a->start <= b->end && b->start <= a->end;
}

static struct file_lock *find_conflict(const struct file_lock *request)
{
	struct file_lock *fl;

	list_for_each_entry(fl, &file_locks, list)
		if (fl->inode == request->inode &&
		    fl->posix == request->posix &&
		    fl->owner != request->owner && overlap(fl, request) &&
		    (fl->type == F_WRLCK || request->type == F_WRLCK))
			return fl;
	return NULL;
}

static void drop_lock(struct file_lock *fl)
{
	list_del(&fl->list);
	kfree(fl);
}

/*
 * The owner's locks give way to @lock.  Of one that is cut in two, @upper
 * becomes the part above; true if it did.
 */
static bool make_room(struct file_lock *lock, struct file_lock *upper)
{
	struct file_lock *fl, *next;

	list_for_each_entry_safe(fl, next, &file_locks, list) {
		if (!same_owner(fl, lock))
			continue;
		if (fl->type == lock->type && adjoin(fl, lock)) {
			lock->start = min(lock->start, fl->start);
			lock->end = max(lock->end, fl->end);
			drop_lock(fl);
		} else if (!overlap(fl, lock)) {
			continue;
		} else if (fl->start < lock->start && fl->end > lock->end) {
			*upper = *fl;
			upper->start = lock->end + 1;
			fl->end = lock->start - 1;
			list_add(&upper->list, &fl->list);
			return true;
		} else if (fl->start < lock->start) {
			fl->end = lock->start - 1;
		} else if (fl->end > lock->end) {
			fl->start = lock->end + 1;
		} else {
			drop_lock(fl);
		}
	}
	return false;
}

/* Sets, changes or (F_UNLCK) takes away; -EAGAIN if another is in the way. */
static int lock_inode(const struct file_lock *request)
{
	struct file_lock *new = kmemdup(request, sizeof(*new), GFP_KERNEL);
	struct file_lock *upper = kmalloc(sizeof(*upper), GFP_KERNEL);
	int ret = -ENOLCK;

	if (!new || !upper)
		goto out;
	ret = -EAGAIN;
	mutex_lock(&flc_lock);
	if (request->type == F_UNLCK || !find_conflict(request)) {
		ret = 0;
		if (make_room(new, upper))
			upper = NULL;
		if (new->type != F_UNLCK) {
			list_add_tail(&new->list, &file_locks);
			new = NULL;
		}
	}
	mutex_unlock(&flc_lock);
	if (!ret)
		wake_up_all(&flc_wait);
out:
	kfree(new);
	kfree(upper);
	return ret;
}

static int lock_inode_wait(const struct file_lock *request, bool wait)
{
	int ret, interrupted;

	if (!wait)
		return lock_inode(request);
	interrupted = wait_event_interruptible(
		flc_wait, (ret = lock_inode(request)) != -EAGAIN);
	return interrupted ? interrupted : ret;
}

static void locks_remove(struct file *file, const void *owner)
{
	const struct file_lock all = {
		.inode = file_inode(file),
		.owner = owner,
		.type = F_UNLCK,
		.end = OFFSET_MAX,
	};
	struct file_lock *fl, *next;
	bool some = false;

	if (list_empty(&file_locks))
		return;
	mutex_lock(&flc_lock);
	list_for_each_entry_safe(fl, next, &file_locks, list)
		if (same_owner(fl, &all)) {
			drop_lock(fl);
			some = true;
		}
	mutex_unlock(&flc_lock);
	if (some)
		wake_up_all(&flc_wait);
}

void locks_remove_posix(struct file *file, struct files_struct *owner)
{
	locks_remove(file, owner);
}

void locks_remove_flock(struct file *file)
{
	locks_remove(file, file);
}

SYSCALL_DEFINE2(flock, unsigned int, fd, unsigned int, cmd)
{
	struct file *file = fget(fd);
	struct file_lock request = {
		.end = OFFSET_MAX,
		.pid = current->tgid,
	};
	int ret = -EINVAL;

	if (!file)
		return -EBADF;
	request.inode = file_inode(file);
	request.owner = file;
	switch (cmd & ~LOCK_NB) {
	case LOCK_SH:
		request.type = F_RDLCK;
		break;
	case LOCK_EX:
		request.type = F_WRLCK;
		break;
	case LOCK_UN:
		request.type = F_UNLCK;
		break;
	default:
		goto out;
	}
	ret = lock_inode_wait(&request, !(cmd & LOCK_NB));
out:
	fput(file);
	return ret;
}

static bool has_wide_offsets(unsigned int cmd)
{
	return cmd == F_GETLK64 || cmd == F_SETLK64 || cmd == F_SETLKW64;
}

static int get_flock(struct flock64 *l, unsigned int cmd, void __user *ul)
{
	struct flock narrow;

	if (has_wide_offsets(cmd))
		return copy_from_user(l, ul, sizeof(*l)) ? -EFAULT : 0;
	if (copy_from_user(&narrow, ul, sizeof(narrow)))
		return -EFAULT;
	l->l_type = narrow.l_type;
	l->l_whence = narrow.l_whence;
	l->l_start = narrow.l_start;
	l->l_len = narrow.l_len;
	l->l_pid = narrow.l_pid;
	return 0;
}

static int put_flock(const struct flock64 *l, unsigned int cmd, void __user *ul)
{
	struct flock narrow = {
		.l_type = l->l_type,
		.l_whence = l->l_whence,
		.l_start = l->l_start,
		.l_len = l->l_len,
		.l_pid = l->l_pid,
	};

	if (has_wide_offsets(cmd))
		return copy_to_user(ul, l, sizeof(*l)) ? -EFAULT : 0;
	if (narrow.l_start != l->l_start || narrow.l_len != l->l_len)
		return -EOVERFLOW;
	return copy_to_user(ul, &narrow, sizeof(narrow)) ? -EFAULT : 0;
}

/* From where, how many, to the first and the last byte. */
static int flock_range(struct file *file, const struct flock64 *l,
		       struct file_lock *fl)
{
	loff_t from = 0;

	if (l->l_whence == SEEK_CUR)
		from = file->f_pos;
	else if (l->l_whence == SEEK_END)
		from = file_inode(file)->i_size;
	else if (l->l_whence != SEEK_SET)
		return -EINVAL;
	if (l->l_start > OFFSET_MAX - from)
		return -EOVERFLOW;
	fl->start = from + l->l_start;
	fl->end = OFFSET_MAX;
	if (fl->start < 0)
		return -EINVAL;
	if (l->l_len > 0) {
		if (l->l_len - 1 > OFFSET_MAX - fl->start)
			return -EOVERFLOW;
		fl->end = fl->start + l->l_len - 1;
	} else if (l->l_len < 0) {
		/* backwards: the bytes before the start */
		if (fl->start + l->l_len < 0)
			return -EINVAL;
		fl->end = fl->start - 1;
		fl->start += l->l_len;
	}
	return 0;
}

static long get_lock(const struct file_lock *request, struct flock64 *l)
{
	const struct file_lock *fl;

	if (request->type == F_UNLCK)
		return -EINVAL;
	mutex_lock(&flc_lock);
	fl = find_conflict(request);
	l->l_type = F_UNLCK;
	if (fl) {
		l->l_type = fl->type;
		l->l_whence = SEEK_SET;
		l->l_start = fl->start;
		l->l_len = fl->end == OFFSET_MAX ? 0 : fl->end - fl->start + 1;
		l->l_pid = fl->pid;
	}
	mutex_unlock(&flc_lock);
	return 0;
}

long fcntl_lock(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct file_lock request = {
		.inode = file_inode(file),
		.owner = current->files,
		.posix = true,
		.pid = current->tgid,
	};
	struct flock64 l;
	long ret = get_flock(&l, cmd, (void __user *)arg);

	if (!ret)
		ret = flock_range(file, &l, &request);
	if (ret)
		return ret;
	if (l.l_type < F_RDLCK || l.l_type > F_UNLCK)
		return -EINVAL;
	request.type = l.l_type;
	if (cmd == F_GETLK || cmd == F_GETLK64) {
		ret = get_lock(&request, &l);
		return ret ? ret : put_flock(&l, cmd, (void __user *)arg);
	}
	if ((l.l_type == F_RDLCK && !(file->f_mode & FMODE_READ)) ||
	    (l.l_type == F_WRLCK && !(file->f_mode & FMODE_WRITE)))
		return -EBADF;
	return lock_inode_wait(&request, cmd == F_SETLKW || cmd == F_SETLKW64);
}

int show_locks(char *buf, int size)
{
	const struct file_lock *fl;
	int len = 0, id = 1;

	mutex_lock(&flc_lock);
	list_for_each_entry(fl, &file_locks, list) {
		len += scnprintf(buf + len, size - len,
				 "%d: %s  ADVISORY  %s %d 00:01:%lu %lld ",
				 id++, fl->posix ? "POSIX" : "FLOCK",
				 fl->type == F_WRLCK ? "WRITE" : "READ ",
				 fl->pid, (unsigned long)fl->inode->i_ino,
				 fl->start);
		if (fl->end == OFFSET_MAX)
			len += scnprintf(buf + len, size - len, "EOF\n");
		else
			len += scnprintf(buf + len, size - len, "%lld\n",
					 fl->end);
	}
	mutex_unlock(&flc_lock);
	return len;
}
